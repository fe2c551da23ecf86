"""The sandbox: runs the policy's programs, fast, and believes only results that can't be forged.

- `grading`: from a response and its tests to a score
- `running`: run a program in a sandbox, on this machine or elsewhere
- `host`: the process that owns the sandbox's processes
- `inside`: the processes inside the confinement
- `wire`: the sandbox as a service for trainers

`default()` is the sandbox of this process: the one that the server started, or that `running()` has started.

The tests are in `tests/sandbox`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rule_rm.errors import SandboxError
from rule_rm.sandbox.host.host import SandboxHost
from rule_rm.sandbox.host.options import SandboxOptions
from rule_rm.sandbox.running.execution import (
    Call,
    Ended,
    ExecResult,
    Limits,
    Program,
    Returned,
    Sandbox,
    Session,
    Trial,
    Verdict,
)
from rule_rm.sandbox.running.local import LocalSandbox

ADDRESS = "RULE_RM_SANDBOX_SOCKET"
"""The environment variable with the sandbox's address: a host's directory, or the URL of a remote one."""

__all__ = [
    "ADDRESS",
    "Call",
    "Ended",
    "ExecResult",
    "Limits",
    "LocalSandbox",
    "Program",
    "Returned",
    "Sandbox",
    "SandboxError",
    "SandboxHost",
    "SandboxOptions",
    "Session",
    "Trial",
    "Verdict",
    "at",
    "default",
    "running",
]


def default() -> Sandbox:
    """Return the sandbox at the address in the environment. Raises SandboxError if there is none."""
    address = os.environ.get(ADDRESS)
    if not address:
        raise SandboxError(f"no sandbox was started: {ADDRESS} is not set")
    return at(address)


def at(address: str) -> Sandbox:
    """Return the sandbox at an address: of a host on this machine, or the URL of a SandboxFusion server."""
    if address.startswith(("http://", "https://")):
        # Most servers have no remote sandbox, and none of its imports.
        from rule_rm.sandbox.running.remote import RemoteSandbox

        return RemoteSandbox(address)
    return LocalSandbox(address)


@contextmanager
def running(options: SandboxOptions | None = None) -> Iterator[SandboxHost]:
    """Yield a host, and its sandbox as the default of this process and of those it starts, for a while."""
    before = os.environ.get(ADDRESS)
    host = SandboxHost.start(options)
    os.environ[ADDRESS] = host.address
    try:
        yield host
    finally:
        host.close()
        if before is None:
            del os.environ[ADDRESS]
        else:
            os.environ[ADDRESS] = before
