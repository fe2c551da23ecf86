"""Programs and the verdicts that they must get, family by family: see the file's own `family` and `name`.

`full`, `partial` and `zero` are rewards; `bad ground truth` is unscored, as the tests are wrong, not the
program.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from rule_rm import Rollout, Status, sandbox
from rule_rm.rewards.code_tests import code_tests

CORPORA = Path(__file__).parent / "corpora"


def cases(name):
    """Return the cases of a file."""
    return [json.loads(line) for line in (CORPORA / name).read_text(encoding="utf-8").splitlines()]


CASES = cases("judged.jsonl")
OUTSIDERS = cases("outsiders.jsonl")
"""Tests and programs whose verdicts were written down by somebody who had not read the judge."""
ROWS = cases("rows.jsonl")
"""Rows as public data sets write them, odd results, answers that no honest program sends, odd endings."""


def identified(case):
    return f"{case['family']}: {case['name']}"


def with_most_of_them_slow():
    """Yield the outsiders' cases, of which two of each family are quick enough for every run."""
    seen = Counter()
    for case in OUTSIDERS:
        seen[case["family"]] += 1
        is_quick = seen[case["family"]] <= 2 and isinstance(case["program"], str)
        yield pytest.param(case, marks=[] if is_quick else pytest.mark.slow, id=identified(case))


@pytest.fixture(scope="module", autouse=True)
def _host():
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=())):
        yield


def response(program):
    if isinstance(program, str):
        return f"```python\n{program}\n```"
    return program.get("response") or f"```{program['language']}\n{program['code']}\n```"


@pytest.mark.parametrize("case", CASES, ids=identified)
def test_a_program_gets_the_verdict_that_it_deserves(case):
    check(case)


@pytest.mark.parametrize("case", list(with_most_of_them_slow()))
def test_an_outsider_gets_the_verdict_that_was_foretold(case):
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", ROWS, ids=identified)
def test_a_row_of_a_public_data_set_is_read_as_it_is_meant(case):
    check(case)


def test_tests_run_as_code_on_the_weakest_backend_too():
    with sandbox.running(sandbox.SandboxOptions(slots=1, backend="rlimits", allow_weak=True, preload=())):
        for case in [case for case in CASES if case["name"].startswith("a TestCase of any name")]:
            check(case)


def check(case):
    """Assert that a program gets its verdict."""
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
