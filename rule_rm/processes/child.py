"""A child process: started so that it finds our modules and ends with us, heard until it is ready, ended.

A child prints one line of JSON when it is ready, or `{"failed": reason}`. It ends when its pipe or socket
comes to its end, which happens however its parent dies.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, cast

from rule_rm import redaction
from rule_rm.errors import ChildDiedError, ConfigurationError, StuckError
from rule_rm.processes.ending import ending
from rule_rm.processes.starting import await_start

START_TIMEOUT = 120.0
"""Seconds that a child may take to be ready: it may load a model's libraries from a cold disk."""
_NEEDED = ("HOME", "LANG", "PATH", "TMPDIR", "TZ")
_NEEDED_PREFIXES = ("COVERAGE_", "DYLD_", "GLIBC_", "LC_", "LD_", "MALLOC_", "PYTHON", "SQLITE_", "SYMPY_")
"""How the names of variables begin that the loader, Python, or a package reads when it starts."""
ANSWER_LIMIT = 1 << 20
"""Bytes of the line in which a child says that it is ready."""


def environment(more: Mapping[str, str] | None = None, *, keeps_secrets: bool = False) -> dict[str, str]:
    """Return the environment of a child: ours, by default without the secrets that this process was given.

    The child finds the modules that are found here, whatever its working directory. `more` is added last.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if keeps_secrets or not redaction.holds_secret(name, value)
    }
    paths = os.pathsep.join(filter(None, map(os.path.abspath, sys.path)))
    return {**inherited, "PYTHONPATH": paths, **(more or {})}


def bare_environment() -> dict[str, str]:
    """Return what a child needs to start, and no more: for one that runs no code of users.

    So it has no secret that nobody told this process about.
    """
    return {
        name: value
        for name, value in environment().items()
        if name in _NEEDED or name.startswith(_NEEDED_PREFIXES)
    }


def start(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    piped: bool = False,
    stdout: int | None = None,
    stderr: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start this Python with arguments. Raises OSError if that can't be done now.

    `env` is its environment, by default that of `environment()`. `piped` connects its standard input and
    output with us; else its input is empty. It gets a session of its own, as Ctrl-C in a terminal is for the
    parent, which still has requests to answer.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else stdout,
        stderr=stderr,
        pass_fds=pass_fds,
        env=environment() if env is None else env,
        start_new_session=True,
    )


def hear(
    process: subprocess.Popen[bytes],
    what: str,
    timeout: float = START_TIMEOUT,
    is_over: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Return the message of a piped child that is ready.

    Raises ConfigurationError if it fails, ChildDiedError if it dies or says nothing in time, StuckError if it
    is stopped or hangs. The child has ended then. `what` is its name in these errors. When `is_over` returns
    True, nobody needs the child any more, and it dies.
    """
    until = time.monotonic() + timeout
    try:
        has_begun = await_start(process, cast("IO[bytes]", process.stdout).fileno(), timeout, what, is_over)
    except StuckError:
        end(process, 0.0)
        raise
    line = read_line(process, until) if has_begun else b""
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if isinstance(said, dict) and "failed" not in said:
        return said
    end(process, 0.0)
    if isinstance(said, dict):
        raise ConfigurationError(str(said["failed"]))
    raise ChildDiedError(f"{what} died at its start (exit status {process.returncode})")


def read_line(process: subprocess.Popen[bytes], until: float) -> bytes:
    """Return the next line of a piped child; empty if it ends, or says none until that monotonic time."""
    descriptor = cast("IO[bytes]", process.stdout).fileno()
    # `select` takes no descriptor above 1023, and a service has thousands of connections.
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    line = b""
    while not line.endswith(b"\n") and len(line) < ANSWER_LIMIT:
        if not poller.poll(max(until - time.monotonic(), 0.0) * 1000):
            return b""
        part = os.read(descriptor, 1)
        if not part:
            return b""
        line += part
    return line


def end(process: subprocess.Popen[bytes], patience: float) -> None:
    """Close the child's lifeline, and kill it if it has not ended after `patience` seconds.

    It gets less when this process ends, and has little time left. A second call does nothing.
    """
    if process.stdin is not None:
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
    try:
        process.wait(ending.left(patience))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
