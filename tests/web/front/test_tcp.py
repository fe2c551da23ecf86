"""A port is closed without breaking a connection that somebody has."""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rule_rm.web.front.tcp import LISTENING, close_port, let_nobody_connect, sockets

from ...waiting import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is done by Linux' filters of packets")
SYN_SENT = 2


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE)
        yield listening


def connecting(listener: socket.socket) -> socket.socket:
    client = socket.socket()
    client.setblocking(False)
    assert client.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS)
    return client


def test_who_connected_before_is_accepted_and_nobody_connects_after(listener):
    with socket.create_connection(listener.getsockname()) as before:
        let_nobody_connect(listener)
        with closing(connecting(listener)) as after:
            accepted, _ = listener.accept()
            with accepted:
                before.sendall(b"asked")
                assert accepted.recv(5) == b"asked"
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert after.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == SYN_SENT


def test_a_port_is_closed_whoever_else_has_a_descriptor_of_it(listener):
    address = listener.getsockname()
    other = os.dup(listener.fileno())
    try:
        close_port(listener)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)
    finally:
        os.close(other)


def test_the_sockets_at_a_port_are_found_by_their_state(listener):
    inode = str(Path(f"/proc/self/fd/{listener.fileno()}").readlink())
    port = listener.getsockname()[1]
    assert [f"socket:[{one}]" for one in sockets(port, LISTENING)] == [inode]
