"""The template process: imports every reward function once, warms it up, and forks workers from itself.

It has one thread, so forking it is safe, and everything that a worker needs is in memory that all workers
share. It owns its children: it alone kills and reaps them, so a process id can't be mistaken for another's.
When the server closes the control socket, or dies, everything here ends.

The messages are those of `control`.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Iterable

from rule_rm import registry, rewards
from rule_rm.engine import worker
from rule_rm.engine.control import (
    MOST,
    PACKET,
    TO_TEMPLATE,
    Configuration,
    Died,
    Failed,
    Fork,
    Forked,
    Kill,
    Ping,
    Pong,
    Ready,
    Surroundings,
    Unforked,
)
from rule_rm.errors import ConfigurationError, RuleRmError
from rule_rm.extract.words.patterns import compile_deferred
from rule_rm.processes import frames, records
from rule_rm.processes.children import Watch
from rule_rm.processes.kernel import adopt_orphans, children
from rule_rm.registry import RewardFunction, mixture
from rule_rm.registry.options import set_options


class Template:
    """The children and the control socket of the template process."""

    def __init__(
        self, control: socket.socket, reward_functions: dict[str, RewardFunction], memory_mb: int
    ) -> None:
        self._control = control
        self._watch = Watch(control)
        self._rewards = reward_functions
        self._memory_mb = memory_mb
        self._workers: set[int] = set()

    def serve(self) -> None:
        """Obey until the control socket closes, then end every child."""
        try:
            self._obey_all()
        except ConnectionError:
            # The server was killed with messages unread: the end of the connection, less politely.
            pass
        finally:
            self._end()

    def _obey_all(self) -> None:
        while True:
            ended, is_asked = self._watch.wait()
            self._bury(ended)
            if is_asked:
                packet = self._control.recv(PACKET)
                if not packet:
                    return
                self._obey(records.decode(packet, TO_TEMPLATE))

    def _obey(self, message: Fork | Kill | Ping) -> None:
        if isinstance(message, Fork):
            try:
                self._fork()
            except OSError as error:
                self._control.send(records.encode(Unforked(str(error))))
        elif isinstance(message, Ping):
            self._control.send(records.encode(Pong()))
        elif message.pid in self._workers:
            _kill(message.pid)

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        template_pid = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if pid == 0:
            # Nothing may unwind into the template's own loop: the worker's only way out is _exit.
            try:
                self._watch.forget()
                ours.close()
                self._control.close()
                worker.run(theirs, self._rewards, self._memory_mb, template_pid)
            finally:
                os._exit(0)
        theirs.close()
        self._workers.add(pid)
        socket.send_fds(self._control, [records.encode(Forked(pid))], [ours.fileno()])
        ours.close()

    def _bury(self, ended: dict[int, int]) -> None:
        died = {pid: status for pid, status in ended.items() if pid in self._workers}
        self._workers.difference_update(died)
        if died:
            self._end_orphans()
        for pid, status in died.items():
            self._control.send(records.encode(Died(pid, status)))

    def _end(self) -> None:
        """Kill every child and wait for it; orphans of workers are our children by then."""
        while alive := self._workers | set(children()):
            for pid in alive:
                _kill(pid)
            pid, _ = os.waitpid(-1, 0)
            self._workers.discard(pid)

    def _end_orphans(self) -> None:
        """Kill the orphans of dead workers: they are our children now, but not workers."""
        for pid in children():
            if pid not in self._workers:
                _kill(pid)


def _kill(pid: int) -> None:
    """Kill a child of ours and its process group; not reaped yet, it still owns its process id."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _load_own() -> None:
    """Load and warm up the rewards of the package, which takes no configuration."""
    rewards.load_own()
    compile_deferred()
    _warm_up(registry.registered().values())


def _warm_up(functions: Iterable[RewardFunction]) -> None:
    for function in functions:
        if function.warm_up is not None:
            function.warm_up()


def _load(configuration: Configuration) -> dict[str, RewardFunction]:
    own = set(registry.registered())
    rewards.load()
    for source in configuration.sources:
        registry.load(source)
    registered = registry.registered()
    for name, version in configuration.versions.items():
        if name not in registered or registered[name].version != version:
            raise ConfigurationError(
                f"the source of reward type {name!r} changed since it was loaded; reload the service, or "
                "start it again"
            )
    registry.freeze()
    functions = set_options(configuration.options, registered)
    functions = mixture.add(configuration.mixture, functions)
    _warm_up(function for name, function in functions.items() if name not in own)
    return functions


def _told(orders: socket.socket) -> Configuration | None:
    """Wait for the configuration, take on the environment that comes with it, and return it.

    None if the server has gone, or needs no template after all.
    """
    try:
        with orders:
            configuration = records.decode(frames.receive(orders, MOST), [Configuration])
            surroundings = records.decode(frames.receive(orders, MOST), [Surroundings])
    except (EOFError, ConnectionError):
        return None
    os.environ.clear()
    os.environ.update(surroundings.environment)
    return configuration


def main(control_descriptor: int, orders_descriptor: int) -> None:
    """Run the template process on the sockets that it inherited."""
    # Nothing that is loaded becomes garbage, and looking for some takes a tenth of the start.
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    adopt_orphans()
    control, orders = (socket.socket(fileno=one) for one in (control_descriptor, orders_descriptor))
    control.set_inheritable(False)
    orders.set_inheritable(False)
    try:
        _load_own()
        configuration = _told(orders)
        if configuration is None:
            return
        functions = _load(configuration)
    except Exception as error:  # noqa: BLE001 - the server raises it as its own, and does not start
        reason = str(error) if isinstance(error, RuleRmError) else f"{type(error).__name__}: {error}"
        control.send(records.encode(Failed(reason[:4096])))
        return
    # Collected once and frozen, the shared pages are not written to, and so not copied, by every worker.
    gc.collect()
    gc.freeze()
    gc.enable()
    control.send(records.encode(Ready()))
    Template(control, functions, configuration.memory_mb).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
