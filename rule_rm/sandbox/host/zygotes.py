"""Starting the processes that programs are forked from, one for each slot, and replacing those that die."""

from __future__ import annotations

import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.processes.starting import LOOK, Vigil, again, await_start, family
from rule_rm.sandbox.host import threads
from rule_rm.sandbox.host.backends import (
    PROFILES,
    WORK,
    Backend,
    Interpreter,
    Slot,
    bubblewrap,
    is_reachable,
    readable_paths,
)
from rule_rm.sandbox.host.compiled import LOAD, in_memory
from rule_rm.sandbox.host.options import SandboxOptions
from rule_rm.sandbox.host.starving import Watch

logger = logging.getLogger(__name__)

START_TIMEOUT = 60.0
THREADS_BESIDE = 512
"""Processes and threads that the server's own user may start besides, where programs share its count."""
THREADS = 96
"""Processes and threads of one slot, where it has a count of its own; elsewhere, before it is ended."""
WATCHING = 0.2
"""Seconds between two looks at the threads of programs, where they share a count."""

WORK_PREFIX = "rule_rm_work_"
"""The prefix of the names of working directories; the host's process id follows."""

# The rest of the package is neither needed nor readable inside.
_START = f"""{LOAD}
import json
options = json.loads(sys.argv[1])
if not options["may_fork"]:
    os.register_at_fork = lambda **hooks: None
load(options["modules"])
from rule_rm.sandbox.inside.zygote import main
main(options)
"""
HEAVY = ("dataclasses", "datetime", "statistics", "unittest")
"""Modules that are loaded in separate zygotes, with those of the options, for programs that name them.

Every module in a zygote makes each of its forks slower, so the other programs don't have them.
"""
_UNIT_TESTS = "rule_rm.sandbox.inside.test_files.unit_tests"

_LOADING = {"LD_BIND_NOW": "1"}
"""Resolve functions of libraries on loading; otherwise each program would resolve them again."""


