"""The cases of math-verify's own tests, by `math_equal`; skipped where its source has not been fetched.

Its tests take values out of any text and compare work that is left undone. So this package pays most of their
right answers, and none of the wrong ones.
"""

import ast
import os
from pathlib import Path

import pytest

from rule_rm import registry, rewards
from rule_rm.types import Rollout

pytestmark = pytest.mark.peers
SOURCE = Path(os.environ.get("MATH_VERIFY_TESTS", ""))
LEAST_FOUND = 0.8
FEWEST = 200


def cases():
    """Yield the golden answer, the response and the verdict of each literal case with these three names."""
    for file in sorted(SOURCE.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "parametrize":
                names, rows = node.args[:2]
                # A case with an option of its own hangs on that option.
                is_known = ast.unparse(names).replace(" ", "").strip("'") == "gold,pred,expected"
                for row in getattr(rows, "elts", ()) if is_known else ():
                    try:
                        golden, response, expected = ast.literal_eval(row)[:3]
                    except ValueError:
                        continue
                    yield golden, response, bool(expected)


def accuracy(golden, response):
    rewards.load()
    text = response if "boxed" in response else f"The answer is {response}"
    return registry.get("math_equal")(Rollout("", text, golden.strip("$"))).reward == 1


@pytest.fixture(scope="module")
def verdicts():
    found = list(cases()) if os.environ.get("MATH_VERIFY_TESTS") else []
    if not found:
        pytest.skip("the tests of math-verify are not here; make test-peers")
    assert len(found) >= FEWEST
    return [(golden, response, expected, accuracy(golden, response)) for golden, response, expected in found]


def test_no_wrong_answer_of_math_verifys_tests_is_paid(verdicts):
    assert [row for row in verdicts if row[3] and not row[2]] == []


def test_most_right_answers_of_math_verifys_tests_are_paid(verdicts):
    right = [row for row in verdicts if row[2]]
    found = [row for row in right if row[3]]
    assert len(found) >= LEAST_FOUND * len(right), [row[:2] for row in right if not row[3]]
