"""A table of verdicts in memory that several processes share: one writes, all read, nobody waits.

A verdict has one place, which a later one takes over. Each place has a digest of its content. So a reader
that comes in the middle of a change finds nothing, and never another verdict.
"""

from __future__ import annotations

import mmap
import os
from hashlib import blake2b

from rule_rm.engine.messages import decode_score, encode_score
from rule_rm.engine.verdict_cache import VerdictCache
from rule_rm.types import Score

PLACE = 1 << 10
"""Bytes of a place. A larger verdict is not shared; most have a few hundred bytes."""
PLACES = 1 << 15
"""Places of the table. Memory is taken when one is first used."""
_CHECK, _LENGTH, _KEY = 8, 2, 16
_HEAD = _CHECK + _LENGTH


class VerdictTable:
    """The verdicts of workers, by the digests of the rollouts and of the work that they came to.

    >>> table = VerdictTable(VerdictTable.allocate())
    >>> table.put(b"sixteen bytes ..", Score(0.5)), table.get(b"sixteen bytes ..")
    (None, Score(reward=0.5, ...))
    >>> table.get(b"another digest .")
    """

    def __init__(self, descriptor: int) -> None:
        """Use the memory behind a descriptor of `allocate`, in any process that has it."""
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, PLACES * PLACE)

    @staticmethod
    def allocate() -> int:
        """Return the descriptor of memory for a table, which children may inherit by its number."""
        descriptor = os.memfd_create("verdicts")
        os.ftruncate(descriptor, PLACES * PLACE)
        return descriptor

    def put(self, key: bytes, score: Score) -> None:
        """Enter a verdict, unless it is too large or no JSON."""
        try:
            content = key + encode_score(score)
        except (TypeError, ValueError):
            return
        if len(content) <= PLACE - _HEAD:
            begin = _begin(key)
            entry = _check(content) + len(content).to_bytes(_LENGTH, "big") + content
            self._memory[begin : begin + len(entry)] = entry

    def get(self, key: bytes) -> Score | None:
        """Return the verdict of this key, if it is there."""
        begin = _begin(key)
        place = self._memory[begin : begin + PLACE]
        content = place[_HEAD : _HEAD + int.from_bytes(place[_CHECK:_HEAD], "big")]
        if not content.startswith(key) or _check(content) != place[:_CHECK]:
            return None
        return decode_score(content[_KEY:])

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self.descriptor)


class TwoCaches(VerdictCache):
    """The cache of a process, before a table that it reads."""

    def __init__(self, size: int, table: VerdictTable) -> None:
        super().__init__(size)
        self._table = table

    def get(self, key: bytes) -> Score | None:
        """Return the score of this key, if it is known here or there."""
        if (score := super().get(key)) is None and (score := self._table.get(key)) is not None:
            self.put(key, score)
        return score


def _begin(key: bytes) -> int:
    return int.from_bytes(key[:4], "big") % PLACES * PLACE


def _check(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECK).digest()
