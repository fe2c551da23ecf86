"""The memory of the backlog: a ring that returns batches of all sizes as they were put in."""

from __future__ import annotations

import os
import random
from collections import deque

from rule_rm.journal import backlog
from rule_rm.journal.backlog import KEPT, Backlog, read


def test_batches_of_any_size_are_read_as_they_were_put_in():
    source, waiting, room = random.Random(0), deque(), 4_000
    ring = Backlog(room)
    refused = 0
    for number in range(3_000):
        batch = [bytes([number % 251]) * source.choice([0, 1, 9, 700]) for _ in range(source.randrange(4))]
        place = ring.put(batch)
        if place is None:
            refused += 1
        else:
            waiting.append((batch, place))
        while waiting and (place is None or source.random() < 0.4):
            expected, where = waiting.popleft()
            assert read(ring.descriptor, where) == expected
            ring.release()
            place = where
    assert os.fstat(ring.descriptor).st_size <= room
    assert 0 < refused < 1_500
    ring.close()


def test_a_batch_of_more_parts_than_one_call_takes_is_whole(monkeypatch):
    monkeypatch.setattr(backlog, "_AT_ONCE", 7)
    ring = Backlog(1 << 20)
    batch = [str(number).encode() for number in range(100)]
    assert read(ring.descriptor, ring.put(batch)) == batch
    ring.close()


def test_a_write_that_is_cut_short_is_continued(monkeypatch):
    ring = Backlog(1 << 20)
    whole = os.pwritev
    monkeypatch.setattr(os, "pwritev", lambda file, parts, at: whole(file, [b"".join(parts)[:3]], at))
    batch = [b"abc", b"", b"defg"]
    assert read(ring.descriptor, ring.put(batch)) == batch
    ring.close()


def test_memory_is_given_back_when_nothing_waits():
    ring = Backlog(4 * KEPT)
    ring.put([bytes(2 * KEPT)])
    assert ring.put([bytes(3 * KEPT)]) is None
    ring.release()
    assert os.fstat(ring.descriptor).st_size == KEPT
    ring.close()
