"""A line to a real server that breaks at its first connections, and holds from then on."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit


class BreakingLine:
    """Listens at `url`; counts connections, of which the first `broken` are closed unheard."""

    def __init__(self, server_url: str, broken: int) -> None:
        parts = urlsplit(server_url)
        self._server = parts.hostname, parts.port
        self._broken = broken
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        self.url = "http://{}:{}".format(*self._listener.getsockname())
        self._open = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> BreakingLine:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        # The listener first: from then on nothing is opened. Closing alone would wake no thread.
        for end, thread in zip(self._open, self._threads, strict=True):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # The other side was first.
            thread.join()
        for end in self._open:
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.connections <= self._broken:
                client.close()
                continue
            server = socket.create_connection(self._server)
            for source, sink in ((client, server), (server, client)):
                self._open.append(source)
                self._threads.append(threading.Thread(target=_copy, args=(source, sink)))
                self._threads[-1].start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        # The other side is gone, and with it whom to tell.
        return
