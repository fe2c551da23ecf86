"""Tell the parent of programs how long the machine kept the running one from a processor.

Inside the confinement nobody sees the kernel's account of it. So a parent asks the host, now and then and
before it ends a program for its time. No program may choose to be kept waiting: what its own threads and
processes take from each other does not count. Those that ended between two looks, and that nobody waited for,
can't be seen. So a program that can start others waited for no longer than others used all processors.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from typing import Any

from rule_rm.processes.starting import family
from rule_rm.processes.waiting import below, kept_waiting, others_ran, seen

_CREDENTIALS = struct.Struct("3i")
"""Process id, user and group of a sender: the kernel writes them, with the id as the receiver knows it."""
_PACKET = 1 << 12
_CLAIM = 0.1
"""Share of the time for which such a program must seem kept waiting before all processes are read."""


class Account:
    """The account of one run of a program, by looks at its processes."""

    def __init__(self, began: float) -> None:
        """Begin with a program that was started at this time of the monotonic clock."""
        self._began = began
        self._ran: dict[int, float] = {}
        self._kept: dict[int, float] = {}
        self._others: tuple[float, float] | None = None
        self._at_most = 0.0

    def look(self, parent: int, now: float, *, apart: bool, forks: bool) -> float:
        """Return the seconds for which others kept the children of this process waiting up to now.

        With `apart`, each child waits for itself, and what the other runs is no wait of the machine's making.
        """
        parts = {child: family(child) for child in below(parent)}
        if not apart:
            parts = {0: [member for part in parts.values() for member in part]}
        found = {part: seen(members) for part, members in parts.items()}
        # A part that is gone has run all the same.
        self._ran.update((part, max(one.ran, self._ran.get(part, 0.0))) for part, one in found.items())
        ran = sum(self._ran.values())
        for part, one in found.items():
            self._kept[part] = max(kept_waiting(one.threads, ran), self._kept.get(part, 0.0))
        kept = sum(self._kept.values())
        if not forks:
            return kept
        if kept > _CLAIM * (now - self._began) or self._others is not None:
            self._look_at_others(parent, now)
        return min(kept, self._at_most)

    def _look_at_others(self, parent: int, now: float) -> None:
        """Count the seconds since the last look for which other programs can have kept all processors."""
        before, self._others = self._others, (now, others_ran([parent]))
        if before is None:
            return
        passed, ran = now - before[0], self._others[1] - before[1]
        allowed = len(os.sched_getaffinity(parent))
        # They may have run on the processors that the program is not allowed to use.
        elsewhere = max((os.cpu_count() or allowed) - allowed, 0) * passed
        self._at_most += min(max((ran - elsewhere) / allowed, 0.0), passed)


class Watch:
    """The accounts of the programs that one parent runs, one after the other, as it asks about them."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.ours.setblocking(False)
        self._job = -1
        self._account = Account(0.0)

    def answer(self) -> None:
        """Answer a question, if there is one."""
        try:
            packet, ancillary, _, _ = self.ours.recvmsg(_PACKET, socket.CMSG_SPACE(_CREDENTIALS.size))
            if packet:
                pid = _CREDENTIALS.unpack(ancillary[0][2])[0]
                asked = json.loads(packet)
                reply = {"question": asked["question"], "waited": self._look(asked, pid)}
                self.ours.send(json.dumps(reply).encode())
        except (OSError, IndexError, struct.error):
            # It has ended, or does not wait any more.
            return

    def close(self) -> None:
        """Close both ends."""
        self.ours.close()
        self.theirs.close()

    def _look(self, asked: dict[str, Any], pid: int) -> float:
        now = time.monotonic()
        if asked["job"] != self._job:
            self._job, self._account = asked["job"], Account(now - asked["passed"])
        return self._account.look(pid, now, apart=asked["apart"], forks=asked["forks"])
