"""Take over clients that other processes have accepted, with the bytes that those have read.

A front process answers what it can by itself. It hands every other client over, with its socket, and forgets
it. Here the client is like one that was accepted by this process.
"""

from __future__ import annotations

import logging
import marshal
import select
import socket
from typing import Any

from rule_rm.web.front.loop import Loop

logger = logging.getLogger(__name__)

PACKET = 1 << 18
"""Bytes of a packet: a request of the largest size that a front reads, and its headers."""
_AT_ONCE = 16


def hand_over(channel: socket.socket, client: socket.socket, address: tuple[Any, ...], read: bytes) -> None:
    """Pass a client on, with the bytes that were read from it. Raises OSError if nobody is there."""
    socket.send_fds(channel, [marshal.dumps((address, read))], [client.fileno()])


class Adopting(Loop):
    """A loop that listens to the channels of other processes too."""

    def __init__(self, *arguments: Any) -> None:
        """Take the arguments of `Loop`."""
        super().__init__(*arguments)
        self._channels: dict[int, socket.socket] = {}

    def adopt_from(self, channel: socket.socket) -> None:
        """Take over the clients that come through a channel, from now to its end."""
        channel.setblocking(False)
        self._do_soon(lambda: self._open_channel(channel))

    def _open_channel(self, channel: socket.socket) -> None:
        self._channels[channel.fileno()] = channel
        self._epoll.register(channel, select.EPOLLIN)

    def _close_port(self) -> bool:
        for descriptor in list(self._channels):
            while self._hear_channel(descriptor):
                pass
        return super()._close_port()

    def _hear_channel(self, descriptor: int) -> bool:
        channel = self._channels.get(descriptor)
        if channel is None:
            return False
        for _ in range(_AT_ONCE):
            try:
                packet, descriptors, _, _ = socket.recv_fds(channel, PACKET, 1)
            except BlockingIOError:
                return False
            except OSError:
                packet, descriptors = b"", []
            if not packet:
                self._close_channel(channel)
                return False
            if descriptors:
                address, read = marshal.loads(packet)  # noqa: S302 - written by a process of this server
                self._adopt(socket.socket(fileno=descriptors[0]), address, read)
        return True

    def _close_channel(self, channel: socket.socket) -> None:
        del self._channels[channel.fileno()]
        self._epoll.unregister(channel)
        channel.close()

    def _adopt(self, client: socket.socket, address: tuple[str, int], read: bytes) -> None:
        connection = self._admit(client, address)
        if connection is None:
            return
        connection.is_new = not read
        # Bytes that come while these are being answered are reported when the socket is watched.
        if not read or self._take(connection, read):
            self._read(connection)
        self._watch(connection)
