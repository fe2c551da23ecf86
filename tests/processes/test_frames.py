"""Frames arrive whole, in order, however the stream was cut."""

from __future__ import annotations

import socket
import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm.processes import frames


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 50))
def test_frames_arrive_whole_however_the_stream_is_cut(payloads, size):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = b"".join(struct.pack("!I", len(payload)) + payload for payload in payloads)
        reader = frames.FrameReader(theirs, 1000)
        arrived = []
        for start in range(0, len(stream), size):
            ours.sendall(stream[start : start + size])
            while (frame := reader.read(time.monotonic())) is not None:
                arrived.append(frame)
        assert arrived == payloads


def test_what_was_sent_is_received(pair):
    frames.send(pair[0], b"a task")
    assert frames.receive(pair[1], 100) == b"a task"


def test_an_absent_frame_is_none_when_the_time_is_over(pair):
    assert frames.FrameReader(pair[0], 100).read(time.monotonic()) is None


def test_a_frame_past_the_limit_ends_the_connection(pair):
    frames.send(pair[0], b"x" * 101)
    with pytest.raises(EOFError, match="101 bytes where 100"):
        frames.FrameReader(pair[1], 100).read(time.monotonic() + 60)
    frames.send(pair[1], b"x" * 101)
    with pytest.raises(EOFError, match="101 bytes where 100"):
        frames.receive(pair[0], 100)


def test_the_end_of_the_stream_is_an_error(pair):
    pair[0].shutdown(socket.SHUT_RDWR)
    with pytest.raises(EOFError):
        frames.FrameReader(pair[1], 100).read(time.monotonic() + 60)