@dataclass(slots=True)
class Child:
    """A zygote or launcher as the host sees it."""

    slot: Slot
    process: subprocess.Popen[bytes]
    lifeline: socket.socket
    watch: Watch
    work: str | None
    vigil: Vigil

    def kill(self) -> None:
        """Kill it with all that it runs: one that is stopped does not hear that it should end."""
        members = family(self.process.pid)
        # Its programs could not be killed by it, and would have another parent when it is gone.
        for pid in members:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        """Close its lifeline, at which it ends with all that it runs, and wait for it."""
        self.lifeline.close()
        self.watch.close()
        try:
            self.process.wait(5.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.work is not None:
            shutil.rmtree(self.work, ignore_errors=True)


class Starter:
    """Knows how to start the child of a slot with one backend."""

    def __init__(
        self,
        backend: Backend,
        options: SandboxOptions,
        interpreter: Interpreter,
        listeners: dict[str, socket.socket],
    ) -> None:
        self._backend = backend
        self._options = options
        self._interpreter = interpreter
        self._listeners = listeners
        self._is_root = os.geteuid() == 0
        self._mounts_proc = backend.namespaces and _can_mount_proc()

    def start(self, slot: Slot) -> Child:
        """Start the child of a slot; wait until it is ready. Raises ConfigurationError if it fails."""
        try:
            return self.ready(self.spawn(slot))
        except (OSError, subprocess.SubprocessError) as error:
            raise ConfigurationError(f"{self._backend.name} does not start: {error}") from None

    def ready(self, spawned: Child) -> Child:
        """Wait until a child is ready, and return it; one that gets stuck is replaced.

        Raises ConfigurationError if it fails, and OSError if no other can be started.
        """
        children = [spawned]

        def wait() -> Child:
            child = children.pop() if children else self.spawn(spawned.slot)
            try:
                reason = _wait_until_ready(child)
                if reason is not None:
                    raise ConfigurationError(f"{self._backend.name} does not start: {reason}")
            except ConfigurationError:
                child.end()
                raise
            child.vigil = Vigil(_python_in(child.process.pid), may_idle=True)
            return child

        return again(wait)

    def spawn(self, slot: Slot) -> Child:
        """Start the child of a slot."""
        ours, theirs = socket.socketpair()
        work = None
        if slot.profile == "command" and not self._backend.namespaces:
            work = tempfile.mkdtemp(prefix=f"{WORK_PREFIX}{os.getpid()}_")
            if self._uid(slot) is not None:
                os.chown(work, slot.uid, slot.uid)
        listener, watch = self._listeners[slot.profile], Watch()
        with theirs, watch.theirs, os.fdopen(in_memory(self._interpreter.executable), "rb") as modules:
            given = (theirs.fileno(), listener.fileno(), watch.theirs.fileno(), modules.fileno())
            options = self._zygote_options(slot, *given, work or WORK)
            process = subprocess.Popen(
                [*self._command(slot), json.dumps(options)],
                pass_fds=given,
                env={**_environment(), **_LOADING},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
            )
        return Child(slot, process, ours, watch, work, Vigil(process.pid, may_idle=True))

    def _command(self, slot: Slot) -> list[str]:
        command = [self._interpreter.executable, "-I", "-B", "-X", "utf8", "-c", _START]
        if not self._backend.namespaces:
            return command
        readable = readable_paths(slot.profile, self._interpreter, self._options.toolchains)
        environment = {**_environment(), **_LOADING}
        set_environment = [part for item in environment.items() for part in ("--setenv", *item)]
        # Without Landlock, a Python program could read there about the process that it was forked from.
        mounts_proc = self._mounts_proc and (slot.profile == "command" or self._backend.landlock)
        wrapped = bubblewrap(readable, slot.profile, as_root=self._is_root, mounts_proc=mounts_proc)
        return [*wrapped[:-1], *set_environment, "--", *command]

    def _zygote_options(
        self, slot: Slot, lifeline: int, listener: int, watch: int, modules: int, work: str
    ) -> dict[str, object]:
        readable = readable_paths(slot.profile, self._interpreter, self._options.toolchains)
        return {
            "profile": slot.profile,
            "lifeline": lifeline,
            "listener": listener,
            "watch": watch,
            "modules": modules,
            "landlock": self._backend.landlock,
            "seccomp": self._backend.seccomp,
            "uid": self._uid(slot),
            # Python programs have nothing to write to; the system calls say so where no other layer does.
            "may_fork": slot.profile == "command" or not self._backend.seccomp,
            "may_write": slot.profile == "command" or not self._backend.own_users,
            "drop_capabilities": self._is_root,
            "reads_private": self._reads_private(slot),
            "readable": [*readable, "/dev/zero", "/dev/urandom", "/dev/random"],
            "writable": [work] if slot.profile == "command" else [],
            "work": work,
            "is_mounted": work == WORK,
            "path": self._path(),
            "preload": [_UNIT_TESTS, *HEAVY, *self._options.preload] if slot.profile == "preloaded" else [],
            "process_limit": self._process_limit(slot),
        }

    def _uid(self, slot: Slot) -> int | None:
        """Return the user to become as root; None if that user could not read the interpreter."""
        if not self._is_root:
            return None
        if slot.profile == "command" or self._backend.namespaces or self._backend.landlock:
            return slot.uid
        return slot.uid if self._interpreter.is_reachable() else None

    def _reads_private(self, slot: Slot) -> bool:
        """Return whether what programs need is closed to their user, and Landlock holds them to it alone."""
        if not self._is_root or not self._backend.landlock or self._backend.namespaces:
            return False
        needed = [*self._interpreter.directories]
        if slot.profile == "command":
            needed += self._options.toolchains
        return not is_reachable(needed)

    @property
    def shares_threads(self) -> bool:
        """Return whether programs and the server are one user, whose threads the kernel counts together."""
        return not self._backend.namespaces and not self._is_root

    def _process_limit(self, slot: Slot) -> int:
        return threads.of_user() + THREADS_BESIDE if self.shares_threads else THREADS

    def _path(self) -> str:
        directories = [f"{toolchain}/bin" for toolchain in self._options.toolchains]
        directories.append(str(Path(self._interpreter.executable).parent))
        return ":".join(dict.fromkeys([*directories, "/usr/local/bin", "/usr/bin", "/bin"]))


class Zygotes:
    """The children of all slots. Used by the host's only thread."""

    PAUSE = 1.0
    """Seconds before another child is started for a slot whose last one died at once."""

    def __init__(self, starter: Starter, slots: int, first: Child) -> None:
        self._starter = starter
        self._children = {first.lifeline.fileno(): first}
        wanted = [Slot(index, profile) for profile in PROFILES for index in range(slots)]
        started = [starter.spawn(slot) for slot in wanted if slot != first.slot]
        try:
            for place, child in enumerate(started):
                started[place] = starter.ready(child)
        except ConfigurationError:
            for child in (first, *started):
                child.end()
            raise
        self._children.update((child.lifeline.fileno(), child) for child in started)

    def keep(self, until: int) -> None:
        """Replace children that die, and answer them, until the descriptor `until` closes."""
        looked = kept_vigil = time.monotonic()
        # Where a user's count of threads is shared, a program must not take all.
        pause = WATCHING if self._starter.shares_threads else LOOK
        while True:
            watches = {child.watch.ours.fileno(): child.watch for child in self._children.values()}
            poll = select.poll()
            for descriptor in (until, *self._children, *watches):
                poll.register(descriptor, select.POLLIN)
            ready = {descriptor for descriptor, _ in poll.poll(1000 * pause)}
            if time.monotonic() - looked >= pause:
                self._look_after()
                looked = time.monotonic()
            if time.monotonic() - kept_vigil >= LOOK:
                self._replace_stopped()
                kept_vigil = time.monotonic()
            if until in ready and not os.read(until, 4096):
                return
            for descriptor in ready & set(watches):
                watches[descriptor].answer()
            for lifeline in ready & set(self._children):
                self._replace(self._children.pop(lifeline))

    def _look_after(self) -> None:
        """End programs that take all threads, and replace children whose working directory was removed."""
        for lifeline, child in list(self._children.items()):
            if self._starter.shares_threads:
                threads.end_hogs(child.process.pid, THREADS)
            if child.work is not None and not Path(child.work).is_dir():
                self._replace(self._children.pop(lifeline))

    def _replace_stopped(self) -> None:
        for lifeline, child in list(self._children.items()):
            if (why := child.vigil.look()) is not None:
                logger.error("the %s process of slot %d: %s", child.slot.profile, child.slot.index, why)
                child.kill()
                self._replace(self._children.pop(lifeline))

    def close(self) -> None:
        """End every child and its programs."""
        for child in self._children.values():
            child.lifeline.close()
        for child in self._children.values():
            child.end()

    def _replace(self, dead: Child) -> None:
        logger.error("the %s process of slot %d is replaced", dead.slot.profile, dead.slot.index)
        dead.end()
        while True:
            try:
                child = self._starter.start(dead.slot)
            except (ConfigurationError, OSError) as error:
                # A moment without descriptors must not end the host.
                logger.error("it can't be started, trying again: %s", error)
                time.sleep(self.PAUSE)
                continue
            self._children[child.lifeline.fileno()] = child
            return


def _python_in(pid: int) -> int:
    """Return the process id of the zygote in a process that may be bubblewrap, and stays its parent."""
    for member in family(pid):
        with suppress(OSError):
            if Path(f"/proc/{member}/comm").read_text().strip() != "bwrap":
                return member
    return pid


def _can_mount_proc() -> bool:
    """Return True if bubblewrap gets a process file system: in containers that mask theirs it does not."""
    command = [
        shutil.which("bwrap") or "bwrap",
        "--unshare-all",
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "true",
    ]
    try:
        return subprocess.run(command, capture_output=True, timeout=START_TIMEOUT).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _wait_until_ready(child: Child) -> str | None:
    """Wait until it is ready: return None then, else the reason why it never will be.

    Raises StuckError if it is stopped or hangs.
    """
    await_start(child.process, child.lifeline.fileno(), START_TIMEOUT, f"the {child.slot.profile} process")
    child.lifeline.settimeout(0.0)
    try:
        answer = json.loads(child.lifeline.recv(1 << 16) or b'{"failed": "it ended at once"}')
    except (OSError, ValueError) as error:
        answer = {"failed": f"no answer: {error}"}
    failed: str | None = answer.get("failed")
    return failed


def _environment() -> dict[str, str]:
    """Return the environment of programs."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/",
        # A program has one processor; a library that starts a thread for each only wastes memory.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
