"""Find the golden question that a prompt holds with other text around it.

A question is found by a run of its words. The index says how many words to take from which place, and a
dictionary holds the whole questions. A thousand questions from one template therefore cost no more than one.
Of several questions in a prompt, the last one is asked; those before it are examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from rule_rm.golden.windows import Windows, windows_of
from rule_rm.golden.wrapping import asks, is_answered, stands_alone

UNDECIDED = -1
"""The number for a prompt that asks several questions."""
_WIDTH = 3
_STRIDE = 2
"""A question is entered under two windows in a row, so that every second window of a prompt is enough."""
_LONG = _WIDTH + _STRIDE - 1
"""Words. Of fewer, there are not enough windows."""
_MOST_COMPARED = 500
"""Hits from the end; a prompt made of one window again and again must not take long."""


class Containment:
    """An index that finds the last question that a prompt contains as a whole."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        """Index the canonical questions, each with its number."""
        self._numbers = numbers
        self._windows = Windows(len(numbers))
        self._short: dict[str, set[int]] = {}
        for question in numbers:
            words = question.split(" ")
            if len(words) < _LONG:
                self._short.setdefault(words[0], set()).add(len(words))
            else:
                self._enter(words)

    def _enter(self, words: Sequence[str]) -> None:
        """Enter the length of a question under the windows where that makes the slots least crowded."""
        slots = self._windows.slots(windows_of(words, _WIDTH))
        crowds = self._windows.counts(slots)
        missing = [
            not (crowd and self._windows.holds(slot, len(words), offset))
            for offset, (slot, crowd) in enumerate(zip(slots, crowds, strict=True))
        ]
        costs = [crowd + new for crowd, new in zip(crowds, missing, strict=True)]
        worst = map(max, windows_of(costs, _STRIDE))
        places = [*zip(worst, map(sum, windows_of(missing, _STRIDE)), strict=True)]
        begin = places.index(min(places))
        for offset in range(begin, begin + _STRIDE):
            if missing[offset]:
                self._windows.enter(slots[offset], len(words), offset)

    def find(self, text: str, words: Sequence[str]) -> int | None:
        """Return the number of the question that a cleaned prompt asks, if the rest of it is a wrapper.

        `words` are the words of the text. UNDECIDED if it asks two questions.
        """
        places = {(first + length, first) for length, first in self._runs(words)}
        asked: tuple[int, int] | None = None
        for end, first in sorted(places, key=lambda place: (-place[0], place[1])):
            question = " ".join(words[first:end])
            number = self._numbers.get(question)
            if number is None:
                continue
            begin, stop = _offset(text, first), _offset(text, end - 1) + len(words[end - 1])
            if asked is not None:
                # Of two questions without an answer between them, either may be meant.
                if stop <= asked[1] and number != asked[0]:
                    return asked[0] if is_answered(text[stop : asked[1]]) else UNDECIDED
            elif stands_alone(question, text[:begin], text[stop:]):
                if asks(text[stop:]):
                    return None
                asked = number, begin
        return asked[0] if asked is not None else None

    def _runs(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Return (length, first) of the runs of words that may be questions."""
        for first in [place for place, word in enumerate(words) if word in self._short]:
            for length in self._short[words[first]]:
                if first + length <= len(words):
                    yield length, first
        slots = self._windows.slots(windows_of(words, _WIDTH, _STRIDE))
        for length, first in list(self._windows.hits(slots, count(0, _STRIDE)))[-_MOST_COMPARED:]:
            if 0 <= first <= len(words) - length:
                yield length, first


def _offset(text: str, word: int) -> int:
    """Return the index at which the word of this number begins."""
    return len(text) - len(text.split(None, word)[word])
