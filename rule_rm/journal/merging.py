"""Put what several journals have in one order: the newest first, and each file in its own order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Part:
    """The rollouts that a search found in one file, the newest first, and how many of them were used."""

    rollouts: list[dict[str, Any]]
    stopped: int | None = None
    """The identity below which nothing was searched; None if that was all."""
    time: float | None = None
    """The time of the newest rollout that was not searched."""
    used: int = 0

    def further(self, most: int) -> int | None:
        """Return the identity below which the next search goes on; None if there is nothing more.

        `most` is how many rollouts were searched for at most.
        """
        if self.used < len(self.rollouts):
            return int(self.rollouts[self.used]["id"]) + 1
        if self.stopped is None and len(self.rollouts) >= most:
            return int(self.rollouts[-1]["id"])
        return self.stopped

    def next_time(self) -> float | None:
        """Return the time of the next rollout, also of one that was not searched; None if there is none."""
        if self.used < len(self.rollouts):
            return float(self.rollouts[self.used]["time"])
        return self.time


def merged(parts: Collection[Part], most: int) -> list[dict[str, Any]]:
    """Use the newest rollouts of all parts, `most` at most, and return them.

    Older ones than the end of a search come after the rest of that file.
    """
    found: list[dict[str, Any]] = []
    while len(found) < most:
        times = [(at, part) for part in parts if (at := part.next_time()) is not None]
        if not times:
            break
        _, newest = max(times, key=lambda pair: pair[0])
        if newest.used == len(newest.rollouts):
            break
        found.append(newest.rollouts[newest.used])
        newest.used += 1
    return found
