"""The table gives back the verdicts that were entered, in any process, and nothing else."""

from __future__ import annotations

import os
from contextlib import closing

import pytest

from rule_rm import Score, Status
from rule_rm.engine.verdict_table import PLACE, PLACES, TwoCaches, VerdictTable

from .test_messages import SCORE

KEY, OTHER = b"a" * 16, b"b" * 16


@pytest.fixture
def table():
    with closing(VerdictTable(VerdictTable.allocate())) as made:
        yield made


def test_a_verdict_is_found_with_every_field_by_another_process(table):
    table.put(KEY, SCORE)
    with closing(VerdictTable(os.dup(table.descriptor))) as elsewhere:
        found = elsewhere.get(KEY)
        assert found == SCORE
        assert found.seconds == SCORE.seconds
        assert elsewhere.get(OTHER) is None


def test_a_later_verdict_takes_the_place_of_an_earlier_one(table):
    same_place = (int.from_bytes(KEY[:4], "big") % PLACES).to_bytes(4, "big") + b"c" * 12
    table.put(KEY, Score(1.0))
    table.put(same_place, Score(0.5))
    assert table.get(KEY) is None
    assert table.get(same_place) == Score(0.5)


@pytest.mark.parametrize("place", [0, 9, 12, 40, 100])
def test_a_verdict_that_is_half_written_is_not_found(table, place):
    table.put(KEY, Score(1.0, explanation="x" * 100))
    begin = int.from_bytes(KEY[:4], "big") % PLACES * PLACE + place
    table._memory[begin] ^= 1
    assert table.get(KEY) is None


def test_a_verdict_that_does_not_fit_is_left_out(table):
    table.put(KEY, Score(1.0, explanation="x" * PLACE))
    table.put(OTHER, Score.unscored(Status.ERROR, "why", answer=b"not JSON"))
    assert table.get(KEY) is None
    assert table.get(OTHER) is None


def test_a_cache_before_the_table_remembers_what_it_found_there(table):
    cache = TwoCaches(512, table)
    table.put(KEY, Score(1.0))
    assert cache.get(KEY) == Score(1.0)
    table.put(KEY, Score(0.5))
    assert cache.get(KEY) == Score(1.0)
    assert cache.get(OTHER) is None
