"""An object that equals data has to name the data before it sees it."""

import pytest

from rule_rm.sandbox.inside.proxies.committing import commitment, is_that

DATA = [5, -3, 0, True, 2.5, "Bob", "", (1, 2), (), [1, [2.5, "ab"]], [], {"a": 1}, {}, {1}, 10**30, b"ab"]


def equals(agrees, data):
    """Return whether an object with this comparison equals data, as the judge finds out."""
    found = commitment(agrees, type(data).__name__)
    return found is not None and is_that(*found, data)


@pytest.mark.parametrize("data", DATA, ids=repr)
def test_an_object_that_compares_its_value_equals_it(data):
    assert equals(lambda other: data == other, data)
    assert equals(lambda other: other == data, data)
    assert equals(lambda other: not (data != other), data)  # noqa: SIM202 - the other operator


@pytest.mark.parametrize("data", DATA, ids=repr)
def test_an_object_that_agrees_to_all_or_to_none_does_not(data):
    assert not equals(lambda other: True, data)
    assert not equals(lambda other: False, data)
    assert not equals(lambda other: isinstance(other, type(data)), data)


@pytest.mark.parametrize("data", DATA, ids=repr)
def test_an_object_of_another_value_does_not(data):
    assert not equals(lambda other: (data, "more") == other, data)


@pytest.mark.parametrize(
    "agrees",
    [
        lambda other: isinstance(other, tuple) and len(other) == 2 and other[0] == 1 and other[1] == 2,
        lambda other: (lambda x, y: x == 1 and y == 2)(*other),
        lambda other: tuple(other) == (1, 2),
        lambda other: len([1, 2]) == len(other) and all(a == b for a, b in zip([1, 2], other, strict=True)),
        lambda other: len(other) == 2 and abs(other[0] - 1) < 1e-9 and abs(2 - other[1]) < 1e-9,
    ],
    ids=["indices", "unpacked", "converted", "each", "near"],
)
def test_items_may_be_compared_one_by_one(agrees):
    assert equals(agrees, (1, 2))
    assert not equals(agrees, (1, 3))
    assert not equals(agrees, (1, 2, 3))
    assert not equals(agrees, (1,))


def test_a_number_of_another_type_is_the_same_number():
    assert equals(lambda other: other == 5.0, 5)
    assert equals(lambda other: other == 5, 5.0)


def test_one_of_two_values_is_the_first_and_two_at_once_are_none():
    assert not equals(lambda other: other in (3, 4, 5), 5)
    assert not equals(lambda other: other == 4 and other == 5, 5)


def test_a_value_for_each_length_is_none():
    """It would tell the length of the data, or be a guess for each."""
    for guess in ([0, 0, 0], [], [0]):
        assert not equals(lambda other: all(one == 0 for one in other), guess)
        assert not equals(lambda other: other == [0] * len(other), guess)


def test_a_difference_of_more_than_little_is_no_comparison():
    assert equals(lambda other: abs(other - 0.3) < 1e-9, 0.1 + 0.2)
    assert not equals(lambda other: abs(other - 0.3) < 1, 0.3)
    assert not equals(lambda other: abs(other - 0.3) < float("inf"), 7)
    assert not is_that(0.5, 1.0, 0.7)


def test_an_error_of_the_comparison_names_nothing():
    assert not equals(lambda other: other.missing, 5)
    assert not equals(lambda other: other + "x" == 5, 5)
