"""A judge and the program that it tests: two processes, with a channel between them.

Where a test has to do with files, both share a directory, and files are the only thing that they share.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rule_rm.sandbox.inside.confinement import footprint, kernel
from rule_rm.sandbox.inside.confinement.confine import INTERPRETER_MEMORY, MIB, NULL
from rule_rm.sandbox.inside.confinement.processes import Body, Processes, growing
from rule_rm.sandbox.inside.confinement.seccomp import Filter
from rule_rm.sandbox.inside.data import frames
from rule_rm.sandbox.inside.judge_end import judge
from rule_rm.sandbox.inside.program_end import program

HERE, TEMPORARY = "here", "tmp"
"""The directories in a shared one: in which the two start, and that of temporary files."""


class Shared(NamedTuple):
    """A directory that a judge and a program share, and their confinement to it."""

    directory: str
    confine: Callable[[], None]
    final: Filter | None
    files: int
    """The most files that may be in it."""
    total: int
    """The most bytes that they may have."""


def take(descriptor: int) -> str:
    """Return the text behind a descriptor, and close it, since the program has no use for it."""
    text = frames.read_all(descriptor)
    os.close(descriptor)
    return text


def limits(job: dict[str, Any], process_limit: int) -> dict[str, float]:
    """Return the limits of an interpreter that was forked, from a request."""
    return {
        "cpu": job["cpu"],
        "output": job["output"],
        "address_space": job["memory"] * MIB + INTERPRETER_MEMORY,
        "processes": process_limit,
    }


def judged(
    processes: Processes,
    job: dict[str, Any],
    descriptors: Sequence[int],
    process_limit: int,
    connection: int,
    shared: Shared | None = None,
) -> dict[str, Any]:
    """Run the judge of a request and its program; return how they ended."""
    code, tests, verdict, errors = descriptors
    ours, theirs = socket.socketpair()

    def judging() -> int:
        if shared is not None:
            _enter(shared.directory)
            _keep_code_out(shared.directory)
        return judge.run(take(4), 3, 5)

    def serving() -> int:
        if shared is not None:
            _enter(shared.directory)
        return program.serve(take(4), 3)

    def confining() -> None:
        # Its open files are looked at from outside.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        if shared is not None:
            shared.confine()

    confine, final = (None, None) if shared is None else (shared.confine, shared.final)
    given = limits(job, process_limit)
    with ours, theirs:
        pids = processes.start(
            Body(judging, [NULL, NULL, NULL, ours.fileno(), tests, verdict], given, confine, final),
            Body(serving, [NULL, NULL, errors, theirs.fileno(), code], given, shared and confining, final),
        )
    # The judge decides when it is over; the program that it judged ends with it.
    looks = [growing(verdict, job["each"])] if job["each"] < job["wall"] else []
    if shared is not None:
        looks.append(footprint.watching(shared.directory, shared.files, shared.total, trusted=pids[0]))
    look = (lambda now: next(filter(None, (one(now) for one in looks)), "")) if looks else None
    ends = processes.wait(pids, job["wall"], connection, until=pids[0], look=look, patience=job["patience"])
    return {**ends[1], "judge_exit": ends[0]["exit"], "cpu": ends[0]["cpu"] + ends[1]["cpu"]}


def _enter(directory: str) -> None:
    """Start in the shared directory."""
    # Only this needs it; loaded earlier, its libraries would make every fork slower.
    import tempfile

    here, temporary = f"{directory}/{HERE}", f"{directory}/{TEMPORARY}"
    os.chdir(here)
    os.environ.update(HOME=here, TMPDIR=temporary)
    tempfile.tempdir = temporary


def _keep_code_out(directory: str) -> None:
    """Have the judge import nothing from the shared directory, where the program may have written it."""

    def only_from_outside(path: str) -> Any:
        if Path(path or ".").resolve().is_relative_to(directory):
            raise ImportError("the judge runs no code of the program's")
        return finder(path)

    # Not that for archives, which would read one in the directory.
    finder = next(hook for hook in sys.path_hooks if hook.__qualname__.startswith("FileFinder"))
    sys.path_hooks[:] = [only_from_outside]
    sys.path_importer_cache.clear()
