"""Which golden question does a prompt hold, with other text wrapped around it?

A golden question of six words or more is found by one window of its inner words (the outer ones may touch
a sign of the wrapper), a shorter one only as whole lines: "1+1?" stands in many another question. Of
several, the last one in the prompt is the one asked; those before it are examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rule_rm.golden.windows import Windows, windows_of
from rule_rm.golden.wrapping import asks, bare_lines, stands_alone

_WIDTH = 3
_STRIDE = 2
"""Each question is entered under as many windows in a row, so that only every second one of a prompt is tried."""
_LONG = _WIDTH + 1 + _STRIDE
"""Words. Of fewer, there are not enough inner windows."""
_SHORT_LINES = 4
"""Lines that a question of few words may have, with a formula on lines of its own."""
_MOST_COMPARED = 500
"""Hits from the end; a prompt made of one window again and again must not take long."""


class Containment:
    """Finds the last of the questions that a prompt holds in whole."""

    def __init__(self, questions: Sequence[str]) -> None:
        """The questions are canonical."""
        self._questions = questions
        self._lengths = [question.count(" ") + 1 for question in questions]
        self._windows = Windows(len(questions))
        self._short: dict[str, int] = {}
        for number, question in enumerate(questions):
            if self._lengths[number] < _LONG:
                self._short[question] = number
            else:
                self._windows.add(
                    number, windows_of(question.split()[1:-1], _WIDTH), first=1, stretches=1, run=_STRIDE
                )

    def find(self, text: str, words: Sequence[str]) -> int | None:
        """The number of the question that a cleaned prompt asks, if all else in it is a wrapper.

        `words` are the words of the text.
        """
        last = None
        for begin, end, number in sorted(self._places(text, words), key=lambda place: (-place[1], place[0])):
            if stands_alone(self._questions[number], text[:begin], text[end:]):
                last, text = number, text[end:]
                break
        short, rest = self._last_short(text if last is None else text[text.find("\n") :])
        if short is not None:
            last, text = short, rest
        return None if last is None or asks(text) else last

    def _places(self, text: str, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """(begin, end, number) of each question of six words or more in the text."""
        for number, first in list(self._windows.hits(windows_of(words, _WIDTH, _STRIDE), _STRIDE))[
            -_MOST_COMPARED:
        ]:
            question, count = self._questions[number], self._lengths[number]
            if 0 <= first <= len(words) - count:
                within = " ".join(words[first : first + count]).find(question)
                if within >= 0:
                    begin = _offset(text, first) + within
                    yield (
                        begin,
                        _offset(text, first + count - 1) + len(question) - question.rindex(" ") - 1,
                        number,
                    )

    def _last_short(self, text: str) -> tuple[int | None, str]:
        """The last short question that fills whole lines, and the text after it."""
        if self._short:
            lines = text.split("\n")
            for end in range(len(lines), 0, -1):
                for begin in range(max(0, end - _SHORT_LINES), end):
                    if not (lines[begin] and lines[end - 1]):
                        continue
                    number = self._short.get(bare_lines(lines[begin:end]))
                    if number is not None:
                        return number, "\n".join(lines[end:])
        return None, text


def _offset(text: str, word: int) -> int:
    """Where the word of this number begins."""
    return len(text) - len(text.split(None, word)[word])
