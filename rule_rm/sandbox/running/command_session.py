"""Programs that are compiled, or that have to do with files: each in a directory of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from rule_rm.errors import SandboxError
from rule_rm.processes.refused_forks import is_machine_full, refused
from rule_rm.sandbox.running.connection import (
    RESULT_BYTES,
    Connection,
    LostError,
    content,
    memory_files,
    request,
    result,
    with_another_try,
)
from rule_rm.sandbox.running.execution import (
    Call,
    Ended,
    ExecResult,
    Limits,
    Program,
    Returned,
    Trial,
    Verdict,
)
from rule_rm.sandbox.running.languages import Language, Names

MIB = 1 << 20


class CommandSession:
    """A program in a directory of its own, compiled at most once."""

    def __init__(self, connection: Connection, program: Program, language: Language) -> None:
        self._connection = connection
        self._program = program
        self._language = language
        self._built: ExecResult | None = None
        self._names = (
            language.names(program.code) if language.names is not None else Names(language.source, "")
        )

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def run(
        self,
        stdin: bytes,
        limits: Limits,
        arguments: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> ExecResult:
        """See `execution.Session`."""
        return with_another_try(partial(self._run, stdin, limits, arguments, files))

    def _run(
        self, stdin: bytes, limits: Limits, arguments: Sequence[str], files: Mapping[str, bytes] | None
    ) -> ExecResult:
        if self._built is None:
            self._built = self._build(limits)
        compiled = self._built if self._language.compile else None
        if not self._built.succeeded:
            return replace(self._built, ended=Ended.NOT_COMPILED, compiled=compiled)
        given = {**self._program.files, **(files or {})}
        memory = max(limits.memory_mb, self._language.smallest_mb)
        asked = {
            **request("run", limits),
            "memory": memory + self._language.overhead_mb,
            # Some runtimes compile or collect in threads of their own; the clock holds them all the same.
            "cpu": 2 * limits.wall,
            "argv": [*self._named(self._language.run, memory), *arguments],
            "output": max(limits.output_bytes, limits.file_mb * MIB),
            "reserves": self._language.reserves,
            "files_given": bool(given),
            "fetch": list(self._program.fetch),
            "fetch_bytes": RESULT_BYTES,
        }
        further = [_archive(given)] if given else []
        before = refused()
        with memory_files(stdin, b"", b"", *further, b"") as descriptors:
            sent = descriptors if self._program.fetch else descriptors[:-1]
            try:
                answer = self._connection.ask(asked, sent, limits.wall)
            except LostError:
                # The compiled program went with the process that had it.
                self._built = None
                raise
            found = result(
                answer,
                descriptors[1],
                descriptors[2],
                replace(limits, memory_mb=memory),
                self._language.resident_mb,
            )
            return _checked(replace(found, files=_fetched(descriptors[-1]), compiled=compiled), before)

    def call(
        self, calls: Sequence[Call], limits: Limits, *, total: float | None = None, prelude: bool = False
    ) -> list[Returned]:
        """Raise SandboxError: functions are called in plain Python alone."""
        raise SandboxError("functions can be called in Python programs without files alone")

    def judge(self, trial: Trial, limits: Limits, *, total: float | None = None) -> Verdict:
        """Raise SandboxError: tests as code are for plain Python alone."""
        raise SandboxError("tests as code are for Python programs without files alone")

    def _named(self, command: Sequence[str], memory: int = 0) -> list[str]:
        """Return a command with the program's own names, and its memory, filled in."""
        filled = {"{source}": self._names.source, "{main}": self._names.main, "{memory}": str(memory)}
        named = []
        for part in command:
            for mark, text in filled.items():
                part = part.replace(mark, text)
            named.append(part)
        return named

    def _build(self, limits: Limits) -> ExecResult:
        source = {self._names.source: self._program.code.encode("utf-8", "surrogatepass")}
        wall = min(self._language.compile_wall, limits.compile_wall or self._language.compile_wall)
        # A compiler may cache compiled parts of a library in many small files.
        building = Limits(wall, self._language.compile_memory_mb, file_mb=256, files=10_000)
        asked = {
            **request("build", building),
            "argv": self._named(self._language.compile),
            "output": 256 * MIB,
            "reserves": self._language.reserves,
        }
        given = _archive({**self._program.files, **source})
        before = refused()
        with memory_files(given, b"", b"") as descriptors:
            answer = self._connection.ask(asked, descriptors, building.wall)
            found = result(answer, descriptors[1], descriptors[2], building, building.memory_mb)
            return _checked(found, before)


def _checked(found: ExecResult, before: int) -> ExecResult:
    """Return a result. Raises SandboxError if it fails and the machine had too few processes for it.

    `before` is what the control groups had refused when it began. A shell that can't fork ends with an error
    of its own, which says nothing about the program.
    """
    if not found.succeeded and (refused() > before or is_machine_full()):
        raise SandboxError("the machine had no processes left while the program ran")
    return found


def _archive(files: Mapping[str, bytes]) -> bytes:
    return json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()


def _fetched(descriptor: int) -> dict[str, bytes]:
    """Return the files that the launcher wrote down, if any were asked for."""
    archive = content(descriptor, 2 * RESULT_BYTES)
    return {name: base64.b64decode(data) for name, data in json.loads(archive or b"{}").items()}
