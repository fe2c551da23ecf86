"""Which golden question does a prompt ask, if typing errors are forgiven?

The golden questions that share most windows of tokens with the prompt are compared with it, token by token.
So the cost hangs on the prompt, hardly on the size of the dataset. Building this takes a while (about
0.05 ms for each question), hence it is done when the first prompt needs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from rule_rm.golden.text import token_spans, tokens
from rule_rm.golden.typos import only_typos
from rule_rm.golden.windows import Windows, windows_of
from rule_rm.golden.wrapping import asks, stands_alone

_WIDTH = 3
_LEAST_STRETCHES = 8
_STRETCH = 8
"""Tokens. A question is entered under one window of each stretch, and of at least eight stretches if it can be."""
_MARGIN = 6
"""Tokens by which the place of a question may shift when typing errors tear or join words."""
_MOST_COMPARED = 12


class _Vocabulary(dict[str, int]):
    """The number of each token of the dataset; 0 for any other."""

    def __missing__(self, token: str) -> int:
        return 0


class Similar:
    """Finds the questions that a prompt asks but for typing errors."""

    def __init__(self, questions: Sequence[str], threshold: float) -> None:
        """The questions are canonical."""
        self._questions = questions
        self._threshold = threshold
        self._numbers = _Vocabulary()
        self._stretches: list[int] = []
        counts: Counter[str] = Counter()
        entries = sum(max(_LEAST_STRETCHES, question.count(" ") // 4) for question in questions)
        self._windows = Windows(entries)
        for number, question in enumerate(questions):
            # Numbered, as the hash of a text differs from process to process and the outcome must not.
            question_tokens = tokens(question)
            ids = [self._numbers.setdefault(token, len(self._numbers) + 1) for token in question_tokens]
            windows = len(ids) - _WIDTH + 1
            stretches = min(windows, max(_LEAST_STRETCHES, windows // _STRETCH))
            self._stretches.append(stretches)
            if windows > 0:
                self._windows.add(number, windows_of(ids, _WIDTH), first=0, stretches=stretches)
            counts.update({token.lower() for token in question_tokens})
        common = max(2, len(questions) // 1000)
        self._known = frozenset(token for token, count in counts.items() if count >= common)

    def find(self, text: str) -> tuple[set[int], float]:
        """The questions that a cleaned prompt may ask, and the similarity of the nearest one compared."""
        given = tokens(text)
        found, nearest = set(), 0.0
        for number, first in self._candidates(given):
            question = tokens(self._questions[number])
            begin, end = _place(question, given, first)
            similarity = fuzz.ratio(" ".join(question), " ".join(given[begin:end])) / 100
            nearest = max(nearest, similarity)
            if (
                similarity >= self._threshold
                and only_typos(question, given[begin:end], self._known)
                and self._is_wrapped(number, text, begin, end)
            ):
                found.add(number)
        return found, nearest

    def _candidates(self, given: Sequence[str]) -> Iterator[tuple[int, int]]:
        """(number, token at which it would begin) of the questions that share most windows with the tokens."""
        numbers = self._numbers
        votes = Counter(self._windows.hits(windows_of([numbers[token] for token in given], _WIDTH)))
        best: dict[int, tuple[float, int]] = {}
        for (number, begin), count in votes.items():
            share = count / self._stretches[number]
            if share > best.get(number, (0.0, 0))[0]:
                best[number] = share, begin
        ranked = sorted(best.items(), key=lambda entry: (-entry[1][0], entry[0]))
        for number, (share, begin) in ranked[:_MOST_COMPARED]:
            if share >= ranked[0][1][0] / 2:
                yield number, begin

    def _is_wrapped(self, number: int, text: str, begin: int, end: int) -> bool:
        spans = token_spans(text)
        before, after = text[: spans[begin][0]], text[spans[end - 1][1] :]
        return stands_alone(self._questions[number], before, after) and not asks(after)


def _place(question: Sequence[str], given: Sequence[str], first: int) -> tuple[int, int]:
    """Where in the tokens the question stands that would begin at `first`."""
    low = max(0, first - _MARGIN)
    high = min(len(given), first + len(question) + _MARGIN)
    operations = Levenshtein.opcodes(question, given[low:high]).as_list()
    if operations and operations[0][0] == "insert":
        low += operations[0][4]
    if len(operations) > 1 and operations[-1][0] == "insert":
        high -= operations[-1][4] - operations[-1][3]
    return low, high
