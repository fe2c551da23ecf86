"""The template of the fronts: loads rewards and golden data once, and keeps a number of fronts.

It has one thread, so forking it is safe, and its fronts share the memory of all that it has loaded. A front
that dies is forked again. When the main process closes the control socket, or dies, the fronts finish and
all of this ends.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import socket
import sys
import time
from dataclasses import replace

from rule_rm import redaction, registry
from rule_rm.editions import Edition, load_golden
from rule_rm.engine.known import KnownVerdicts
from rule_rm.engine.verdict_table import VerdictTable
from rule_rm.errors import ConfigurationError, RuleRmError
from rule_rm.processes.children import Watch, ended
from rule_rm.processes.kernel import die_with_parent
from rule_rm.processes.memory import return_large_blocks
from rule_rm.service import Service
from rule_rm.web.app import App
from rule_rm.web.express import SHORT_BODY, Express
from rule_rm.web.front import Limits
from rule_rm.web.fronts.orders import PACKET, Failed, Forked, Order
from rule_rm.web.fronts.process import Front, Lines, Main, Relay
from rule_rm.web.logs import begin_request_ids
from rule_rm.web.tokens import Tokens

PAUSE = 1.0
"""Seconds between the starts of two fronts that end at once."""
FINISHING = Limits().write + 5.0
"""Seconds that a front may take to end: a client may read its answer slowly."""
_BUFFER = 1 << 19
"""Bytes that a channel holds, if the kernel allows it."""


class Template:
    """The fronts, and the control socket."""

    def __init__(self, control: socket.socket, order: Order, service: Service) -> None:
        self._control = control
        self._watch = Watch(control)
        self._order = order
        self._service = service
        self._fronts: dict[int, float] = {}
        """When each was forked, by its process id."""

    def serve(self) -> None:
        """Keep the fronts until the control socket closes, then have them finish."""
        is_wanted = True
        try:
            while is_wanted:
                while len(self._fronts) < self._order.fronts:
                    self._fork()
                gone, is_told = self._watch.wait()
                self._bury(gone)
                is_wanted = not is_told
        except ConnectionError:
            # The main process is gone.
            pass
        finally:
            self._finish()

    def _fork(self) -> None:
        clients = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        records = socket.socketpair()
        for channel in (*clients, *records):
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                channel.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
        template = os.getpid()
        pid = os.fork()
        if pid == 0:
            # Nothing may unwind into the template's own loop: the front's only way out is _exit.
            try:
                self._watch.forget()
                die_with_parent(template)
                for ours in (self._control, clients[0], records[0]):
                    ours.close()
                _serve(self._order, self._service, Main(clients[1], records[1]))
            finally:
                os._exit(0)
        self._fronts[pid] = time.monotonic()
        for theirs in (clients[1], records[1]):
            theirs.close()
        descriptors = [clients[0].fileno(), records[0].fileno()]
        socket.send_fds(self._control, [pickle.dumps(Forked(pid))], descriptors)
        clients[0].close()
        records[0].close()

    def _bury(self, gone: dict[int, int]) -> None:
        for pid in gone:
            begun = self._fronts.pop(pid, None)
            if begun is not None and time.monotonic() - begun < PAUSE:
                time.sleep(PAUSE)

    def _finish(self) -> None:
        for pid in self._fronts:
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + FINISHING
        while self._fronts and time.monotonic() < until:
            for pid in ended():
                self._fronts.pop(pid, None)
            time.sleep(0.01)
        for pid in self._fronts:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _serve(order: Order, service: Service, main: Main) -> None:
    """Serve as a front until SIGTERM."""
    root = logging.getLogger()
    root.setLevel(order.settings.log_level)
    root.addHandler(Lines(main))
    begin_request_ids()
    relay = Relay()
    service.journal = relay
    express = Express(service, App("rule_rm", static_folder=None), Tokens.of(order.settings))
    body = min(SHORT_BODY, int(order.settings.max_request_mb * 2**20))
    limits = Limits(body=body, connections=order.connections)
    listener = socket.socket(fileno=order.listener)
    front = Front(listener, limits, express, relay, main)
    signal.signal(signal.SIGTERM, lambda *_: front.stop())
    front.serve()


def load(order: Order) -> Service:
    """Return the service of a front. Raises ConfigurationError if it isn't that of the main process."""
    for secret in order.secrets:
        redaction.remember(secret)
    # The main process alone counts and pushes, and waits for the members of groups.
    settings = replace(order.settings, push="none", group_size=0)
    engine = KnownVerdicts(settings, VerdictTable(order.table))
    golden = load_golden(settings)
    golden.prepare()
    found = {name: function.version for name, function in engine.rewards.items()}
    if golden.version != order.golden or not found.items() <= order.versions.items():
        raise ConfigurationError("rewards or golden data have changed since they were loaded")
    service = Service(settings, engine, golden)
    service.editions.current = Edition(engine, golden, order.edition)
    return service


def main(descriptor: int) -> None:
    """Run the template on the control socket that it inherited."""
    return_large_blocks()
    # Nothing that is loaded becomes garbage, and looking for some takes a tenth of the start.
    gc.disable()
    # Both are for the main process, which has its fronts finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    order: Order = pickle.loads(control.recv(PACKET))  # noqa: S301 - from the process that started us
    try:
        service = load(order)
        registry.freeze()
    except Exception as error:  # noqa: BLE001 - the main process logs it, and serves without fronts
        reason = str(error) if isinstance(error, RuleRmError) else f"{type(error).__name__}: {error}"
        control.send(pickle.dumps(Failed(reason[:4096])))
        return
    gc.collect()
    # The shared pages are not written to, and so not copied, by every front.
    gc.freeze()
    gc.enable()
    Template(control, order, service).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
