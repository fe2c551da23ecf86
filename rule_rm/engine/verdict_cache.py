"""The verdicts that are remembered, so that equal rollouts are scored once."""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections import OrderedDict
from dataclasses import fields
from operator import attrgetter

from rule_rm.types import Rollout, Score

_values = attrgetter(*(one.name for one in fields(Rollout)))
"""Returns the values of all fields, which are pickled faster than the rollout as a whole."""


class VerdictCache:
    """The scores that were used last, by digests of the rollouts and of the work that they came to."""

    def __init__(self, size: int) -> None:
        """Remember at most `size` scores."""
        self._size = size
        self._lock = threading.Lock()
        self._scores: OrderedDict[bytes, Score] = OrderedDict()
        self._hits = self._misses = 0

    @staticmethod
    def key(reward_type: str, rollout: Rollout) -> bytes:
        """Return the key of a rollout as it came. Raises an error of pickle if a value can't be pickled."""
        values = (reward_type, *_values(rollout))
        return hashlib.blake2b(pickle.dumps(values, protocol=5), digest_size=16).digest()

    def get(self, key: bytes) -> Score | None:
        """Return the score of this key, if it is remembered."""
        with self._lock:
            score = self._scores.get(key)
            if score is None:
                self._misses += 1
                return None
            self._hits += 1
            self._scores.move_to_end(key)
            return score

    def put(self, key: bytes, score: Score) -> None:
        """Store a score, and evict the least recently used one."""
        with self._lock:
            self._scores[key] = score
            if len(self._scores) > self._size:
                self._scores.popitem(last=False)

    def state(self) -> dict[str, int]:
        """Return the entry for `/health`."""
        with self._lock:
            return {"size": len(self._scores), "hits": self._hits, "misses": self._misses}
