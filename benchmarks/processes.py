"""Start, measure and end a server. All figures come from Linux's /proc.

Processor time is the user and system time of the server and of every process that it ever started. Ended
processes are counted through their parents. Memory is proportional (PSS): a shared page counts once.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

PATIENCE = 5.0
"""Seconds that a process is given to end."""
REST = 0.3
"""Seconds without work after which a process is at rest."""
_TICKS = os.sysconf("SC_CLK_TCK")


class ServerFailedError(Exception):
    """The server did not become ready."""


class Process:
    """A started command and all its descendants; ended, every one of them, on leaving the `with` block."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> None:
        """Start it in a session of its own, with its output in `log`."""
        self._log = log
        self._time_begun = time.monotonic()
        self._command = command
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(environ or {})},
            )

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        begun = {pid: _begun(pid) for pid in self.pids()}
        self._popen.terminate()
        try:
            self._popen.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            begun |= {pid: _begun(pid) for pid in self.pids()}
        # A pid may belong to another process by now: compare the start times.
        left = [pid for pid, time_begun in begun.items() if time_begun and time_begun == _begun(pid)]
        for pid in left:
            _kill(pid)
        self._popen.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        while any(map(_begun, left)) and time.monotonic() < end:
            time.sleep(0.01)

    def wait_ready(self, is_ready: Callable[[], bool], limit: float = 60.0) -> float:
        """Seconds from its start until `is_ready()`. Raises ServerFailedError at its end or after `limit`."""
        begun = self._time_begun
        while time.monotonic() - begun < limit and self._popen.poll() is None:
            if is_ready():
                return time.monotonic() - begun
            time.sleep(0.01)
        seconds = time.monotonic() - begun
        what = f"ended with status {self._popen.returncode}" if self._popen.returncode else "is not ready"
        end = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise ServerFailedError(f"{' '.join(self._command)} {what} after {seconds:.1f} s:\n{end}")

    def wait_at_rest(self) -> None:
        """Wait, a few seconds at most, until it uses no processor any more."""
        before, end = -1.0, time.monotonic() + PATIENCE
        while (used := self.cpu_seconds()) > before and time.monotonic() < end:
            before = used
            time.sleep(REST)

    def pids(self) -> list[int]:
        """Return the process and its living descendants."""
        parents: dict[int, list[int]] = {}
        for pid in [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]:
            if fields := _stat(pid):
                parents.setdefault(int(fields[1]), []).append(pid)
        found = [self._popen.pid]
        for pid in found:
            found += parents.get(pid, [])
        return found

    def cpu_seconds(self) -> float:
        """User and system time used so far by the process and everything it started."""
        return sum(sum(map(int, fields[11:15])) for pid in self.pids() if (fields := _stat(pid))) / _TICKS

    def memory_mb(self) -> float:
        """Proportional memory of the process and its descendants now, in MB."""
        return sum(map(_pss, self.pids())) / 1e6


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; none if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _begun(pid: int) -> str:
    """Return when the process was started, in ticks since the machine was; empty if it is dead."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] not in "ZX" else ""


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
