"""The limits of clients: bytes, connections, threads and time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of clients."""

    body: int = 64 << 20
    """Bytes of one body."""
    bodies: int = 512 << 20
    """Bytes of all bodies that are being received."""
    connections: int = 4096
    reserve: int = 16
    """Connections above that number, for operators alone."""
    threads: int = 16
    """Threads that compute answers."""
    blocking_threads: int = 16
    """Threads for requests that run programs."""
    idle: float = 60.0
    """Seconds that a connection may wait for its next request."""
    head: float = 20.0
    """Seconds from the first byte of a request to the end of its headers."""
    body_seconds: float = 30.0
    """Seconds from the headers to the end of the body, and a second more for each MiB."""
    write: float = 30.0
    """Seconds that a client may take to read the rest of an answer that could not be sent at once."""
    linger: float = 10.0
    """Seconds for which the rest of a refused body is read and dropped, so that the refusal arrives."""
    patience: float = 1.0
    """Seconds that a connection may be idle, or send a request, before it makes room for another."""
    half_closed: float = 1.0
    """Seconds after which a client that ended its side, and waits, is asked whether it still listens."""
    last_call: float = 0.2
    """Seconds for which a server that stops waits for the requests of clients that have just connected."""
    sweep: float = 0.25
    """Seconds between two looks at the deadlines."""
