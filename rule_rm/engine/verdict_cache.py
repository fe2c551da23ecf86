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


_SHARD = 512
"""Scores of a shard."""


class VerdictCache:
    """The scores that were used last, by digests of the rollouts and of the work that they came to.

    They are in many small tables. One large table would be allocated anew, some MiB at a time, whenever its
    deleted entries have used it up. The holes that it leaves fill with small objects, so that the process
    grew by 7 MiB every 75,000 rollouts. The tables of a shard fit where the last ones were.
    """

    def __init__(self, size: int) -> None:
        """Remember at most `size` scores, or a few more where their number is not a multiple of a shard's."""
        count = max(size // _SHARD, 1)
        self._size = -(-size // count)
        self._lock = threading.Lock()
        self._shards: list[OrderedDict[bytes, Score]] = [OrderedDict() for _ in range(count)]
        self._hits = self._misses = 0

    @staticmethod
    def key(reward_type: str, rollout: Rollout) -> bytes:
        """Return the key of a rollout as it came. Raises an error of pickle if a value can't be pickled."""
        values = (reward_type, *_values(rollout))
        return hashlib.blake2b(pickle.dumps(values, protocol=5), digest_size=16).digest()

    def get(self, key: bytes) -> Score | None:
        """Return the score of this key, if it is remembered."""
        scores = self._shard(key)
        with self._lock:
            score = scores.get(key)
            if score is None:
                self._misses += 1
                return None
            self._hits += 1
            scores.move_to_end(key)
            return score

    def put(self, key: bytes, score: Score) -> None:
        """Store a score, and evict the least recently used one."""
        scores = self._shard(key)
        with self._lock:
            scores[key] = score
            if len(scores) > self._size:
                scores.popitem(last=False)

    def state(self) -> dict[str, int]:
        """Return the entry for `/health`."""
        with self._lock:
            size = sum(map(len, self._shards))
            return {"size": size, "hits": self._hits, "misses": self._misses}

    def _shard(self, key: bytes) -> OrderedDict[bytes, Score]:
        """Return the table of a key, by its first bytes: digests are evenly spread."""
        return self._shards[int.from_bytes(key[:4], "big") % len(self._shards)]
