"""The probe: a small hostile suite, run at start to test a backend on this machine.

One program makes all attempts, against real targets: a file that the host can read, a socket that the host
listens on. The host decides which attempts succeeded, from outside where that is possible.
"""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.sandbox.host.zygotes import WORK_PREFIX
from rule_rm.sandbox.running.execution import Ended, Limits, Program, Sandbox

_ATTEMPTS = """
import os, socket, sys
def attempt(name, action):
    try:
        result = action()
    except BaseException:
        return
    if result:
        print(name)
def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(1)
        s.connect(address)
    return True
def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True
def write(directory):
    path = directory + "/{token}"
    with open(path, "w") as f:
        f.write("x" * 100)
    os.unlink(path)
    return True
attempt("reads a file of the host", lambda: open({secret!r}).read() == {token!r})
attempt("connects by TCP", lambda: connect(socket.AF_INET, ("127.0.0.1", {port})))
attempt("connects to a socket in the file system", lambda: connect(socket.AF_UNIX, {path!r}))
attempt("connects to an abstract socket", lambda: connect(socket.AF_UNIX, "\\0" + {token!r}))
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return s.sendto(b"x", ("127.0.0.1", {port}))
attempt("sends by UDP", send)
attempt("forks", fork)
for directory in (".", "/tmp", "/dev/shm", "/var/tmp", {directory!r}):
    attempt("writes files", lambda: write(directory))
attempt("empties a file", lambda: os.truncate({target!r}, 0) is None)
attempt("changes a file's mode", lambda: os.chmod({target!r}, 0o666) is None)
attempt("sees the host's environment", lambda: "RULE_RM_SANDBOX_PROBE" in os.environ)
attempt("signals the host", lambda: os.kill({pid}, 0) is None)
attempt("signals its parent", lambda: os.kill(os.getppid(), 0) is None)
attempt("reads its parent's memory", lambda: open(f"/proc/{{os.getppid()}}/mem", "rb"))
attempt("starts other programs", lambda: os.posix_spawn("/bin/true", ["true"], {{}}))
"""


def probe(sandbox: Sandbox) -> list[str]:
    """Return the names of the escapes that a program managed in this sandbox; empty if it holds.

    Raises ConfigurationError if even a harmless program does not run.
    """
    limits = Limits(wall=10.0, memory_mb=256, output_bytes=1 << 16)
    with sandbox.session(Program("print(int(input()) + 1)")) as session:
        sum_up = session.run(b"41\n", limits)
    if sum_up.stdout != b"42\n" or not sum_up.succeeded:
        raise ConfigurationError(f"a harmless program does not run: {sum_up.stderr[-500:]!r}")
    return [*_escapes(sandbox, limits), *_excesses(sandbox)]


def _escapes(sandbox: Sandbox, limits: Limits) -> list[str]:
    token = secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix=f"{WORK_PREFIX}{os.getpid()}_probe_") as directory:
        # Open to all, so that only the sandbox can close it.
        Path(directory).chmod(0o777)
        secret, path = Path(directory) / "secret", f"{directory}/socket"
        secret.write_text(token)
        secret.chmod(0o644)
        target = Path(directory) / "target"
        target.write_text("whole")
        target.chmod(0o666)
        with (
            _listener(socket.AF_INET, ("127.0.0.1", 0)) as tcp,
            _listener(socket.AF_UNIX, path),
            _listener(socket.AF_UNIX, "\0" + token),
        ):
            Path(path).chmod(0o777)
            attempts = _ATTEMPTS.format(
                token=token,
                secret=str(secret),
                target=str(target),
                path=path,
                directory=directory,
                port=tcp.getsockname()[1],
                pid=os.getpid(),
            )
            with sandbox.session(Program(attempts)) as session:
                result = session.run(b"", limits)
    if not result.succeeded:
        raise ConfigurationError(f"the probe ended with {result.exit_code}: {result.stderr[-500:]!r}")
    return list(dict.fromkeys(result.stdout.decode("utf-8", "replace").splitlines()))


def _excesses(sandbox: Sandbox) -> list[str]:
    """Return which limits of time, memory and output are not kept."""
    found = []
    with sandbox.session(Program("while True: pass")) as session:
        if session.run(b"", Limits(wall=0.2)).ended is not Ended.TIMEOUT:
            found.append("runs for longer than it may")
    with sandbox.session(Program("b'x' * 2**31; print('taken')")) as session:
        if session.run(b"", Limits(wall=5.0, memory_mb=256)).stdout:
            found.append("takes more memory than it may")
    with sandbox.session(Program("while True: print('x' * 1000)")) as session:
        if session.run(b"", Limits(wall=5.0, output_bytes=10_000)).ended is not Ended.OUTPUT_LIMIT:
            found.append("writes more than it may")
    return found


def _listener(family: socket.AddressFamily, address: object) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(address)  # type: ignore[arg-type]
    listener.listen(8)
    return listener
