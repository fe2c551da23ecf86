"""Find the golden question that a prompt asks with typing errors.

Only words may have typing errors: the signs of a question (numbers, operators, brackets) occur unchanged in
the prompt. A question is entered under its least common run of signs. Where that run is common or missing, it
is entered under windows of tokens in many places, some of which survive the errors. The cost therefore
depends on the prompt and hardly on the size of the dataset. Every candidate is compared token by token.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from rule_rm.golden.text import token_spans, tokens
from rule_rm.golden.typos import only_typos
from rule_rm.golden.windows import Windows, windows_of
from rule_rm.golden.wrapping import asks, stands_alone

_WIDTH = 3
_SIGN_WIDTHS = (2, 3, 4)
_CROWDED = 6
"""Entries in a slot. A run of signs with as many is common."""
_LEAST_STRETCHES = 8
_STRETCH = 8
"""Tokens. Windows are entered one in each stretch, and at least eight if there are as many."""
_SIGNS = frozenset("+-*/^=<>()[]{}|!%_&")
_MARGIN = 6
"""Tokens by which the place of a question may shift when typing errors tear or join words."""
_MOST_HITS = 1000
_MOST_RANKED = 500
_MOST_COMPARED = 8
_SLACK = 0.1
"""How much lower the similarity may be while the place of the question is not known exactly."""


class _Vocabulary(dict[str, int]):
    """The number of each token of the dataset; 0 for any other."""

    def __missing__(self, token: str) -> int:
        return 0


class Similar:
    """An index that finds the questions of prompts with typing errors."""

    def __init__(self, questions: Sequence[str], threshold: float) -> None:
        """Index the questions, which must be canonical."""
        self._questions = questions
        self._threshold = threshold
        self._numbers = _Vocabulary()
        self._lengths = array("I")
        self._entries = array("I")
        self._windows = Windows(4 * len(questions))
        counts: Counter[str] = Counter()
        for number, question in enumerate(questions):
            parts = tokens(question)
            # Numbered, as the hash of a text differs from process to process and the outcome must not.
            ids = [self._numbers.setdefault(token, len(self._numbers) + 1) for token in parts]
            self._lengths.append(len(parts))
            self._entries.append(self._enter(number, parts, ids))
            counts.update({token.lower() for token in parts})
        common = max(2, len(questions) // 1000)
        self._known = frozenset(token for token, count in counts.items() if count >= common)

    def _enter(self, number: int, parts: Sequence[str], ids: Sequence[int]) -> int:
        """Enter a question, and return under how many windows."""
        signs = [place for place, token in enumerate(parts) if _is_sign(token)]
        width = min(len(signs), max(_SIGN_WIDTHS))
        if width >= min(_SIGN_WIDTHS):
            slots = self._windows.slots(windows_of([ids[place] for place in signs], width))
            crowds = self._windows.counts(slots)
            if min(crowds) < _CROWDED:
                best = crowds.index(min(crowds))
                self._windows.enter(slots[best], number, signs[best])
                return 1
        slots = self._windows.slots(windows_of(ids, _WIDTH))
        crowds = self._windows.counts(slots)
        stretches = min(len(slots), max(_LEAST_STRETCHES, len(slots) // _STRETCH))
        for stretch in range(stretches):
            begin, end = (len(slots) * bound // stretches for bound in (stretch, stretch + 1))
            best = min(range(begin, end), key=crowds.__getitem__)
            self._windows.enter(slots[best], number, best)
        return stretches

    def find(self, text: str) -> tuple[set[int], float]:
        """Return the questions that a cleaned prompt may ask, and the similarity of the nearest one."""
        given = tokens(text)
        found, nearest = set(), 0.0
        for number, first in self._candidates(given):
            question = tokens(self._questions[number])
            for begin, end in _places(question, given, first):
                similarity = fuzz.ratio(" ".join(question), " ".join(given[begin:end])) / 100
                nearest = max(nearest, similarity)
                if (
                    similarity >= self._threshold
                    and only_typos(question, given[begin:end], self._known)
                    and self._is_wrapped(number, text, begin, end)
                ):
                    found.add(number)
                    break
        return found, nearest

    def _candidates(self, given: Sequence[str]) -> list[tuple[int, int]]:
        """Return the questions to compare as (number, first token in the prompt), the most similar first."""
        votes = Counter(self._hits(given))
        likely = sorted(votes, key=lambda place: (-votes[place] / self._entries[place[0]], place))
        cutoff = 100 * (self._threshold - _SLACK)
        ranked = []
        for number, first in likely[:_MOST_RANKED]:
            length = self._lengths[number]
            begin, end = max(0, first), min(len(given), first + length)
            if abs(len(given) - length) <= _MARGIN:
                begin, end = 0, len(given)
            if end - begin >= length - _MARGIN:
                question = self._questions[number].replace(" ", "")
                ratio = fuzz.ratio("".join(given[begin:end]), question, score_cutoff=cutoff)
                if ratio:
                    ranked.append((-ratio, number, first))
        best: dict[int, int] = {}
        for _, number, first in sorted(ranked):
            best.setdefault(number, first)
        return list(best.items())[:_MOST_COMPARED]

    def _hits(self, given: Sequence[str]) -> list[tuple[int, int]]:
        ids = [self._numbers[token] for token in given]
        signs = [place for place, token in enumerate(given) if _is_sign(token)]
        sign_ids = [ids[place] for place in signs]
        slots = self._windows.slots(windows_of(ids, _WIDTH))
        places = list(range(len(slots)))
        for width in _SIGN_WIDTHS:
            slots += (more := self._windows.slots(windows_of(sign_ids, width)))
            places += signs[: len(more)]
        return self._windows.rarest_hits(slots, places, _MOST_HITS)

    def _is_wrapped(self, number: int, text: str, begin: int, end: int) -> bool:
        spans = token_spans(text)
        before, after = text[: spans[begin][0]], text[spans[end - 1][1] :]
        return stands_alone(self._questions[number], before, after) and not asks(after)


def _is_sign(token: str) -> bool:
    return token[0].isdigit() or token in _SIGNS


def _places(question: Sequence[str], given: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
    """Yield the places of the tokens that a question beginning at `first` may take: all of them, or some."""
    if abs(len(question) - len(given)) <= _MARGIN:
        yield 0, len(given)
    low, high = max(0, first - _MARGIN), min(len(given), first + len(question) + _MARGIN)
    steps = list(Levenshtein.opcodes(question, given[low:high]))
    if steps and steps[0].tag == "insert":
        low += steps[0].dest_end
    if len(steps) > 1 and steps[-1].tag == "insert":
        high -= steps[-1].dest_end - steps[-1].dest_start
    if (low, high) != (0, len(given)) and low < high:
        yield low, high
