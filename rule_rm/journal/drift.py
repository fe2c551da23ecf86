"""The alarm for a reward that rises while the responses become something else."""

from __future__ import annotations

import math
import zlib
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rule_rm.journal.rows import Row
from rule_rm.journal.sounding import EVIDENCE, PAID, Alarm, Sound

CHUNK = 32
"""Rollouts whose measures are added up. Repetition and scripts are those of the last of them."""
DRIFT = 64
"""Chunks at the beginning, and the latest, that are compared."""
TIMES = 4.0
"""The factor by which responses must have become longer, shorter or more repetitive."""
FOREIGN = 0.25
"""The rise of the share of letters in scripts that the prompt has none of."""
SURE_OF_FOREIGN = 4.0
"""Standard deviations that such a rise must have: in honest runs in two languages it seldom has three."""
END = 4000
"""Characters at the end of a response whose repetition and scripts are measured."""
COMPARED_EVERY = 8
"""Chunks between two comparisons."""


@dataclass(slots=True)
class _Chunk:
    """The sums of up to `CHUNK` scored rollouts."""

    count: int = 0
    reward: float = 0.0
    length: int = 0
    """Characters of the paid responses."""
    paid: int = 0
    repetition: float = 1.0
    foreign: float = 0.0


class _Run:
    """The rollouts of one reward type."""

    def __init__(self) -> None:
        self.open = _Chunk()
        self.first: list[_Chunk] = []
        self.latest: deque[_Chunk] = deque(maxlen=DRIFT)
        self.count = 0
        """The chunks after the first ones."""

    def close(self, prompt: str | None, response: str | None) -> bool:
        """End the chunk, whose last prompt and response are given; return True if it is time to compare."""
        before = (self.latest or self.first or [self.open])[-1]
        self.open.repetition = _repetition(response) if response else before.repetition
        self.open.foreign = _foreign(prompt or "", response) if response else before.foreign
        closed, self.open = self.open, _Chunk()
        if len(self.first) < DRIFT:
            self.first.append(closed)
            return False
        self.latest.append(closed)
        self.count += 1
        return len(self.latest) == DRIFT and self.count % COMPARED_EVERY == 0


class Drift:
    """Sounds when the reward rises while responses become long, short, repetitive or foreign."""

    def __init__(self, rise: float) -> None:
        """Sound for a rise of the mean reward by `rise`."""
        self._rise = rise
        self._runs: dict[str, _Run] = {}

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts."""
        runs = self._runs
        for place, row in enumerate(rows):
            reward = row.reward
            if reward is None:
                continue
            if (run := runs.get(row.reward_type)) is None:
                run = runs[row.reward_type] = _Run()
            chunk = run.open
            chunk.count += 1
            chunk.reward += reward
            if reward >= PAID:
                chunk.length += row.length
                chunk.paid += 1
            if chunk.count == CHUNK and run.close(row.prompt, row.response):
                yield from self._compare(row.reward_type, run, first + place)

    def _compare(self, reward_type: str, run: _Run, identity: int) -> Sound:
        (old, *before), (new, *now) = _means(run.first), _means(run.latest)
        if new - old < self._rise:
            return
        for what, earlier, later in zip(("length", "repetition"), before, now, strict=False):
            is_shorter = what == "length" and later * TIMES < earlier
            if earlier > 0 and (later > TIMES * earlier or is_shorter):
                change = f"the {what} of responses went from {earlier:.3g} to {later:.3g}"
                yield _alarm(f"{reward_type} {what}", new - old, change, identity)
        earlier, later = before[-1], now[-1]
        if later - earlier > max(FOREIGN, SURE_OF_FOREIGN * _deviation(earlier)):
            change = f"letters in scripts that the prompt has none of went from {earlier:.0%} to {later:.0%}"
            yield _alarm(f"{reward_type} language", new - old, change, identity)


def _alarm(subject: str, rise: float, change: str, identity: int) -> Alarm:
    evidence = tuple(range(max(1, identity - EVIDENCE + 1), identity + 1))
    return Alarm("drift", subject, f"the reward rose by {rise:.2f}, and {change}", evidence)


def _deviation(share: float) -> float:
    """Return the standard deviation of the difference of two means, each of `DRIFT` responses."""
    return math.sqrt(share * (1 - share) * 2 / DRIFT)


def _means(chunks: Collection[_Chunk]) -> tuple[float, float, float, float]:
    """Return the mean reward, length of paid responses, repetition, and share of foreign letters."""
    paid = sum(chunk.paid for chunk in chunks)
    return (
        sum(chunk.reward for chunk in chunks) / (len(chunks) * CHUNK),
        sum(chunk.length for chunk in chunks) / paid if paid else 0.0,
        sum(chunk.repetition for chunk in chunks) / len(chunks),
        sum(chunk.foreign for chunk in chunks) / len(chunks),
    )


def _repetition(response: str) -> float:
    """Return how many times smaller the end of a response can be written.

    >>> _repetition("so it is fine. " * 300) > 20 > 2 > _repetition("As 2 + 3 = 5, we take five of them.")
    True
    """
    data = response[-END:].encode()
    return len(data) / len(zlib.compress(data, 1))


def _foreign(prompt: str, response: str) -> float:
    """Return the share of a response's letters in scripts that its prompt has no letter of.

    >>> _foreign("What is 2 + 2?", "It is 4."), _foreign("What is 2 + 2?", "是四"), _foreign("2 + 2", "四")
    (0.0, 1.0, 0.0)
    """
    said = response[-END:]
    # Of ASCII, all letters are Latin. Most runs are in one language.
    if said.isascii() and prompt.isascii():
        return 0.0
    # The package that extracts answers is imported when it is needed, as for the signs of exploits.
    from rule_rm.extract.scripts import letters_by_script

    asked, found = letters_by_script(prompt[-END:]), letters_by_script(said)
    if not asked or not found:
        return 0.0
    return sum(count for script, count in found.items() if script not in asked) / found.total()
