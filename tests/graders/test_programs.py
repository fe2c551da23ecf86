"""python graders in a real sandbox: what they return, and whose fault it is when they don't."""

from __future__ import annotations

import time

import pytest

from rule_rm import sandbox
from rule_rm.graders import Case, GradingError, Means, read_grader
from rule_rm.types import Status


@pytest.fixture(scope="module")
def host():
    with sandbox.running(sandbox.SandboxOptions(slots=1, preload=())) as host:
        yield host


@pytest.fixture
def grade(host):
    def graded(body, text="Rome", seconds=20.0):
        source = f"def grade(sample, item):\n    {body}\n"
        grader = read_grader({"type": "python", "name": "p", "source": source})
        case = Case.of_text(text, {"answer": "Rome"})
        return grader.grade(case, Means(time.monotonic() + 60, None, host.address, seconds))

    return graded


@pytest.mark.parametrize(
    ("body", "reward"),
    [
        ("return sample['output_text'] == item['answer']", 1.0),
        ("print('0.9'); return 0.25", 0.25),
        ("import json; return len(json.dumps(sample['choices'])) > 5", 1.0),
        ("return -2", -2.0),
    ],
)
def test_the_number_that_it_returns_is_the_reward(grade, body, reward):
    assert grade(body).reward == reward


@pytest.mark.parametrize(
    "body", ["return 1 / 0", "return 'x'", "return float('nan')", "import sys; sys.exit(0)", "return None"]
)
def test_a_function_that_fails_gives_no_score(grade, body):
    with pytest.raises(GradingError) as raised:
        grade(body)
    assert (raised.value.flag, raised.value.status) == ("python_grader_runtime_error", Status.ERROR)


def test_a_response_that_is_too_costly_for_it_earns_0(grade):
    result = grade("\n    while True: pass", seconds=0.5)
    assert (result.reward, result.status) == (0.0, Status.TIMEOUT)


def test_without_a_sandbox_there_is_no_score():
    grader = read_grader({"type": "python", "name": "p", "source": "def grade(sample, item): return 1"})
    with pytest.raises(GradingError, match="no sandbox"):
        grader.grade(Case.of_text("", {}), Means(time.monotonic() + 60))
