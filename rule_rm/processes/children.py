"""The children of a process with one thread, which waits for messages as well."""

from __future__ import annotations

import os
import select
import signal
import socket


class Watch:
    """The wait for a message on a socket, or the end of a child, whichever comes first.

    A process has one at most, and makes it in its main thread.
    """

    def __init__(self, control: socket.socket) -> None:
        """Watch the children from now on, and the socket."""
        self._control = control.fileno()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        # A signal with the default handling would not wake anybody.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write)
        self._poll = select.poll()
        self._poll.register(self._control, select.POLLIN)
        self._poll.register(self._wake_read, select.POLLIN)

    def wait(self) -> tuple[dict[int, int], bool]:
        """Return the children that have ended, reaped, and whether the socket has a message or its end.

        The value of each child is its exit status, or the signal that ended it as a negative number.
        """
        ready = {descriptor for descriptor, _ in self._poll.poll()}
        found: dict[int, int] = {}
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
            found = ended()
        return found, self._control in ready

    def forget(self) -> None:
        """Watch nothing any more: for a child that was forked, which has children of its own."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._wake_read)
        os.close(self._wake_write)


def ended() -> dict[int, int]:
    """Return the children that have ended with their exit statuses, and reap them."""
    found: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        found[pid] = os.waitstatus_to_exitcode(status)
