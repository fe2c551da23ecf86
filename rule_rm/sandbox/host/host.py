"""The sandbox host: a separate process that owns the zygotes, as reward workers must have no children.

It picks the strongest backend that passes the probe on this machine. It reports the choice to its parent in
one line of JSON on standard output. It keeps the zygotes alive until its standard input closes, which happens
when the server ends for any reason. Then nobody answers clients, and nothing is left behind.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.processes import child
from rule_rm.processes.kernel import die_first
from rule_rm.processes.output import output
from rule_rm.processes.starting import again
from rule_rm.sandbox.host.backends import BACKENDS, PROFILES, Backend, Interpreter, Slot
from rule_rm.sandbox.host.options import SandboxOptions
from rule_rm.sandbox.host.probe import probe
from rule_rm.sandbox.host.zygotes import HEAVY, WORK_PREFIX, Starter, Zygotes
from rule_rm.sandbox.running.languages import toolchains
from rule_rm.sandbox.running.local import LocalSandbox
from rule_rm.sandbox.running.python_session import PRELOADED

logger = logging.getLogger(__name__)

BACKLOG = 4096
CLOSING = 10.0
"""Seconds that the host may take to end its programs before it is killed."""


class SandboxHost:
    """The host as the server sees it: started once, known by its address, closed at the end."""

    def __init__(self, process: subprocess.Popen[bytes], address: str, description: dict[str, Any]) -> None:
        self._process = process
        self._description = description
        self.address = address

    @classmethod
    def start(
        cls,
        options: SandboxOptions | None = None,
        address: str | None = None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> SandboxHost:
        """Start a host; returns when it is ready. Raises ConfigurationError if nothing holds here.

        `address` is that of a host that died, for its clients to find the new one; OSError if it is taken.
        When `is_over` returns True, it is not waited for any more.
        """
        if address is None:
            address = tempfile.mkdtemp(prefix="rule_rm_sandbox_")
        else:
            shutil.rmtree(address, ignore_errors=True)
            Path(address).mkdir(mode=0o700)
        given = json.dumps(asdict(options or SandboxOptions()))

        def start() -> SandboxHost:
            Path(address).mkdir(mode=0o700, exist_ok=True)
            process = child.start(
                ["-m", "rule_rm.sandbox", address, given], piped=True, env=child.bare_environment()
            )
            try:
                return cls(process, address, child.hear(process, "the sandbox host", is_over=is_over))
            except ConfigurationError:
                _remove_files(address, process.pid)
                raise

        return again(start)

    def describe(self) -> dict[str, Any]:
        """Return the backend in use, why stronger ones were rejected, and its known escapes."""
        return dict(self._description)

    @property
    def pid(self) -> int:
        """The process id of the host."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Return True if the host runs."""
        return self._process.poll() is None

    def is_reachable(self) -> bool:
        """Return True if its sockets are where its clients look for them."""
        return all((Path(self.address) / f"{profile}.sock").exists() for profile in PROFILES)

    def wait(self, timeout: float | None = None) -> bool:
        """Return True when the host has ended, False if it has not after `timeout` seconds."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """Kill the host, which is stopped: it does not hear that it should end."""
        self._process.kill()

    def close(self) -> None:
        """End the host and everything that it runs; returns when they are gone."""
        child.end(self._process, CLOSING)
        _remove_files(self.address, self.pid)


def _remove_files(address: str, pid: int) -> None:
    """Remove the directories of a host that has ended: one that was killed, also at its start, could not."""
    for directory in (Path(address), *Path(tempfile.gettempdir()).glob(f"{WORK_PREFIX}{pid}_*")):
        shutil.rmtree(directory, ignore_errors=True)


def choose(
    options: SandboxOptions, listeners: dict[str, socket.socket], address: str
) -> tuple[Zygotes, dict[str, Any]]:
    """Return the zygotes of the strongest working backend, and a report.

    Raises ConfigurationError if none works.
    """
    known = [backend.name for backend in BACKENDS]
    if options.backend not in ("auto", *known):
        raise ConfigurationError(f"no backend {options.backend!r}; there are auto, {', '.join(known)}")
    interpreter = Interpreter.of(options.python)
    rejected: dict[str, str] = {}
    for backend in BACKENDS:
        if options.backend not in ("auto", backend.name):
            continue
        reason = _unsuitable(backend, options, interpreter)
        if reason is None:
            starter = Starter(backend, options, interpreter, listeners)
            try:
                return _try(backend, starter, options, address, rejected)
            except ConfigurationError as error:
                reason = str(error)
        rejected[backend.name] = reason
        logger.info("the sandbox backend %s is not used: %s", backend.name, reason)
    reasons = "; ".join(f"{name}: {reason}" for name, reason in rejected.items())
    raise ConfigurationError(f"no sandbox holds on this machine. {reasons}")


def _unsuitable(backend: Backend, options: SandboxOptions, interpreter: Interpreter) -> str | None:
    if backend.is_weak and not options.allow_weak:
        return "it stops no program from looking around, and --allow-weak-sandbox is not set"
    if backend.namespaces and shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    if backend.own_users and os.geteuid() != 0:
        return "only root can run programs as other users"
    if backend.own_users and not interpreter.is_reachable():
        return f"other users can't read the interpreter {interpreter.executable}"
    return None


def _try(
    backend: Backend, starter: Starter, options: SandboxOptions, address: str, rejected: dict[str, str]
) -> tuple[Zygotes, dict[str, Any]]:
    first = starter.start(Slot(0, "python"))
    try:
        escapes = probe(LocalSandbox(address))
    except Exception as error:
        first.end()
        # After any failure of a backend, the next one is tried.
        raise ConfigurationError(f"the probe fails: {type(error).__name__}: {error}") from error
    if set(escapes) - set(backend.tolerates) and not backend.is_weak:
        first.end()
        raise ConfigurationError(f"it does not hold: {', '.join(escapes)}")
    if backend.is_weak:
        logger.warning(
            "WEAK SANDBOX: with the backend %s, programs can do what the server's own user may: %s",
            backend.name,
            ", ".join(escapes),
        )
    try:
        zygotes = Zygotes(starter, options.slots, first)
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigurationError(f"its processes do not start: {error}") from error
    return zygotes, {
        "backend": backend.name,
        "slots": options.slots,
        "python": options.python,
        "not_contained": escapes,
        "not_used": rejected,
    }


def main(address: str, options: SandboxOptions) -> int:
    """Serve as the host of this address until standard input closes."""
    # Programs inherit it: where memory is short, the largest of them ends, and not the service.
    die_first()
    logging.basicConfig(
        level=logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        handlers=[logging.StreamHandler(output(sys.stderr))],
    )
    listeners = {profile: _listen(Path(address) / f"{profile}.sock") for profile in PROFILES}
    (Path(address) / PRELOADED).write_text("\n".join((*HEAVY, *options.preload)))
    try:
        options = replace(options, toolchains=(*options.toolchains, *toolchains()))
        try:
            zygotes, description = choose(options, listeners, address)
        except ConfigurationError as error:
            _tell({"failed": str(error)})
            return 1
        try:
            _tell(description)
            zygotes.keep(sys.stdin.fileno())
        finally:
            zygotes.close()
        return 0
    except BrokenPipeError:
        # The process that started it has ended meanwhile.
        return 1
    finally:
        shutil.rmtree(address, ignore_errors=True)


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(path))
    listener.listen(BACKLOG)
    return listener
