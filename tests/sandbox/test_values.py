"""Values cross as data: exact builtin types come out, and nothing else can."""

import json
from collections import Counter, OrderedDict, deque, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm.sandbox.grading import compare
from rule_rm.sandbox.grading.source import last_block
from rule_rm.sandbox.inside.data import decoding, values

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.fractions()
)
HASHABLE = st.recursive(
    SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5
)
VALUES = st.recursive(
    SCALARS | st.complex_numbers(allow_nan=False) | st.sets(HASHABLE, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(HASHABLE, inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_crosses_unchanged(value):
    found = decoding.loads(values.dumps(value))
    assert found == value
    assert type(found) is type(value)


def test_subclasses_arrive_as_what_they_are_made_of():
    class Sly(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

        def __index__(self):
            return 3

    class Liar(list):
        def __iter__(self):
            return iter([3])

    class Colour(IntEnum):
        RED = 7

    Point = namedtuple("Point", "x y")
    point = Point(1, 2)
    for value, plain in (
        (Sly(9), 9),
        (Liar([1]), [1]),
        (Colour.RED, 7),
        (point, (1, 2)),
        (type("T", (str,), {})("a"), "a"),
    ):
        found = decoding.loads(values.dumps(value))
        assert (found, type(found)) == (plain, type(plain))
    for value in (OrderedDict(a=1), Counter("aab")):
        assert decoding.loads(values.dumps(value)) == dict(value)
    for value in (deque([1]), Decimal("1.50"), Fraction(1, 3), range(2, 9, 3), float("inf"), 10**5000):
        assert decoding.loads(values.dumps(value)) == value


def test_what_is_no_data_has_no_form():
    for value in (object(), print, type, {1: object()}):
        with pytest.raises(values.UnencodableError):
            values.dumps(value)
    deep = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(values.UnencodableError):
        values.dumps(deep)


TAGS = ("int", "float", "dict", "set", "range", "Fraction", "Decimal", "ref", "complex", "?")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    | st.fixed_dictionaries(
        {"!": st.sampled_from(TAGS), "v": inner}
    ),
    max_leaves=8,
)  # fmt: skip


@given(JSON)
def test_whatever_comes_is_a_plain_value_or_a_value_error(form):
    try:
        found = decoding.loads(json.dumps(form))
    except ValueError:
        return
    assert type(found).__module__ in ("builtins", "decimal", "fractions", "collections")


def test_a_depth_that_would_break_the_reader_is_refused():
    with pytest.raises(ValueError, match="not a value"):
        decoding.loads("[" * 100_000 + "]" * 100_000)


@given(st.text(alphabet="ab 1.\n", max_size=30), st.text(alphabet="ab 1.\n", min_size=1, max_size=5))
def test_an_output_is_never_compared_by_its_beginning(text, more):
    for rule in compare.RULES.values():
        assert rule(text, text) == ""
        if (text + more).split() != text.split():
            assert rule(text, text + "\n" + more) if more.split() else True
            assert rule(text + "\n" + more, text) if more.split() else True


@pytest.mark.parametrize(
    ("rule", "expected", "actual", "same"),
    [
        ("lines", "1 2\n3", "1 2 \n3\n\n", True),
        ("lines", "1.0", "1.00", True),
        ("lines", "1", "1.0000001", False),
        ("lines", "a\n\nb", "a\nb", False),
        ("lines", " a", "a", True),
        ("lines", "", "0", False),
        ("exact", "a ", "a", False),
        ("exact", "a\n", "a", True),
        ("tokens", "1\n2", "1 2", True),
        ("floats", "0.1", "0.10000001", True),
        ("floats", "1e9", "1000000001", True),
        ("floats", "nan", "nan", True),
        ("floats", "1", "nan", False),
        ("floats", "yes", "YES", False),
        ("lines", "1e999", "2e999", False),
    ],
)
def test_rules_of_comparison(rule, expected, actual, same):
    assert (compare.RULES[rule](expected, actual) == "") is same


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ([1, 2], (1, 2), True),
        ([[1], []], [(1,), ()], True),
        (1, True, False),
        (1, 1.0, True),
        (0.1, 0.1 + 1e-9, True),
        ("1", 1, False),
        (None, 0, False),
        ({"1": [2]}, {1: (2,)}, True),
        ([1], [1, 2], False),
        (10**400, 1.0, False),
    ],
)
def test_values_that_were_written_as_json(expected, actual, same):
    assert compare.values(expected, actual) is same


@pytest.mark.parametrize(
    ("response", "code"),
    [
        ("```python\na\n```\n```\nb\n```", "b\n"),
        ("````md\n```\nnot this\n```\n````", "```\nnot this\n```\n"),
        ("```python\na\n```\n```python\nopen", "a\n"),
        ("```\nx = '```'\n```", "x = '```'\n"),
        ("~~~\na\n~~~", "a\n"),
        ("<think>```\na\n```</think>", None),
        ("<think>\n```\na\n```", None),
        ("`a`", None),
    ],
)
def test_the_last_complete_block_counts(response, code):
    found = last_block(response)
    assert (found.code if found else None) == code
