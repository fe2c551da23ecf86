"""An object that equals data has to know the data from its neighbours."""

import pytest

from rule_rm.sandbox.inside.probing import ROW, equals

DATA = [5, -3, 0, 2.5, "Bob", "3/4", (1, 2), [1, [2.5, "ab"]], {"a": 1, "b": (2,)}, 10**30]


@pytest.mark.parametrize("data", DATA, ids=repr)
def test_an_object_that_knows_its_value_equals_it(data):
    assert all(equals(lambda one: one == data, data) is True for _ in range(20))


@pytest.mark.parametrize("data", DATA, ids=repr)
def test_an_object_that_agrees_to_all_or_to_none_does_not(data):
    assert equals(lambda one: True, data) is False
    assert equals(lambda one: False, data) is False


@pytest.mark.parametrize("data", DATA, ids=repr)
def test_an_object_of_another_value_does_not(data):
    other = (data, "more")
    assert equals(lambda one: one == other, data) is False


@pytest.mark.parametrize("data", [None, True, "", (), [], {}, {1}, "?", (None,), b"ab"], ids=repr)
def test_what_has_no_neighbours_is_not_asked_for(data):
    assert equals(lambda one: one == data, data) is None


def test_no_place_in_the_row_is_that_of_the_data():
    """To agree to the first, the least or the last value is a guess, right once in a row of values."""
    for guess in (lambda seen: len(seen) == 1, lambda seen: seen[-1] == min(seen) and len(seen) > ROW // 2):
        right = 0
        for _ in range(300):
            seen = []

            def agrees(one, seen=seen, guess=guess):
                seen.append(one)
                return guess(seen)

            right += equals(agrees, 50)
        assert right < 40
