"""Landlock: restrict a process to parts of the file system, without privileges and inside containers too.

From ABI 4 it also keeps TCP away, from ABI 6 abstract sockets and signals to processes outside.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from rule_rm.sandbox.inside.confinement import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK, _TRUNCATE, _IOCTL = 1 << 6, 1 << 9, 1 << 11, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_ACCESS_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many kinds of access each ABI knows; 16 since the fifth."""


def abi() -> int:
    """Return the version of Landlock that this kernel has; 0 if it has none."""
    try:
        return kernel.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str] = (), *, may_execute: bool = False) -> None:
    """Bind this process for good to reading `readable` and doing all in `writable`.

    Paths that aren't there don't count. A second call can only take more away. Raises OSError.
    """
    version = abi()
    handled = (1 << _ACCESS_BITS.get(version, 16)) - 1
    attributes = struct.pack("Q", handled)
    if version >= 4:
        attributes += struct.pack("Q", 0b11)  # binding and connecting TCP
    if version >= 6:
        attributes += struct.pack("Q", 0b11)  # abstract sockets and signals
    ruleset = kernel.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        read = _READ_FILE | _READ_DIR | (_EXECUTE if may_execute else 0)
        write = handled & ~(_MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK | (0 if may_execute else _EXECUTE))
        for paths, access in ((readable, read), (writable, write)):
            for path in paths:
                _allow(ruleset, path, access & handled)
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _OF_FILES
        rule = struct.pack("=Qi", access, descriptor)
        kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
