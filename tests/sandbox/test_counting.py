"""Claims are counted where they are, in the text that the data set has."""

import ast

import pytest

from rule_rm.sandbox.running.counting import counted


def reached(text: str, **names: object) -> int:
    """Return how many claims a text reaches."""
    counts: list[int] = []
    exec(counted(text), {"__claim__": lambda: counts.append(1), **names})
    return len(counts)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("assert f(1) == 1", 1),
        ("if f(1) == 1: assert f(2) == 2", 1),
        ("x = 1; assert f(x); y = 'a;b'; assert y", 2),
        ("assert f(\n    1,\n) == 1, '''a\nb'''", 1),
        ("text = 'ünï'; assert f(text)", 1),
        ("if f(1) != 1: raise ValueError", 1),
        ("if not f(1):\n    pass\nelif f(1) != 1:\n    raise ValueError", 1),
        ("if not f(1): pass\nelif n := f(0):\n    raise ValueError(n)", 1),
        ("if f(1) if f(0) else f(0): raise ValueError", 1),
        ("for i in range(3):\n\tassert f(i) == i", 3),
        ("try:\n    f()\nexcept TypeError:\n    assert True and f(1)\nelse:\n    raise ValueError", 1),
        ("def g():\n    @staticmethod\n    def h(): pass\n    if f(0): raise ValueError\ng()", 3),
        ("match f(1):\n    case 1: assert f(2)\n    case _: raise ValueError", 1),
        ("value = 1\nprint(value)", 0),
    ],
)
def test_each_claim_that_is_reached_is_counted(text: str, claims: int):
    def f(value: object) -> object:
        return value

    assert reached(text, f=f) == claims


def test_a_condition_that_counts_itself_has_the_value_that_it_had():
    text = "found = []\nif f(1) != 1 and f(2): raise ValueError\nelif f(0) or f(3) != 3: raise ValueError"
    assert reached(text, f=lambda value: value) == 2


def test_counting_claims_keeps_the_lines_of_a_text():
    text = "# first\n\nassert f(1)  # why\n\n\ndef g():\n    assert f(2)\n"
    assert len(counted(text).splitlines()) == len(text.splitlines())
    assert ast.parse(counted(text))


def test_a_text_without_claims_stays_as_it_is():
    text = "x = 1   # nothing\n"
    assert counted(text) == text
