"""Messages arrive whole, in order, or not at all."""

from __future__ import annotations

import socket

import pytest

from rule_rm.processes import lines


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_arrive_as_they_were_sent_however_they_are_cut(ends):
    ours, theirs = ends
    sent = [{"id": 1, "text": "a\nb ü 🙂\u2028"}, {"id": 2}]
    for byte in lines.encode(sent):
        ours.sendall(bytes([byte]))
    reader = lines.Reader(theirs)
    assert [reader.read(), reader.read()] == sent


def test_half_a_surrogate_pair_arrives(ends):
    ours, theirs = ends
    ours.sendall(lines.encode([{"text": "\ud800"}]))
    assert lines.Reader(theirs).read() == {"text": "\ud800"}


def test_half_a_message_is_the_end(ends):
    ours, theirs = ends
    ours.sendall(b'{"id": 1')
    ours.close()
    with pytest.raises(EOFError, match="closed"):
        lines.Reader(theirs).read()


@pytest.mark.parametrize("line", [b"no json\n", b"[1]\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_message_is_the_end(ends, line):
    ours, theirs = ends
    ours.sendall(line)
    with pytest.raises(EOFError, match="no valid message"):
        lines.Reader(theirs).read()


def test_a_message_past_the_limit_is_the_end(ends, monkeypatch):
    monkeypatch.setattr(lines, "LIMIT", 10)
    ours, theirs = ends
    ours.sendall(b"x" * 100)
    with pytest.raises(EOFError, match="more than 10 bytes"):
        lines.Reader(theirs).read()


def test_what_has_arrived_is_kept_when_the_time_is_over(ends):
    ours, theirs = ends
    theirs.settimeout(0.01)
    reader = lines.Reader(theirs)
    ours.sendall(b'{"id"')
    with pytest.raises(TimeoutError):
        reader.read()
    ours.sendall(b": 1}\n")
    assert reader.read() == {"id": 1}
