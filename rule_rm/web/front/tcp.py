"""TCP on Linux: the sockets at a port, and a port that lets nobody new connect.

Between the last `accept` and the close of a listening socket somebody may connect, and would lose its
request. So the port is closed in two steps. First the kernel drops the packets with which clients begin to
connect, so all who are connected can be accepted. Others send it again after a second, and the closed
port refuses them.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

LISTENING, HALF_OPEN = "0A", "03"
"""States of a row of /proc/net/tcp. A client whose connection is half open may count it as open already."""
_SO_ATTACH_FILTER = 26
_FLAGS, _SYN, _ACK = 13, 0x02, 0x10
"""The place of the flags in a TCP header; a client's first packet has the first of these two alone."""
_ALL = 0xFFFFFFFF
# Instructions of the classic BPF: operation, lines to skip if true, lines to skip if false, operand.
_NO_FIRST_PACKET = (
    (0x30, 0, 0, _FLAGS),  # load a byte
    (0x54, 0, 0, _SYN | _ACK),  # and
    (0x15, 0, 1, _SYN),  # is it equal?
    (0x06, 0, 0, 0),  # drop the packet
    (0x06, 0, 0, _ALL),  # keep all of it
)


def sockets(port: int, state: str) -> Iterator[str]:
    """Yield the inodes of the sockets at a port of this machine that are in a state; none where unknown."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            columns = line.split()
            if columns[3] == state and int(columns[1].rpartition(":")[2], 16) == port:
                yield columns[9]


def let_nobody_connect(listener: socket.socket) -> None:
    """Have the kernel drop the first packet of each new client, from now on.

    Where that can't be done, a client that connects before the port is closed may lose its connection.
    """
    if sys.platform != "linux":
        return
    code = b"".join(struct.pack("HBBI", *line) for line in _NO_FIRST_PACKET)
    program = ctypes.create_string_buffer(code, len(code))
    described = struct.pack("@HP", len(_NO_FIRST_PACKET), ctypes.addressof(program))
    try:
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, described)
    except OSError:
        return


def close_port(listener: socket.socket) -> None:
    """Close a listening socket, also for other processes that have a descriptor of it."""
    try:
        listener.shutdown(socket.SHUT_RD)
    except OSError:
        # Other systems can't do that.
        pass
    listener.close()
