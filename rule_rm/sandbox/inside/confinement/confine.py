"""The layers of confinement, in their order: first those of the parent, once; then those of each program.

The costly layers are installed once and inherited. A program adds those that differ between programs: its
limits, its descriptors and the few system calls that it loses. Each step can only take rights away, so a
program that runs cannot undo any of them.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rule_rm.sandbox.inside.confinement import kernel, landlock, seccomp
from rule_rm.sandbox.inside.confinement.syscalls import ATTRIBUTES, COMMAND, COMPUTE, PARENT

MIB = 1 << 20
INTERPRETER_MEMORY = 768 * MIB
"""Address space on top of a program's own limit: for the runtime, and for untouched reserves.

A program's use is compared with its own limit when it has ended.
"""
DEEP_STACK = 100 * MIB
"""Bytes of the main thread's stack, for deep recursion; other threads keep the system's default."""
NULL = -1
"""In place of a descriptor: /dev/null, which each process opens for itself, as its flags are shared."""
DESCRIPTORS = 64
_ALOFT = 48
"""The first number to which descriptors are moved while the low numbers are filled."""
_LIMITS = {
    "output": resource.RLIMIT_FSIZE,
    "processes": resource.RLIMIT_NPROC,
    "address_space": resource.RLIMIT_AS,
    "data": resource.RLIMIT_DATA,
}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522

Step = tuple[Callable[..., object], tuple[object, ...]]
"""A function and its arguments."""


class Layers(NamedTuple):
    """The layers that a parent of programs installs on itself, and the paths that it may reach then."""

    landlock: bool
    seccomp: bool
    uid: int | None
    """The user to become; None stays."""
    drop_capabilities: bool
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    reads_private: bool
    """As another user, keep root's right to read closed directories, such as a home with an interpreter.

    Landlock holds it to what is readable; without it, this is not to be had.
    """
    may_execute: bool
    """Programs may start others: needed for compilers and other languages, not for Python."""


def confine_parent(layers: Layers) -> None:
    """Bind the process that all programs are forked from. Raises OSError if a layer can't be had."""
    os.umask(0o077)
    if layers.uid is not None:
        _become(layers.uid, reads_private=layers.reads_private and layers.landlock)
    elif layers.drop_capabilities:
        _drop_capabilities()
    # No core dumps, and no way for a process of the same user to look into this one.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        resource.setrlimit(limit, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    deep = DEEP_STACK if hard == resource.RLIM_INFINITY else min(DEEP_STACK, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (deep, hard))
    # Written past its limit, an output ends a program at once; Python would only raise an exception.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if layers.landlock:
        landlock.restrict(layers.readable, (*layers.writable, "/dev/null"), may_execute=layers.may_execute)
    if layers.seccomp:
        seccomp.allow_list((COMMAND | ATTRIBUTES if layers.may_execute else COMPUTE) | PARENT).install()


def steps(limits: Mapping[str, float], descriptors: Sequence[int]) -> list[Step]:
    """Return the calls by which a forked process confines itself, without its last filter.

    `limits` are `cpu` in seconds, others in bytes or processes. The descriptors become 0, 1, 2 and so on, and
    no others stay open. It is worked out before the fork: what a process looks at after it, it copies first.
    """
    aloft = range(_ALOFT, _ALOFT + len(descriptors))
    return [
        (os.setsid, ()),
        (kernel.prctl, (kernel.PR_SET_PDEATHSIG, int(signal.SIGKILL))),
        *(
            _moved(descriptor, place, aloft[descriptors.index(NULL)] if descriptor == NULL else place)
            for descriptor, place in zip(descriptors, aloft, strict=True)
        ),
        *((os.dup2, pair) for pair in zip(aloft, range(len(descriptors)), strict=False)),
        (os.closerange, (len(descriptors), DESCRIPTORS)),
        *((resource.setrlimit, one) for one in _resource_limits(limits)),
    ]


def _moved(descriptor: int, place: int, null: int) -> Step:
    """Return the step that puts a descriptor in its place; `null` is where this process opens /dev/null."""
    if descriptor != NULL:
        return os.dup2, (descriptor, place)
    return (_open_null, (place,)) if place == null else (os.dup2, (null, place))


def _open_null(place: int) -> None:
    opened = os.open(os.devnull, os.O_RDWR)
    os.dup2(opened, place)
    os.close(opened)


def _resource_limits(limits: Mapping[str, float]) -> Iterator[tuple[int, tuple[int, int]]]:
    for name, which in _LIMITS.items():
        if name in limits:
            _, hard = resource.getrlimit(which)
            value = int(limits[name]) if hard == resource.RLIM_INFINITY else min(int(limits[name]), hard)
            yield which, (value, value)
    seconds = max(1, int(limits["cpu"] + 0.999))
    yield resource.RLIMIT_CPU, (seconds, seconds + 1)


def _become(uid: int, *, reads_private: bool) -> None:
    """Become another user, and keep at most one of root's powers."""
    if reads_private:
        _drop_bounds(kernel.CAP_DAC_READ_SEARCH)
        kernel.prctl(kernel.PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if reads_private:
        _set_capabilities(1 << kernel.CAP_DAC_READ_SEARCH)
        # A command's own commands have it too, or the interpreter could not start.
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_RAISE, kernel.CAP_DAC_READ_SEARCH)


def _drop_capabilities() -> None:
    """Stay who we are, without any of root's powers, now or after an exec."""
    _drop_bounds(None)
    _set_capabilities(0)


def _drop_bounds(kept: int | None) -> None:
    for capability in range(64):
        try:
            if capability != kept:
                kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
        except OSError:
            break


def _set_capabilities(these: int) -> None:
    """Keep these capabilities and no others; each is a bit."""
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    kernel.syscall(_CAPSET[os.uname().machine], header, struct.pack("6I", these, these, these, 0, 0, 0))
