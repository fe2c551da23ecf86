"""Taking a port: one listening socket that is ours alone, or an error that says who has the port."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.web.front.tcp import LISTENING, sockets

BACKLOG = 4096
"""Connections that the kernel keeps until they are accepted, up to net.core.somaxconn."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    It is not shared (no SO_REUSEPORT): a second service on the same port is an error, never a silent half.
    Raises ConfigurationError if the address is not available.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Connections of a service that was just stopped linger; there is no reason to wait for them.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            holder = f", held by {found}" if (found := _holder(port)) else ""
            message = f"port {port} on {host} is in use{holder}; choose another --port"
        else:
            message = f"can't listen on {host}, port {port}: {error.strerror}"
        raise ConfigurationError(message) from None
    return listener


def url(host: str, port: int, scheme: str = "http") -> str:
    """Return the address as a URL.

    >>> url("::1", 6000)
    'http://[::1]:6000'
    """
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _holder(port: int) -> str | None:
    """Return the process that listens on the port, if /proc shows it: our own processes, or all for root."""
    held = {f"socket:[{inode}]" for inode in sockets(port, LISTENING)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in held:
                process = descriptor.parents[1]
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return None
