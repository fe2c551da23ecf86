"""The verdicts that are remembered, so that equal rollouts are scored once."""

from __future__ import annotations

import threading
from collections import OrderedDict

from rule_rm.types import Score


class VerdictCache:
    """The scores that were used last, by the digest of the rollout: as it came, and as it was condensed."""

    def __init__(self, size: int) -> None:
        """Remember so many."""
        self._size = size
        self._lock = threading.Lock()
        self._scores: OrderedDict[bytes, Score] = OrderedDict()
        self._hits = self._misses = 0

    def get(self, key: bytes) -> Score | None:
        """The score of this key, if it is remembered."""
        with self._lock:
            score = self._scores.get(key)
            if score is None:
                self._misses += 1
                return None
            self._hits += 1
            self._scores.move_to_end(key)
            return score

    def put(self, key: bytes, score: Score) -> None:
        """Remember a score, and forget the one that was not asked for the longest time."""
        with self._lock:
            self._scores[key] = score
            if len(self._scores) > self._size:
                self._scores.popitem(last=False)

    def state(self) -> dict[str, int]:
        """What `/health` shows of it."""
        with self._lock:
            return {"size": len(self._scores), "hits": self._hits, "misses": self._misses}
