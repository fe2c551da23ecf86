"""Backends: combinations of confinement layers, the strongest first, and how to start each.

Only a trial shows whether a layer works on this machine. In containers, a call may exist and be refused, or a
tool may succeed and confine nothing. So the probe tries each backend.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.sandbox.host.users import first_uid

PROFILES = ("python", "preloaded", "command")
WORK = "/run/rule_rm"
"""The directory of commands inside bubblewrap: a file system in memory, of bounded size."""
WORK_BYTES = 512 << 20
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
STREAMS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
"""The paths by which programs find their own streams."""
_COMMAND_FILES = ("/etc/java-*", "/etc/ssl/openssl.cnf")


@dataclass(frozen=True, slots=True)
class Backend:
    """A set of layers."""

    name: str
    namespaces: bool
    """Bubblewrap: its own processes, network, mounts and IPC; only the system and Python are mounted."""
    landlock: bool
    seccomp: bool
    own_users: bool = False
    """True if programs run as other users than the host, which must then be root."""
    tolerates: tuple[str, ...] = ()
    """The escapes that it does not stop, as named by the probe."""
    is_weak: bool = False
    """True if it limits resources but not access; it is used only where the settings allow that."""


BACKENDS = (
    Backend("bubblewrap+landlock+seccomp", namespaces=True, landlock=True, seccomp=True),
    Backend("bubblewrap+seccomp", namespaces=True, landlock=False, seccomp=True),
    Backend("landlock+seccomp", namespaces=False, landlock=True, seccomp=True),
    Backend(
        "users+seccomp",
        namespaces=False,
        landlock=False,
        seccomp=True,
        own_users=True,
        tolerates=("reads a file of the host",),
    ),
    Backend("rlimits", namespaces=False, landlock=False, seccomp=False, is_weak=True),
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that programs run in."""

    executable: str
    directories: tuple[str, ...]
    """Directories that it must read, in addition to the system's."""

    @classmethod
    def of(cls, executable: str) -> Interpreter:
        """Ask an interpreter for its directories. Raises ConfigurationError if it does not answer."""
        question = "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.base_exec_prefix]))"
        try:
            answer = subprocess.run(
                [executable, "-I", "-c", question], capture_output=True, timeout=30, check=True
            ).stdout
            directories = json.loads(answer)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise ConfigurationError(f"the sandbox's Python {executable} does not start: {error}") from None
        directories += [os.path.realpath(directory) for directory in directories]
        return cls(executable, tuple(outside_system(directories)))

    def is_reachable(self) -> bool:
        """Return whether any user may start it."""
        return is_reachable(self.directories)


def is_reachable(directories: Iterable[str]) -> bool:
    """Return whether no directory, and none above it, is closed to other users."""
    return all(
        step.stat().st_mode & 0o001
        for directory in directories
        for step in (Path(directory), *Path(directory).parents)
        if step.exists()
    )


def outside_system(directories: Iterable[str]) -> list[str]:
    """Return the directories, each once, that do not lie in the system's."""
    return [
        directory
        for directory in dict.fromkeys(directories)
        if not any(directory == root or directory.startswith(root + "/") for root in SYSTEM)
    ]


@dataclass(frozen=True, slots=True)
class Slot:
    """One zygote or launcher, by its profile and number."""

    index: int
    profile: str

    @property
    def uid(self) -> int:
        """The user that it becomes if the host is root: a separate one for each slot."""
        return first_uid() + len(PROFILES) * self.index + PROFILES.index(self.profile)


def readable_paths(profile: str, interpreter: Interpreter, toolchains: Sequence[str]) -> list[str]:
    """Return the existing paths that programs of a profile may read."""
    paths = [*SYSTEM, *SYSTEM_FILES, *interpreter.directories]
    if profile == "command":
        paths += [*toolchains]
        for pattern in _COMMAND_FILES:
            paths += [str(path) for path in Path("/").glob(pattern.lstrip("/"))]
    return [path for path in dict.fromkeys(paths) if Path(path).exists()]


def bubblewrap(readable: Sequence[str], profile: str, *, as_root: bool, mounts_proc: bool) -> list[str]:
    """Return the command in front of the interpreter's own.

    As root it makes no user namespace, as the zygote is to become another user by itself. By the process file
    system, some languages find their libraries, and programs their own streams.
    """
    command = [
        shutil.which("bwrap") or "bwrap",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--chdir",
        "/",
    ]
    if as_root:
        command += [f"--unshare-{kind}" for kind in ("pid", "net", "ipc", "uts", "cgroup-try")]
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-all"]
    if profile == "command":
        command += ["--size", str(WORK_BYTES), "--perms", "0777", "--tmpfs", WORK]
    if mounts_proc:
        command += ["--proc", "/proc"]
    made = {WORK}
    for path in [*readable, *DEVICES]:
        # Parent directories that bubblewrap creates would be closed to the zygote's user.
        for parent in reversed(Path(path).parents):
            if str(parent) not in made and str(parent) != "/" and not _lies_in(str(parent), readable):
                made.add(str(parent))
                command += ["--perms", "0755", "--dir", str(parent)]
        if path in SYSTEM and Path(path).is_symlink():
            command += ["--symlink", str(Path(path).readlink()), path]
        elif path in DEVICES:
            command += ["--dev-bind", path, path]
        elif not _lies_in(path, [other for other in readable if other != path]):
            command += ["--ro-bind", path, path]
    if mounts_proc:
        # Last, as the directory that they lie in must have been made for all users.
        for name, descriptor in STREAMS.items():
            command += ["--symlink", descriptor, name]
    return [*command, "--remount-ro", "/", "--"]


def _lies_in(path: str, directories: Iterable[str]) -> bool:
    return any(path == directory or path.startswith(directory + "/") for directory in directories)
