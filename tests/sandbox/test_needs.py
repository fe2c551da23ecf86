"""The names that tests need from a program are read from their code: all undefined ones, and no others."""

import pytest

from rule_rm.sandbox.running.execution import Trial
from rule_rm.sandbox.running.needs import needs


def of(*tests, setup=""):
    return needs(Trial(tests, "statements", setup=setup))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("assert f(1) == g(2)", ["f", "g"]),
        ("assert sorted(f([2, 1])) == [1, 2]", ["f"]),
        ("import math\nfrom os import path as p\nassert f(math.pi) == p", ["f"]),
        (
            "def check(candidate):\n    for x in range(3):\n        assert candidate(x) == helper(x)",
            ["helper"],
        ),
        ("class T:\n    def test(self, fixture):\n        assert f() == fixture\nT()", ["f"]),
        ("try:\n    f()\nexcept ValueError as e:\n    print(e)", ["f"]),
        ("values = [f(i) for i in [1, 2]]\nassert values", ["f"]),
        ("f = 1\nassert f", []),
    ],
)
def test_names_that_nothing_defines_are_the_programs(text, names):
    assert of(text).names == names


def test_what_the_setup_defines_is_not_the_programs():
    assert of("assert f(limit)", setup="limit = 3").names == ["f"]


def test_a_test_that_passes_variables_could_look_at_them_afterwards():
    assert of("x = [1]\nf(x)\nassert x == [2]").echo
    assert not of("assert f([1]) == [2]").echo


@pytest.mark.parametrize("text", ["assert f(", "\0", "(" * 10_000])
def test_a_test_that_can_not_be_read_is_told(text):
    with pytest.raises(ValueError):
        of(text)
