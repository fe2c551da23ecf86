"""The verdicts of filters, read from their bytecode as the kernel would, on both architectures."""

import errno
import struct

import pytest

from rule_rm.sandbox.inside.confinement import seccomp
from rule_rm.sandbox.inside.confinement.syscalls import (
    ATTRIBUTES,
    AUDIT_ARCH,
    COMMAND,
    COMPUTE,
    PARENT,
    WRITES,
    numbers,
)

ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, MISSING, PRETEND = 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS, 0x50000
PID = seccomp._PID

pytestmark = pytest.mark.parametrize("machine", AUDIT_ARCH)


def verdict(made, machine, name, *arguments, architecture=None, number=None):
    """Return a filter's verdict on a system call, from a small interpreter of its bytecode."""
    given = list(arguments) + [0] * (6 - len(arguments))
    number = numbers(machine)[name] if number is None else number
    data = struct.pack("<IIQ6Q", number, architecture or AUDIT_ARCH[machine], 0, *given)
    instructions = list(struct.iter_unpack("HBBI", made.bytecode))
    assert len(instructions) < 4096
    accumulator = position = 0
    while True:
        code, if_true, if_false, operand = instructions[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x54:
            accumulator &= operand
        elif code == 0x05:
            position += operand
        elif code == 0x15:
            position += if_true if accumulator == operand else if_false
        elif code == 0x35:
            position += if_true if accumulator >= operand else if_false
        else:
            assert code == 0x06, f"instruction {code:#x}"
            return operand


def test_what_is_listed_is_allowed_and_nothing_else(machine):
    made = seccomp.allow_list(COMPUTE | PARENT, machine)
    for name in numbers(machine):
        wanted = ALLOW if name in COMPUTE | PARENT else DENY
        assert verdict(made, machine, name) == (MISSING if name == "clone3" else wanted), name
    assert verdict(made, machine, None, number=9999) == DENY


def test_dangerous_calls_are_on_no_list(machine):
    lists = COMPUTE | COMMAND | ATTRIBUTES | PARENT
    dangerous = (
        "socket connect bind ptrace mount unshare setns bpf keyctl io_uring_setup memfd_create openat2 setuid"
    )
    assert not lists & set(dangerous.split())
    assert "execve" not in COMPUTE | PARENT


def test_every_listed_call_has_a_number_somewhere(machine):
    known = set(numbers("x86_64")) | set(numbers("aarch64"))
    assert known >= COMPUTE | COMMAND | ATTRIBUTES | PARENT | WRITES


def test_another_architectures_calls_end_the_process(machine):
    made = seccomp.allow_list(COMPUTE, machine)
    assert verdict(made, machine, "read", architecture=0x40000003) == KILL
    if machine == "x86_64":
        assert verdict(made, machine, None, number=0x40000000) == KILL


def test_a_program_may_signal_itself_alone(machine):
    made = seccomp.program_filter(machine=machine)
    for name in ("kill", "tgkill"):
        assert verdict(made, machine, name, PID) == ALLOW
        for other in (0, 1, PID + 1, 2**32 - 1, 2**64 - 1):
            assert verdict(made, machine, name, other) == DENY
    for command in (8, 10, 15, 1026):
        assert verdict(made, machine, "fcntl", 1, command) == DENY
    for command in (0, 1, 2, 3, 4, 1030):
        assert verdict(made, machine, "fcntl", 1, command) == ALLOW


def test_a_program_may_start_threads_and_no_processes(machine):
    made = seccomp.program_filter(machine=machine)
    assert verdict(made, machine, "clone", 0x3D0F00) == ALLOW
    assert verdict(made, machine, "clone", 17) == DENY
    for name in {"fork", "vfork"} & set(numbers(machine)):
        assert verdict(made, machine, name) == DENY


def test_a_command_may_start_processes_and_no_namespaces(machine):
    made = seccomp.program_filter(may_fork=True, machine=machine)
    assert verdict(made, machine, "clone", 17) == ALLOW
    for namespace in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(made, machine, "clone", 17 | namespace) == DENY
    assert verdict(made, machine, "setsid") == DENY
    for name in ATTRIBUTES & set(numbers(machine)):
        assert verdict(made, machine, name) == DENY


def test_arguments_are_looked_at(machine):
    made = seccomp.program_filter(machine=machine)
    assert verdict(made, machine, "prlimit64", 0, 7, 0) == ALLOW
    assert verdict(made, machine, "prlimit64", 0, 7, 0x7FFF_0000_0000) == DENY
    assert verdict(made, machine, "prlimit64", 0, 7, 0x1000) == DENY
    assert verdict(made, machine, "prctl", 15) == ALLOW
    assert verdict(made, machine, "prctl", 22) == DENY
    assert verdict(made, machine, "socketpair", 1, 1 | 0o2000000) == ALLOW
    for family, kind in ((1, 2), (1, 5), (2, 1), (16, 3)):
        assert verdict(made, machine, "socketpair", family, kind) == DENY
    assert verdict(made, machine, "ioctl", 0, 0x5401) == ALLOW
    assert verdict(made, machine, "ioctl", 0, 0x5412) == DENY


def test_setting_modes_and_times_may_be_pretended_unless_it_asks_whether_a_file_is_there(machine):
    made = seccomp.program_filter(pretends_attributes=True, machine=machine)
    calls = numbers(machine)
    assert verdict(made, machine, "fchmodat", 3, 0x1000, 0o600) == PRETEND
    assert verdict(made, machine, "utimensat", 3, 0x1000, 0x2000) == PRETEND
    assert verdict(made, machine, "utimensat", 3, 0x1000, 0x7FFF_0000_0000) == PRETEND
    assert verdict(made, machine, "utimensat", 3, 0x1000, 0) == DENY
    if "utimes" in calls:
        assert verdict(made, machine, "utimes", 0x1000, 0x2000) == PRETEND
        assert verdict(made, machine, "utimes", 0x1000, 0) == DENY
    assert verdict(made, machine, "kill", PID, 9) == ALLOW
    assert verdict(made, machine, "kill", 1, 9) == DENY


def test_without_other_layers_a_program_opens_for_reading_alone(machine):
    made = seccomp.program_filter(may_write=False, machine=machine)
    assert verdict(made, machine, "openat", 0, 0, 0o2000000) == ALLOW
    for flags in (0o1, 0o2, 0o100, 0o1000):
        assert verdict(made, machine, "openat", 0, 0, flags) == DENY
    for name in WRITES & set(numbers(machine)):
        assert verdict(made, machine, name) == DENY
