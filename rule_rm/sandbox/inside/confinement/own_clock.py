"""Measure a program's time by a clock that stops while the machine pauses it or keeps it waiting."""

from __future__ import annotations

import json
import select
import socket
import time

SLACK = 0.25
"""Seconds by which a wait may be late on a busy machine before it counts as a pause."""
LOOK_EVERY = 0.25
"""Seconds between two looks at the clock at most. As much of a pause may count as a program's time."""
_ASK_EVERY = {False: 0.25, True: 0.5}
"""Seconds between two questions to the host, which may have to look at all processes if a program forks."""
_PATIENCE, _LAST_PATIENCE = 0.1, 2.0
"""Seconds to wait for its answer: on the way, and before a program is ended."""


class Host:
    """The host, which sees how long the machine keeps the running program from a processor."""

    def __init__(self, watch: socket.socket, *, forks: bool) -> None:
        """`forks` says that programs can start others."""
        self._watch = watch
        self.forks = forks
        self._question = self._job = 0

    def begin(self) -> None:
        """Ask about another program from now on."""
        self._job += 1

    def waited(self, passed: float, *, apart: bool, patience: float) -> float | None:
        """Return the seconds that the program was kept waiting since its start; None without an answer."""
        self._question += 1
        asked = {
            "question": self._question,
            "job": self._job,
            "passed": passed,
            "apart": apart,
            "forks": self.forks,
        }
        poll = select.poll()
        poll.register(self._watch, select.POLLIN)
        until = time.monotonic() + patience
        try:
            self._watch.send(json.dumps(asked).encode(), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            while poll.poll(max(until - time.monotonic(), 0.0) * 1000):
                answer = json.loads(self._watch.recv(1 << 12))
                # It may have answered an earlier question too late.
                if answer["question"] == self._question:
                    return float(answer["waited"])
        except (OSError, ValueError):
            # It is gone, or has many questions to answer.
            return None
        return None


class OwnClock:
    """The seconds in which a program could run, as far as the waits here show and the host sees."""

    def __init__(self, host: Host | None = None, *, apart: bool = False, most: float = 0.0) -> None:
        """Start the clock at 0. Waits for a processor do not count, up to `most` seconds.

        With `apart`, two processes run in turn, and the waits of both count.
        """
        self._host = host
        self._apart = apart
        self._most = most
        self._began = self._looked = self._asked = time.monotonic()
        self._awake = 0.0
        self._paused = 0.0
        self.kept = 0.0
        """Seconds for which the machine kept the program waiting."""
        if host is not None:
            host.begin()

    @property
    def seconds(self) -> float:
        """The program's time."""
        return self._awake - self.counted

    @property
    def counted(self) -> float:
        """Seconds of waiting that do not count."""
        return min(self.kept, self._most)

    @property
    def fair(self) -> float:
        """The program's time without any of the waits, however long they were."""
        return self._awake - self.kept

    def look(self, planned: float) -> float:
        """Return the clock's seconds, after a wait that was meant to last for `planned` seconds at most."""
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        late = passed - planned if passed > planned + SLACK else 0.0
        self._awake += passed - late
        self._paused += late
        if self._host is not None and now - self._asked >= _ASK_EVERY[self._host.forks]:
            self.ask(_PATIENCE)
        return self.seconds

    def ask(self, patience: float = _LAST_PATIENCE) -> None:
        """Take into account what the host sees. The time of its answer is the program's."""
        if self._host is None:
            return
        self._asked = time.monotonic()
        waited = self._host.waited(self._asked - self._began, apart=self._apart, patience=patience)
        self._awake += min(time.monotonic() - self._looked, patience)
        self._looked = time.monotonic()
        if waited is not None:
            # A pause of this process is likely to have been one of the program's, too.
            self.kept = min(max(waited - self._paused, self.kept), self._awake)
