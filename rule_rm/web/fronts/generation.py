"""One generation of fronts: a template process, what it forked, and what those tell the main process."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable

from rule_rm.processes import child, frames
from rule_rm.processes.starting import LOOK, Vigil, family
from rule_rm.web.fronts.orders import PACKET, RECORD, Entered, Failed, Figures, Forked, Order, decode

logger = logging.getLogger(__name__)

ENDING = 45.0
"""Seconds that a template may take to end: its fronts have clients that read slowly."""


class Generation:
    """The fronts of one edition."""

    def __init__(
        self,
        order: Order,
        adopt_from: Callable[[socket.socket], object],
        enter: Callable[[Entered], object],
        on_end: Callable[[Generation], object],
    ) -> None:
        """Start the template, and its fronts when it has loaded. Raises OSError if that can't be done now.

        `adopt_from` gets the channel of each front for clients, `enter` what it scored. `on_end` is called
        when all of this is gone.
        """
        self._adopt_from = adopt_from
        self._enter = enter
        self._on_end = on_end
        self._lock = threading.Lock()
        self._figures: dict[int, Figures] = {}
        self._past: Counter[str] = Counter()
        self.started = 0
        self.failure: str | None = None
        self.is_retired = False
        self.is_over = threading.Event()
        self._readers: list[threading.Thread] = []
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = child.start(
                ["-m", "rule_rm.web.fronts.template", str(theirs.fileno())],
                pass_fds=[theirs.fileno(), order.listener, order.table],
                env=child.environment(keeps_secrets=True),
            )
        self._control.send(pickle.dumps(order))
        threading.Thread(target=self._live, name="fronts", daemon=True).start()

    @property
    def alive(self) -> int:
        """Fronts that live, and have sent their figures."""
        return len(self._figures)

    def state(self) -> Counter[str]:
        """Return the sum of the figures of all fronts, former ones included."""
        with self._lock:
            total = self._past.copy()
            for one in self._figures.values():
                total.update(one.states)
                total.update(one.counts)
            return total

    def retire(self) -> None:
        """Have the fronts finish: they accept nobody any more."""
        self.is_retired = True
        try:
            self._control.shutdown(socket.SHUT_WR)
        except OSError:
            # It has ended by itself.
            return

    def _live(self) -> None:
        vigil = Vigil(self._process.pid)
        self._control.settimeout(LOOK)
        while True:
            try:
                packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET, 2)
            except TimeoutError:
                self._look(vigil)
                continue
            except OSError:
                break
            if not packet:
                break
            # It has loaded, and waits for the ends of its fronts from now on.
            vigil = Vigil(self._process.pid, may_idle=True)
            message: Forked | Failed = pickle.loads(packet)  # noqa: S301 - of our own child
            if isinstance(message, Failed):
                self.failure = message.reason
            elif len(descriptors) == 2:
                self._welcome(message.pid, *descriptors)
        child.end(self._process, ENDING)
        self._control.close()
        for reader in self._readers:
            reader.join()
        self.is_over.set()
        self._on_end(self)

    def _look(self, vigil: Vigil) -> None:
        """Kill the template if it is stuck: its fronts end with it, and others are started."""
        if (why := vigil.look()) is not None:
            self.failure = f"their template process was killed: {why}"
            self._process.kill()

    def _welcome(self, pid: int, clients: int, records: int) -> None:
        self.started += 1
        self._adopt_from(socket.socket(fileno=clients))
        reader = threading.Thread(
            target=self._hear, args=[pid, socket.socket(fileno=records)], name=f"front {pid}", daemon=True
        )
        self._readers = [one for one in self._readers if one.is_alive()] + [reader]
        reader.start()

    def _hear(self, pid: int, records: socket.socket) -> None:
        """Take the messages of a front, to its end."""
        with records:
            reader = frames.FrameReader(records, RECORD)
            vigil = Vigil(pid, may_idle=True)
            while True:
                try:
                    frame = reader.read(time.monotonic() + LOOK)
                except (EOFError, OSError):
                    break
                if frame is None:
                    # A front sends its figures more often than that.
                    if (why := vigil.look()) is not None and pid in family(self._process.pid):
                        logger.error("a front process is killed: %s", why)
                        os.kill(pid, signal.SIGKILL)
                    continue
                message = decode(frame)
                if isinstance(message, Entered):
                    self._enter(message)
                elif isinstance(message, Figures):
                    self._figures[pid] = message
                else:
                    logging.getLogger(message.logger).log(message.level, "%s", message.message)
        with self._lock:
            if (last := self._figures.pop(pid, None)) is not None:
                self._past.update(last.counts)
