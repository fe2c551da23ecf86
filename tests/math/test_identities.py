"""Random identities in TeX: no false one is equal, and nearly all true ones are."""

import pytest

from rule_rm.math.compare import compare

from . import near_misses
from .identities import pairs


def verdicts(seed, count):
    return [(pair, compare(pair.answer, pair.golden, value_alone=True).equal) for pair in pairs(seed, count)]


def accepted_and_missed(seed, count):
    found = verdicts(seed, count)
    accepted = [pair for pair, equal in found if equal and not pair.is_same]
    missed = [pair for pair, equal in found if not equal and pair.is_same]
    return accepted, missed, sum(pair.is_same for pair, _ in found)


def test_no_false_identity_is_equal_and_true_ones_are():
    accepted, missed, right = accepted_and_missed(seed=1, count=60)
    assert accepted == []
    assert len(missed) <= 0.03 * right, missed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_none_of_thousands_of_false_identities_is_equal(seed):
    accepted, missed, right = accepted_and_missed(seed, count=5_000)
    assert accepted == []
    assert len(missed) <= 0.03 * right, missed[:20]


def near_verdicts(seed, count):
    found = [
        (pair, compare(pair.answer, pair.golden, value_alone=True).equal)
        for pair in near_misses.pairs(seed, count)
    ]
    accepted = [pair for pair, equal in found if equal and not pair.is_same]
    return accepted, [pair for pair, equal in found if not equal and pair.is_same]


def test_what_differs_at_one_point_or_on_one_side_is_not_equal():
    accepted, missed = near_verdicts(seed=1, count=2 * len(near_misses.FAMILIES))
    assert accepted == []
    assert len(missed) <= 4, missed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_none_of_thousands_of_near_misses_is_equal(seed):
    accepted, missed = near_verdicts(seed, count=10_000)
    assert accepted == []
    assert len(missed) <= 0.05 * 5_000, missed[:20]
