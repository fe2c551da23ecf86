"""Passes are of texts alike in length, within their bounds, and every text gets its turn."""

from __future__ import annotations

import random

import pytest

from rule_rm.models.batching import Line, Waiting


def line(*lengths: int, max_tokens=100, max_texts=8, break_even=3.0, alone=()) -> Line:
    line = Line(max_tokens, max_texts, break_even)
    for number, length in enumerate(lengths):
        line.add(Waiting(number, [0] * length, until=float("inf"), alone=number in alone))
    return line


def passes(line: Line) -> list[list[int]]:
    found = []
    while texts := line.take():
        found.append([text.number for text in texts])
    return found


def test_neighbours_in_length_share_a_pass_whatever_their_arrival():
    assert passes(line(10, 30, 11, 31, 12)) == [[0, 2, 4], [1, 3]]


def test_padding_that_costs_more_than_a_pass_is_not_taken():
    assert passes(line(10, 14)) == [[0], [1]]
    assert passes(line(10, 13)) == [[0, 1]]


def test_a_longer_text_costs_padding_for_all_that_are_there():
    assert passes(line(10, 10, 12)) == [[0, 1], [2]]


def test_a_pass_keeps_to_its_tokens_with_padding():
    assert passes(line(*[30] * 5)) == [[0, 1, 2], [3, 4]]
    assert passes(line(48, 51, break_even=1000)) == [[0], [1]]


def test_a_text_longer_than_a_pass_has_one_of_its_own():
    assert passes(line(500, 500, 3)) == [[0], [1], [2]]


def test_a_pass_keeps_to_its_number_of_texts():
    assert [len(numbers) for numbers in passes(line(*[5] * 20, max_texts=8))] == [8, 8, 4]


def test_every_pass_has_the_text_that_waited_longest():
    """However many short ones keep arriving, the long one is next."""
    waiting = line(5, 5, 5, 90, max_texts=2)
    assert [text.number for text in waiting.take()] == [0, 1]
    for number in range(100, 200):
        waiting.add(Waiting(number, [0] * 5, until=float("inf")))
    assert 2 in [text.number for text in waiting.take()]
    assert [text.number for text in waiting.take()] == [3]


def test_a_text_that_is_to_be_alone_is_in_no_other_pass():
    assert passes(line(5, 5, 5, alone={1})) == [[0, 2], [1]]


def test_texts_whose_time_is_over_are_forgotten():
    waiting = line(5, 6)
    waiting.add(Waiting(7, [0] * 5, until=10.0))
    waiting.drop_expired(10.0)
    assert len(waiting) == 2
    assert passes(waiting) == [[0, 1]]


@pytest.mark.parametrize("seed", range(5))
def test_every_text_is_in_one_pass_and_no_pass_breaks_its_bounds(seed):
    random.seed(seed)
    lengths = [max(1, int(random.lognormvariate(5, 1))) for _ in range(300)]
    waiting = line(*lengths, max_tokens=2048, max_texts=16, break_even=24)
    found = passes(waiting)
    assert sorted(number for numbers in found for number in numbers) == list(range(300))
    for numbers in found:
        padded = len(numbers) * max(lengths[number] for number in numbers)
        assert len(numbers) == 1 or (padded <= 2048 and len(numbers) <= 16)
    padding = sum(len(numbers) * max(lengths[n] for n in numbers) for numbers in found) / sum(lengths)
    assert padding < 1.1
