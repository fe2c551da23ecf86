"""The contract of every reward function of the package, tested with the cases in `cases/`."""

import json
import math
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout, Score

from ..together import together
from .residents import scoring

CASES = Path(__file__).parent / "cases"
KINDS = {"full", "zero", "malformed", "hostile", "determinism"}

rewards.load()
SHIPPED = {
    name: function
    for name, function in registry.registered().items()
    if function.source.startswith("rule_rm.rewards.")
}


def cases_of(name):
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def skip_without_package(name):
    for module, extra in SHIPPED[name].extras:
        pytest.importorskip(module, reason=f"{module} is not installed: pip install '.[{extra}]'")


def rollout_of(case):
    response = case.get("response", "") + "".join(text * times for text, times in case.get("repeated", []))
    rollout = Rollout(
        case.get("prompt", ""), response, case.get("ground_truth"), extra_info=case.get("extra_info", {})
    )
    if "group" not in case:
        return rollout
    # The other responses to the prompt; the case is about the first.
    others = [replace(rollout, response=other) for other in case["group"]]
    return replace(rollout, group=(rollout, *others))


def scores_of(name, case, times=1):
    """The scores of a case, with its options; a resident is open for all of them."""
    skip_without_package(name)
    function = SHIPPED[name].with_options(case.get("options", []))
    with scoring(SHIPPED, function, case) as score:
        scores = [score(rollout_of(case)) for _ in range(times)]
    return [score.members[0] if score.members else score for score in scores]


EVERY_CASE = [
    pytest.param(name, case, id=f"{name}-{case['kind']}-{number}")
    for name in SHIPPED
    if (CASES / f"{name}.jsonl").exists()
    for number, case in enumerate(cases_of(name))
]


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_reward_has_cases_of_every_kind(name):
    assert {case["kind"] for case in cases_of(name)} == KINDS


def test_every_case_file_belongs_to_a_reward():
    assert {path.stem for path in CASES.glob("*.jsonl")} == set(SHIPPED)


@together(("name", "case"), EVERY_CASE)
def test_a_case_earns_what_it_says_each_time_and_has_the_metrics_that_were_declared(name, case):
    score, again = scores_of(name, case, times=2)
    reward = None if case["reward"] is None else pytest.approx(case["reward"])
    assert score.reward == reward, score.explanation
    assert score.status.value == case["status"], score.explanation
    assert again == score
    if score.reward is not None:
        assert set(score.metrics) == set(SHIPPED[name].metrics)
        assert all(math.isfinite(value) for value in score.metrics.values())


@together(("name", "case"), [case for case in EVERY_CASE if not SHIPPED[str(case.values[0])].is_resident])
def test_the_work_of_a_case_earns_the_same_in_another_process(name, case):
    skip_without_package(name)
    function = SHIPPED[name].with_options(case.get("options", []))
    rollout = rollout_of(case)
    prepared = function.prepare(rollout)
    if not isinstance(prepared, Score):
        prepared = function.score_work(pickle.loads(pickle.dumps(prepared)))
    assert prepared == function(rollout)
