"""The verdicts that are remembered: the latest, in tables that stay small."""

from __future__ import annotations

import hashlib
import sys

from rule_rm.engine.verdict_cache import VerdictCache
from rule_rm.types import Score


def key(number: int) -> bytes:
    return hashlib.blake2b(str(number).encode(), digest_size=16).digest()


def test_what_was_used_last_is_remembered():
    cache = VerdictCache(2)
    for number in (1, 2):
        cache.put(key(number), Score(float(number)))
    assert cache.get(key(1)) == Score(1.0)
    cache.put(key(3), Score(3.0))
    assert cache.get(key(2)) is None
    assert cache.get(key(1)) == Score(1.0)
    assert cache.state() == {"size": 2, "hits": 2, "misses": 1}


def test_a_large_cache_has_its_size_and_no_large_table():
    """A table of more than 128 KiB would be mapped on its own, and leave holes when it is allocated anew."""
    cache = VerdictCache(65_536)
    for number in range(100_000):
        cache.put(key(number), Score(1.0))
    assert 60_000 < cache.state()["size"] <= 65_536
    assert max(map(sys.getsizeof, cache._shards)) < 1 << 17
    assert cache.get(key(99_999)) == Score(1.0)
