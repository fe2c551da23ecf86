"""Audits of reward functions by others, on `math_equal`; skipped where they are not installed."""

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout

pytestmark = pytest.mark.peers
WHERE = "is not installed; make test-peers"
TASKS = [
    {"prompt": "What is 17 + 25?", "answer": "42"},
    {"prompt": "Simplify 6/8.", "answer": r"\frac{3}{4}"},
    {"prompt": "What is 12 squared?", "answer": "144"},
    {"prompt": "Expand (x+1)^2.", "answer": "x^2+2x+1"},
    {"prompt": "Factor 91 and name the larger prime.", "answer": "13"},
]
MISSED_BY_DESIGN = 2


@pytest.fixture(autouse=True)
def _loaded():
    rewards.load()


def equal(completion, answer):
    return float(registry.get("math_equal")(Rollout("", completion, answer)).reward or 0)


def test_reward_doctor_finds_no_wrong_answer_that_is_paid():
    audit = pytest.importorskip("reward_doctor", reason=f"reward-doctor {WHERE}").audit

    def reward(completion, reference):
        return equal(completion, reference)

    found = audit(reward)
    assert [outcome.case.id for outcome in found.false_positives] == []
    assert len(found.false_negatives) <= MISSED_BY_DESIGN
    assert found.errors == []


def test_rewardprobe_finds_nothing_critical():
    probe = pytest.importorskip("rewardprobe", reason=f"rewardprobe {WHERE}").Probe
    report = probe().test_fn(equal, TASKS)
    critical = [finding for finding in report.findings if finding.severity == "critical"]
    assert critical == []


def test_envdoctor_finds_no_policy_that_is_paid_without_the_task():
    runner = pytest.importorskip("envdoctor.runner", reason=f"rl-envdoctor {WHERE}")
    function = pytest.importorskip("envdoctor.targets.function")
    types = pytest.importorskip("envdoctor.types")
    checks = pytest.importorskip("envdoctor.checks")
    prompts = [task["prompt"] + "\nPut the answer in \\boxed{}." for task in TASKS]
    cases = [
        types.Case(id=str(at), prompt=prompt, answer=task["answer"])
        for at, (prompt, task) in enumerate(zip(prompts, TASKS, strict=True))
    ]
    report = checks.run_checks(runner.scan(function.FunctionTarget(equal, cases, name="math_equal")))
    assert report.worst_severity() in (None, "info", "low"), report.findings
