"""Choose the texts that share a pass of the model: neighbours in length, around the one that waited longest.

Padding is wasted work, but every pass has a fixed cost too. The break-even is that cost in tokens, measured
where the model runs. A text joins a pass if its padding costs less than the pass that it saves. Every pass
has the oldest text in it, so none waits for ever.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Waiting:
    """A text that waits for its pass."""

    number: int
    """The id of the request."""
    tokens: Sequence[int]
    until: float
    """The monotonic time after which nobody wants its score."""
    alone: bool = False
    """It takes part in no pass with others: the process died when it last did."""
    was_cut: bool = False


class Line:
    """The texts that wait. Not thread-safe: the caller holds a lock."""

    def __init__(self, max_tokens: int, max_texts: int, break_even: float) -> None:
        """Plan passes of at most `max_tokens`, padding included; a longer text has a pass of its own."""
        self.max_tokens = max_tokens
        self.max_texts = max_texts
        self.break_even = break_even
        self._arrived: dict[int, Waiting] = {}
        self._by_length: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._arrived)

    def add(self, text: Waiting) -> None:
        """Add a text that has arrived."""
        self._arrived[text.number] = text
        if not text.alone:
            bisect.insort(self._by_length, (len(text.tokens), text.number))

    def drop_expired(self, now: float) -> None:
        """Forget the texts whose time is over."""
        for text in [text for text in self._arrived.values() if text.until <= now]:
            self._remove(text)

    def take(self) -> list[Waiting]:
        """Take the next pass, shortest text first; empty if nothing waits."""
        if not self._arrived:
            return []
        oldest = next(iter(self._arrived.values()))
        numbers = [oldest.number] if oldest.alone else [number for _, number in self._window(oldest)]
        chosen = [self._arrived[number] for number in numbers]
        for text in chosen:
            self._remove(text)
        return chosen

    def _window(self, oldest: Waiting) -> list[tuple[int, int]]:
        lengths = self._by_length
        begin = bisect.bisect_left(lengths, (len(oldest.tokens), oldest.number))
        end = begin + 1
        while (count := end - begin) < self.max_texts:
            longest = lengths[end - 1][0]
            # The padding that each neighbour would cost, and whether it is the longer one.
            costs = []
            if begin > 0:
                costs.append((longest - lengths[begin - 1][0], False))
            if end < len(lengths):
                costs.append(((lengths[end][0] - longest) * count, True))
            fitting = [
                (cost, is_longer)
                for cost, is_longer in costs
                if cost <= self.break_even
                and (lengths[end][0] if is_longer else longest) * (count + 1) <= self.max_tokens
            ]
            if not fitting:
                break
            if min(fitting)[1]:
                end += 1
            else:
                begin -= 1
        return lengths[begin:end]

    def _remove(self, text: Waiting) -> None:
        del self._arrived[text.number]
        if not text.alone:
            del self._by_length[bisect.bisect_left(self._by_length, (len(text.tokens), text.number))]
