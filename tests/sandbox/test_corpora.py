"""Programs and the verdicts that they must get, family by family: see the file's own `family` and `name`.

`full`, `partial` and `zero` are rewards; `bad ground truth` is unscored, as the tests are wrong, not the
program.
"""

import json
from pathlib import Path

import pytest

from rule_rm import Rollout, Status, sandbox
from rule_rm.rewards.code_tests import code_tests

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "corpora/judged.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module", autouse=True)
def _host():
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=())):
        yield


def response(program):
    if isinstance(program, str):
        return f"```python\n{program}\n```"
    return program.get("response") or f"```{program['language']}\n{program['code']}\n```"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['family']}: {case['name']}")
def test_a_program_gets_the_verdict_that_it_deserves(case):
    if "numpy" in json.dumps(case):
        pytest.importorskip("numpy")
    score = code_tests(Rollout(case["prompt"], response(case["program"]), case["truth"]), **case["options"])
    if case["expected"] == "bad ground truth":
        assert (score.reward, score.status) == (None, Status.BAD_GROUND_TRUTH), score.explanation
    else:
        assert score.reward is not None, score.explanation
        said = "full" if score.reward == 1 else "zero" if score.reward == 0 else "partial"
        assert said == case["expected"], score.explanation


def test_the_corpus_has_wrong_and_right_programs_of_each_family():
    families = {case["family"] for case in CASES}
    assert len(CASES) == len({(case["family"], case["name"]) for case in CASES}) >= 150
    for family in families & {"claims", "comparing", "names", "order", "limits", "responses"}:
        assert {"full", "zero"} & {case["expected"] for case in CASES if case["family"] == family}
