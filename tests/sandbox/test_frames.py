"""The lines between a judge and what it judges: whole, however they come in, and never larger than may be."""

import json
import socket
import threading

import pytest

from rule_rm.sandbox.inside.data import frames


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_come_one_by_one_however_they_were_cut(ends):
    ours, theirs = ends
    sent = [{"a": "x" * 50}, [1, 2.5, None], "zeile\n", "y" * 20_000]
    whole = b"".join(json.dumps(one).encode() + b"\n" for one in sent)
    lines = frames.Lines(theirs.fileno())
    found = []
    for start, end in ((0, 3), (3, 90), (90, len(whole))):
        ours.sendall(whole[start:end])
        while len(found) < whole[:end].count(b"\n"):
            found.append(lines.receive())
    assert found == sent


def test_a_large_message_crosses_whole(ends):
    ours, theirs = ends
    message = {"value": "ü" * 1_000_000}
    sender = threading.Thread(target=frames.send, args=(ours.fileno(), message))
    sender.start()
    assert frames.Lines(theirs.fileno()).receive() == message
    sender.join()


def test_what_is_cut_short_is_the_end_and_no_message(ends):
    ours, theirs = ends
    ours.sendall(b'{"a": 1}\n{"b": ')
    ours.shutdown(socket.SHUT_WR)
    lines = frames.Lines(theirs.fileno())
    assert lines.receive() == {"a": 1}
    with pytest.raises(EOFError):
        lines.receive()


@pytest.mark.parametrize("line", [b"no json\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_message_is_told(ends, line):
    ours, theirs = ends
    ours.sendall(line)
    with pytest.raises(ValueError):
        frames.Lines(theirs.fileno()).receive()


def test_a_message_without_an_end_is_not_read_without_an_end(ends, monkeypatch):
    ours, theirs = ends
    monkeypatch.setattr(frames, "LIMIT", 10_000)
    ours.sendall(b"x" * 50_000)
    with pytest.raises(ValueError, match="too large"):
        frames.Lines(theirs.fileno()).receive()
    with pytest.raises(ValueError, match="too large"):
        frames.send(ours.fileno(), "x" * 10_001)
