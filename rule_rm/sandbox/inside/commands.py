"""The launcher: runs commands, which may start others and write files, for all languages but plain Python.

A session is one client's connection and one directory. Its files are written and its compiler run in `build`,
which is read-only from then on; each run gets a fresh directory of its own. The processes of a command cannot
leave its process group, so the group is killed as one; then the directory goes.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from rule_rm.sandbox.inside import pairs
from rule_rm.sandbox.inside.confinement import footprint, landlock
from rule_rm.sandbox.inside.confinement.confine import MIB, NULL
from rule_rm.sandbox.inside.confinement.processes import Body, HungUpError, Processes
from rule_rm.sandbox.inside.confinement.seccomp import Filter, allow_list, program_filter
from rule_rm.sandbox.inside.confinement.syscalls import ATTRIBUTES, COMPUTE, FILING, PARENT
from rule_rm.sandbox.inside.data import frames

_CLEANING = {"cpu": 60, "output": MIB}
_REMOVE = 'rm -rf -- "$0" "$@" 2>/dev/null || { chmod -R u+rwx -- "$0" "$@"; rm -rf -- "$0" "$@"; }'
PUBLIC = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - not written to
"""Where any user may make files."""


def claim(work: str, uid: int | None) -> str:
    """Make a directory of the launcher's own in `work`, to which nothing can be added from then on; its path.

    Root, who has mounted `work`, can't give it to the user `uid` that the launcher becomes. So that user
    makes a directory in it, and root closes it then.
    """
    own = f"{work}/sessions"
    if uid is not None:
        os.seteuid(uid)
    Path(own).mkdir(mode=0o700)
    if uid is not None:
        os.seteuid(0)
    Path(work).chmod(0o555)
    return own


class Launcher:
    """One client at a time, one command at a time."""

    def __init__(
        self,
        processes: Processes,
        process_limit: int,
        work: str,
        readable: Sequence[str] | None,
        path: str,
        building: Filter | None,
        *,
        writes_anywhere: bool = False,
    ) -> None:
        """`work` holds the sessions' directories; `readable` is None where Landlock is not to be used.

        `building` is the filter for compilers, which are trusted with more than what they compile.
        `writes_anywhere`: its commands write where any user may, as a user that nothing else runs as.
        """
        self._processes = processes
        self._process_limit = process_limit
        self._work = work
        self._readable = readable
        self._path = path
        self._building = building
        self._writes_anywhere = writes_anywhere

    def serve(self, connection: socket.socket, lifeline: int) -> None:
        """Run the jobs of this client until it hangs up, then remove all traces."""
        with self._opened(self._work):
            session = tempfile.mkdtemp(dir=self._work)
        try:
            with self._opened(session):
                (Path(session) / "build").mkdir()
            for job, descriptors in frames.jobs(connection, lifeline):
                frames.reply(connection, self._obey(job, descriptors, connection.fileno(), session))
        finally:
            self._remove(session, connection.fileno())

    def _obey(
        self, job: dict[str, Any], descriptors: Sequence[int], connection: int, session: str
    ) -> dict[str, Any]:
        if job["mode"] == "which":
            return {name: _which(name, self._path) for name in job["names"]}
        if job["mode"] == "may share":
            # Without Landlock, a link of the program's could lead the judge out of the directory.
            return {"may": self._readable is not None}
        if job["mode"] == "judge":
            return self._judge(job, descriptors, connection, session)
        build = f"{session}/build"
        if job["mode"] == "build":
            files, out, err = descriptors
            end = self._command(job, [NULL, out, err, files], build, [], connection)
            if self._readable is None:
                _close_to_writing(build)
            return end
        with self._opened(session):
            run = tempfile.mkdtemp(dir=session)
        given = descriptors[: 4 if job["files_given"] else 3]
        try:
            end = self._command(job, given, run, [build], connection)
            for wanted in descriptors[len(given) :]:
                self._fetch(job, wanted, run, connection)
            return end
        finally:
            self._remove(run, connection)

    def _judge(
        self, job: dict[str, Any], descriptors: Sequence[int], connection: int, session: str
    ) -> dict[str, Any]:
        """Judge a program by a test that has to do with files."""
        run = tempfile.mkdtemp(dir=session)
        try:
            for name in (pairs.HERE, pairs.TEMPORARY):
                (Path(run) / name).mkdir()
            shared = pairs.Shared(run, self._confining(run), _judging_filter(), job["files"], job["total"])
            return pairs.judged(self._processes, job, descriptors, self._process_limit, connection, shared)
        finally:
            self._remove(run, connection)

    def _confining(self, directory: str) -> Callable[[], None]:
        """Return a function that confines a process of an interpreter to one directory."""
        readable = list(self._readable or ())

        def confine() -> None:
            landlock.restrict(readable, [directory, "/dev/null"])
            allow_list(COMPUTE | FILING | ATTRIBUTES | PARENT).install()

        return confine

    def _command(
        self,
        job: dict[str, Any],
        descriptors: Sequence[int],
        directory: str,
        readable: Sequence[str],
        connection: int,
    ) -> dict[str, Any]:
        argv = [part.replace("{build}", f"{Path(directory).parent}/build") for part in job["argv"]]

        def write() -> int:
            os.chdir(directory)
            _write_files(frames.read_all(3))
            return 0

        def run() -> int:
            os.chdir(directory)
            environment = {"PATH": self._path, "HOME": directory, "TMPDIR": directory, "LANG": "C.UTF-8"}
            os.execvpe(argv[0], argv, environment)  # noqa: S606 - what was asked for, confined

        final = self._building if job["mode"] == "build" else None
        confined = self._landlock([directory], readable)
        if len(descriptors) > 3:
            # Our own code alone, which may take long on a busy machine: nothing of the program runs yet.
            writer = self._processes.start(Body(write, descriptors, self._limits(job), confined, final))
            written = self._processes.wait(writer, job["wall"], connection, patience=job["patience"])[0]
            if written["exit"] != 0 or not argv:
                return written
        pids = self._processes.start(Body(run, descriptors[:3], self._limits(job), confined, final))
        look = footprint.watching(directory, job["files"], job["total"])
        return self._processes.wait(pids, job["wall"], connection, look=look, patience=job["patience"])[0]

    def _landlock(self, writable: Sequence[str], readable: Sequence[str]) -> Callable[[], None] | None:
        if self._readable is None:
            return None
        rights = [*self._readable, *readable]
        return lambda: landlock.restrict(rights, [*writable, "/dev/null"], may_execute=True)

    def _limits(self, job: dict[str, Any]) -> dict[str, float]:
        return {
            "cpu": job["cpu"],
            "output": job["output"],
            "processes": self._process_limit,
            # Runtimes that reserve more memory than they use are limited by their use alone.
            ("data" if job["reserves"] else "address_space"): job["memory"] * MIB,
        }

    def _fetch(self, job: dict[str, Any], descriptor: int, directory: str, connection: int) -> None:
        """Write down the files that are wanted back, with the rights of the program that has left them."""

        def run() -> int:
            os.chdir(directory)
            archive = json.dumps(_read_files(job["fetch"], job["fetch_bytes"])).encode()
            while archive:
                archive = archive[os.write(3, archive) :]
            return 0

        given = [NULL, NULL, NULL, descriptor]
        limits = {"cpu": 10, "output": 2 * job["fetch_bytes"]}
        pids = self._processes.start(Body(run, given, limits, self._landlock([directory], ())))
        self._processes.wait(pids, 20.0, connection)

    def _remove(self, directory: str, connection: int) -> None:
        """Remove a directory, however deep or closed its content is, with the rights of a program."""
        parent = str(Path(directory).parent)
        confined = self._landlock([parent], ())
        body = Body(lambda: _removed(directory), [NULL] * 3, _CLEANING, confined, self._building)
        with self._opened(parent):
            try:
                self._processes.wait(self._processes.start(body), 60.0, -1)
            except HungUpError:
                shutil.rmtree(directory, ignore_errors=True)
        if self._writes_anywhere:
            self._sweep()

    def _sweep(self) -> None:
        """Remove what a command has left where any user may write: the next program would find it."""
        mine, kept = os.geteuid(), {self._work, *map(str, Path(self._work).parents)}
        left = [
            entry.path
            for place in PUBLIC
            if Path(place).is_dir()
            for entry in os.scandir(place)
            if entry.stat(follow_symlinks=False).st_uid == mine and entry.path not in kept
        ]
        if left:
            body = Body(lambda: _removed(*left), [NULL] * 3, _CLEANING, None, self._building)
            self._processes.wait(self._processes.start(body), 60.0, -1)

    @contextmanager
    def _opened(self, directory: str) -> Iterator[None]:
        """Open a directory within: without Landlock, the modes of its parents keep programs in their own."""
        if self._readable is None:
            Path(directory).chmod(0o700)
        yield
        if self._readable is None:
            Path(directory).chmod(0o500)


def _removed(*paths: str) -> int:
    os.execv("/bin/sh", ["sh", "-c", _REMOVE, *paths])  # noqa: S606 - a fixed script


@lru_cache(maxsize=1)
def _judging_filter() -> Filter:
    """Return the last filter of an interpreter that shares a directory: it starts no process.

    Copying a file ends with setting its modes and times. That does nothing here, as Landlock would not
    keep it in the directory.
    """
    return program_filter(pretends_attributes=True)


def _write_files(archive: str) -> None:
    """Write files into the current directory; this process is confined to it, so names can do no harm."""
    for name, content in json.loads(archive).items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))


def _read_files(names: Sequence[str], limit: int) -> dict[str, str]:
    """Return the regular files of these names, in base64, as far as they fit; links are not followed."""
    found, left = {}, limit
    for name in names:
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except (OSError, ValueError):
            continue
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size <= left:
            encoded = base64.b64encode(os.pread(descriptor, status.st_size, 0)).decode()
            found[name] = encoded
            left -= len(encoded)
        os.close(descriptor)
    return found


def _which(name: str, path: str) -> str | None:
    """Return the file of an executable. `shutil.which` would ask for a user's rights without its powers."""
    for directory in path.split(":"):
        try:
            status = Path(directory, name).stat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_mode & 0o111:
            return f"{directory}/{name}"
    return None


def _close_to_writing(directory: str) -> None:
    """Protect the starting files of runs by their modes if there is no Landlock; runs can't change modes."""
    for folder, _, files in os.walk(directory):
        for path in (folder, *(f"{folder}/{name}" for name in files)):
            if not Path(path).is_symlink():
                Path(path).chmod(0o555)
