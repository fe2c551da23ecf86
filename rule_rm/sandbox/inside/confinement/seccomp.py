"""Filters on system calls, in the small language of the kernel's packet filter.

Two filters stack. The first is installed once, in the parent of all programs, and inherited: the allow-list.
The second has a few instructions. It denies a program the calls that only its parent needs, and restricts
signals to its own process. The stricter verdict of the two counts.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable
from typing import NamedTuple

from rule_rm.sandbox.inside.confinement import kernel
from rule_rm.sandbox.inside.confinement.syscalls import ATTRIBUTES, AUDIT_ARCH, WRITES, numbers

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_DENY = 0x00050000 | errno.EPERM
_PRETEND = 0x00050000
"""The call does nothing, and the program learns that it has worked."""
_MISSING = 0x00050000 | errno.ENOSYS

_LOAD, _JUMP_ALWAYS, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_X32 = 0x40000000

_FILTER_MODE = 2
_PID = 0x7ADE1DAA
"""Stands for the program's own process id, which is filled in after the fork."""

_CLONE_THREAD = 0x00010000
_AF_UNIX, _SOCK_STREAM, _SOCK_SEQPACKET, _SOCK_TYPE_MASK = 1, 1, 5, 0xF
_PR_SET_NAME = 15
_HARMLESS_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: not TIOCSTI, which types for the operator."""

_WRITING_FLAGS = 0o1 | 0o2 | 0o100 | 0o1000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC."""
_SIGNALLING_FCNTLS = (8, 10, 15, 1026)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY: they have the kernel send signals to any process of the user."""

Instruction = tuple[int, int, int, int]


class Condition(NamedTuple):
    """An argument, its `upper` half or its lower, under a mask, is one of `values`; or is none of them."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    upper: bool = False
    not_: bool = False


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """A finished filter, ready to be installed any number of times."""

    def __init__(self, instructions: list[Instruction]) -> None:
        raw = b"".join(struct.pack("HBBI", *one) for one in instructions)
        self._buffer = ctypes.create_string_buffer(raw, len(raw))
        self._program = _Program(len(instructions), ctypes.cast(self._buffer, ctypes.c_void_p))
        self._pointer = ctypes.byref(self._program)
        self._pids = [8 * index + 4 for index, one in enumerate(instructions) if one[3] == _PID]

    @property
    def bytecode(self) -> bytes:
        """The filter as the kernel reads it."""
        return self._buffer.raw

    def install(self, pid: int = 0) -> None:
        """Bind this process and its children for good. Raises OSError if no-new-privileges is not set."""
        for offset in self._pids:
            struct.pack_into("I", self._buffer, offset, pid)
        kernel.prctl(kernel.PR_SET_SECCOMP, _FILTER_MODE, self._pointer)


def is_available(machine: str | None = None) -> bool:
    """Return True if the system calls of this architecture are known here."""
    return (machine or platform.machine()) in AUDIT_ARCH


