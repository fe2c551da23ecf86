"""The layers, in the order in which a process puts them on: first the parent, once; then each program.

What is costly is done once and inherited. A program adds what differs from one to the next: its limits, its
descriptors and the few system calls that it loses. Each step can only take rights away, so a program that
runs cannot undo any of them.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rule_rm.sandbox.inside import kernel, landlock, seccomp
from rule_rm.sandbox.inside.syscalls import ATTRIBUTES, COMMAND, COMPUTE, PARENT

MIB = 1 << 20
INTERPRETER_MEMORY = 256 * MIB
"""Address space on top of a program's own limit, for the interpreter and the libraries it comes with."""
DEEP_STACK = 100 * MIB
"""What recursion may use of the main thread's stack; threads keep the system's default."""
DESCRIPTORS = 64
_PARENT_DESCRIPTORS = 256
_ALOFT = 100
"""From here upwards descriptors are put aside while the low numbers are filled."""
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522


@dataclass(frozen=True)
class Layers:
    """Which layers a parent of programs puts on itself, and what it may reach then."""

    landlock: bool
    seccomp: bool
    uid: int | None
    """The user to become; None stays."""
    drop_capabilities: bool
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    may_execute: bool
    """Programs may start others: needed for compilers and other languages, not for Python."""


def confine_parent(layers: Layers) -> None:
    """Bind the process that all programs are forked from. Raises OSError if a layer can't be had."""
    os.umask(0o077)
    if layers.uid is not None:
        os.setgroups([])
        os.setresgid(layers.uid, layers.uid, layers.uid)
        os.setresuid(layers.uid, layers.uid, layers.uid)
    elif layers.drop_capabilities:
        _drop_capabilities()
    # No core dumps, and no way for a process of the same user to look into this one.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        resource.setrlimit(limit, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_PARENT_DESCRIPTORS, _PARENT_DESCRIPTORS))
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    deep = DEEP_STACK if hard == resource.RLIM_INFINITY else min(DEEP_STACK, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (deep, hard))
    if layers.landlock:
        landlock.restrict(layers.readable, (*layers.writable, "/dev/null"), may_execute=layers.may_execute)
    if layers.seccomp:
        seccomp.allow_list((COMMAND | ATTRIBUTES if layers.may_execute else COMPUTE) | PARENT).install()


def confine_program(
    limits: Mapping[str, float], descriptors: Sequence[int], parent: int, final: seccomp.Filter | None
) -> None:
    """Bind this freshly forked process; `descriptors` become 0, 1, 2 and so on, and no others stay open."""
    os.setsid()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    _arrange(descriptors)
    # Written past its limit, an output ends the program at once; Python would only raise an exception.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
    _limit(resource.RLIMIT_FSIZE, int(limits["output"]))
    if limits.get("processes"):
        _limit(resource.RLIMIT_NPROC, int(limits["processes"]))
    if "address_space" in limits:
        _limit(resource.RLIMIT_AS, int(limits["address_space"]))
    if "data" in limits:
        _limit(resource.RLIMIT_DATA, int(limits["data"]))
    seconds = max(1, int(limits["cpu"] + 0.999))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if final is not None:
        final.install(os.getpid())


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _arrange(descriptors: Sequence[int]) -> None:
    aloft = []
    for number, descriptor in enumerate(descriptors):
        aloft.append(os.dup2(descriptor, _ALOFT + number))
    for number, descriptor in enumerate(aloft):
        os.dup2(descriptor, number)
    os.closerange(len(descriptors), _PARENT_DESCRIPTORS)


def _drop_capabilities() -> None:
    """Stay who we are, without any of root's powers, now or after an exec."""
    for capability in range(64):
        try:
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
        except OSError:
            break
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    kernel.syscall(_CAPSET[os.uname().machine], header, b"\0" * 24)
