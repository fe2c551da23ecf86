"""The zygote: a warm interpreter that forks a confined process for each Python program.

Starting Python takes ten times as long as most programs run; forking one that has started and has imported
the usual modules does not. All zygotes accept connections on one shared socket, so the next free one takes
the next job. One connection is one client's session: when it closes, the session's programs are killed.

A zygote never reads a program, a test or a result, since every later program inherits its memory. They travel
as descriptors of files in memory.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import select
import socket
import sys
from collections.abc import Sequence
from typing import Any, Protocol

from rule_rm.sandbox.inside import pairs
from rule_rm.sandbox.inside.confinement import gaps, seccomp
from rule_rm.sandbox.inside.confinement.confine import NULL, Layers, confine_parent
from rule_rm.sandbox.inside.confinement.own_clock import Host
from rule_rm.sandbox.inside.confinement.processes import Body, HungUpError, Processes, growing
from rule_rm.sandbox.inside.data import frames
from rule_rm.sandbox.inside.judge_end import foreign, lending
from rule_rm.sandbox.inside.program_end import borrowing, program, tasks
from rule_rm.sandbox.inside.proxies import committing
from rule_rm.sandbox.inside.test_files import patching
from rule_rm.sandbox.inside.warm_up import warm_up

_NEEDED = (borrowing, committing, foreign, lending, patching, tasks)
"""Modules that few programs need, loaded while they can still be read."""
_USUAL = """
abc array bisect cmath collections collections.abc contextlib copy decimal enum fractions functools heapq io
itertools json math numbers operator os random re string sys textwrap threading time traceback typing
"""
"""The modules that most programs import. Each loaded library makes every fork slower, asyncio by a third."""


class Server(Protocol):
    """A server for the clients of a profile."""

    def serve(self, connection: socket.socket, lifeline: int) -> None:
        """Run the jobs of this client until it hangs up."""
        ...


class Zygote:
    """One client at a time, one program at a time: there are as many zygotes as processors."""

    def __init__(self, processes: Processes, process_limit: int, prelude: dict[str, Any]) -> None:
        """`prelude` holds the names that called functions may use without an import, if requested."""
        self._processes = processes
        self._process_limit = process_limit
        self._prelude = prelude

    def serve(self, connection: socket.socket, lifeline: int) -> None:
        """Run what this client asks for until it hangs up."""
        for job, descriptors in frames.jobs(connection, lifeline):
            frames.reply(connection, self._run(job, descriptors, connection.fileno()))

    def _run(self, job: dict[str, Any], descriptors: Sequence[int], connection: int) -> dict[str, Any]:
        if job["mode"] == "judge":
            return pairs.judged(self._processes, job, descriptors, self._process_limit, connection)
        limits, wall = pairs.limits(job, self._process_limit), job["wall"]
        look = None
        if job["mode"] == "script":
            # The program's text comes as a fourth descriptor, which it closes by reading it.
            body = Body(lambda: program.run_script(pairs.take(3)), descriptors, limits)
        else:
            code, calls, results, errors = descriptors
            names = self._prelude if job["prelude"] else {}
            body = Body(
                lambda: program.run_calls(pairs.take(3), pairs.take(4), 5, names),
                [NULL, NULL, errors, code, calls, results],
                limits,
            )
            look = growing(results, job["each"]) if job["each"] < wall else None
        pids = self._processes.start(body)
        return self._processes.wait(pids, wall, connection, look=look, patience=job["patience"])[0]


def main(options: dict[str, Any]) -> None:
    """Serve as a zygote until the host hangs up; report on the lifeline whether it is ready."""
    # It had the loader find every function at once; programs have no use for it.
    os.environ.pop("LD_BIND_NOW", None)
    lifeline, listener, watch = _only(*(options[name] for name in ("lifeline", "listener", "watch")))
    try:
        server = _prepare(options, lifeline, watch)
    except OSError as error:
        lifeline.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        return
    gc.collect()
    gc.disable()
    gaps.fill()
    gc.freeze()
    lifeline.send(b'{"ready": true}')
    _accept(listener, lifeline, server)


def _only(*descriptors: int) -> list[socket.socket]:
    """Return the sockets with these descriptors under the lowest numbers, with all others closed.

    The host has numbers beyond those that a program's process closes: by one of its own, a program would know
    what its parent listens to.
    """
    most = os.sysconf("SC_OPEN_MAX")
    aloft = [fcntl.fcntl(one, fcntl.F_DUPFD, 3 + len(descriptors)) for one in descriptors]
    lowest = [os.dup2(one, 3 + place) for place, one in enumerate(aloft)]
    os.closerange(3 + len(lowest), most if 0 < most < 1 << 20 else 1 << 20)
    for one in lowest:
        os.set_inheritable(one, False)
    return [socket.socket(fileno=one) for one in lowest]


def _prepare(options: dict[str, Any], lifeline: socket.socket, watch: socket.socket) -> Server:
    """Import the modules of the options, then install the layers. Raises OSError if one is not available."""
    runs_commands = options["profile"] == "command"
    if runs_commands:
        # Only this profile needs the module, which would make the forks of the other profile slower.
        from rule_rm.sandbox.inside.commands import Launcher, claim
        from rule_rm.sandbox.inside.test_files import unit_tests  # noqa: F401 - loaded while it can still be read

        work = claim(options["work"], options["uid"]) if options["is_mounted"] else options["work"]
    for name in [*_USUAL.split(), *options["preload"]]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    prelude = program.prelude()
    if not runs_commands:
        warm_up(prelude)
    confine_parent(
        Layers(
            landlock=options["landlock"],
            seccomp=options["seccomp"],
            uid=options["uid"],
            drop_capabilities=options["drop_capabilities"],
            # A launcher looks at the open files of its commands, which lose this right themselves.
            readable=(*options["readable"], *(["/proc"] if runs_commands else [])),
            writable=tuple(options["writable"]),
            reads_private=options["reads_private"],
            may_execute=runs_commands,
        )
    )
    may_fork = options["may_fork"]
    final = building = None
    if options["seccomp"]:
        final = seccomp.program_filter(may_fork=may_fork, may_write=options["may_write"])
        building = seccomp.program_filter(may_fork=may_fork, may_set_attributes=True)
    # Without that filter, a program could lower its own priority.
    host = Host(watch, forks=may_fork) if options["seccomp"] else None
    processes = Processes(final, lifeline.fileno(), may_fork=may_fork, host=host)
    if not runs_commands:
        return Zygote(processes, options["process_limit"], prelude)
    readable = options["readable"] if options["landlock"] else None
    return Launcher(
        processes,
        options["process_limit"],
        work,
        readable,
        options["path"],
        building,
        writes_anywhere=options["uid"] is not None and not options["landlock"] and not options["is_mounted"],
    )


def _accept(listener: socket.socket, lifeline: socket.socket, server: Server) -> None:
    listener.setblocking(False)
    with select.epoll() as epoll:
        epoll.register(lifeline, select.EPOLLIN)
        # All zygotes wait on one listener: each connection wakes one of them.
        epoll.register(listener, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        while True:
            if any(descriptor == lifeline.fileno() for descriptor, _ in epoll.poll()):
                return
            try:
                connection, _ = listener.accept()
            except OSError:
                # Another zygote was faster, or the client went away again.
                continue
            with connection, contextlib.suppress(HungUpError, OSError):
                if _has_hung_up(connection):
                    continue
                connection.setblocking(True)
                server.serve(connection, lifeline.fileno())


def _has_hung_up(connection: socket.socket) -> bool:
    """Return True if the client has gone, who may have waited for long while others ran."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return bool(poll.poll(0))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