def allow_list(names: Iterable[str], machine: str | None = None) -> Filter:
    """Return a filter that allows the named calls alone; a call of another architecture ends the process."""
    machine = machine or platform.machine()
    number = numbers(machine)
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        code += [(_JUMP_GREATER_EQUAL, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    # Its flags lie behind a pointer, which a filter can't follow; libraries then use clone.
    code += _case(number["clone3"], [(_RETURN, 0, 0, _MISSING)])
    for name in sorted(names):
        if name in number and name != "clone3":
            code += _case(number[name], [(_RETURN, 0, 0, _ALLOW)])
    return Filter([*code, (_RETURN, 0, 0, _DENY)])


def program_filter(
    *,
    may_fork: bool = False,
    may_set_attributes: bool = False,
    pretends_attributes: bool = False,
    may_write: bool = True,
    machine: str | None = None,
) -> Filter:
    """Return a filter that denies a program some calls of its parent; it is added to `allow_list`.

    With `pretends_attributes`, setting the modes and times of files does nothing, and succeeds.
    """
    number = numbers(machine)
    # Rust's compiler starts its linker by a pair that keeps packets apart.
    pairs = (_SOCK_STREAM, _SOCK_SEQPACKET) if may_set_attributes else (_SOCK_STREAM,)
    only_if: dict[str, tuple[Condition, ...]] = {
        "kill": (Condition(0, (_PID,)),),
        "tgkill": (Condition(0, (_PID,)),),
        "ioctl": (Condition(1, _HARMLESS_IOCTLS),),
        "fcntl": (Condition(1, _SIGNALLING_FCNTLS, not_=True),),
        # Reading its limits is fine, setting them is not: the pointer to new ones must be null.
        "prlimit64": (Condition(2, (0,)), Condition(2, (0,), upper=True)),
        "prctl": (Condition(0, (_PR_SET_NAME,)),),
        # Datagram sockets could be pointed at any socket in the file system.
        "socketpair": (Condition(0, (_AF_UNIX,)), Condition(1, pairs, _SOCK_TYPE_MASK)),
    }
    denied = ["setsid", "pidfd_open", "accept4", "setrlimit"]
    if may_fork:
        # A new namespace would give back rights; a process of its own is fine, the group is killed as one.
        only_if["clone"] = (Condition(0, (0,), 0x7E020000),)
    else:
        only_if["clone"] = (Condition(0, (_CLONE_THREAD,), _CLONE_THREAD),)
        denied += ["fork", "vfork"]
    if not (may_set_attributes or pretends_attributes):
        denied += sorted(ATTRIBUTES)
    if not may_write:
        only_if["open"] = (Condition(1, (0,), _WRITING_FLAGS),)
        only_if["openat"] = (Condition(2, (0,), _WRITING_FLAGS),)
        denied += sorted(WRITES)
    code: list[Instruction] = [(_LOAD, 0, 0, _NUMBER)]
    for name in denied:
        if name in number:
            code += _case(number[name], [(_RETURN, 0, 0, _DENY)])
    for name in sorted(ATTRIBUTES) if pretends_attributes else []:
        if name in number:
            code += _case(number[name], _pretended(_TIMES.get(name)))
    for name, conditions in only_if.items():
        if name in number:
            code += _case(number[name], _allowed_if(conditions))
    return Filter([*code, (_RETURN, 0, 0, _ALLOW)])


def _case(number: int, body: list[Instruction]) -> list[Instruction]:
    """Compile "if the call is `number`: `body`", which must end in a return."""
    return [(_JUMP_EQUAL, 0, len(body), number), *body]


_TIMES = {"utimes": 1, "utimensat": 2}
"""Which argument of a call points to the times; a null pointer means now."""


def _pretended(times: int | None) -> list[Instruction]:
    """Do nothing and report success; but deny times of now, which are set to find out if a file is there."""
    if times is None:
        return [(_RETURN, 0, 0, _PRETEND)]
    low = _ARGUMENTS + 8 * times
    return [
        (_LOAD, 0, 0, low),
        (_JUMP_EQUAL, 0, 3, 0),
        (_LOAD, 0, 0, low + 4),
        (_JUMP_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _DENY),
        (_RETURN, 0, 0, _PRETEND),
    ]


def _allowed_if(conditions: Iterable[Condition]) -> list[Instruction]:
    """Allow if every condition holds, else deny. It must return: arguments are loaded over the number."""
    code: list[Instruction] = []
    for argument, values, mask, upper, not_ in conditions:
        code.append((_LOAD, 0, 0, _ARGUMENTS + 8 * argument + 4 * upper))
        if mask != 0xFFFFFFFF:
            code.append((_AND, 0, 0, mask))
        # A matching value jumps over the next instruction: the denial, or the jump around it.
        for index, value in enumerate(values):
            code.append((_JUMP_EQUAL, len(values) - index, 0, value))
        if not_:
            code.append((_JUMP_ALWAYS, 0, 0, 1))
        code.append((_RETURN, 0, 0, _DENY))
    return [*code, (_RETURN, 0, 0, _ALLOW)]
