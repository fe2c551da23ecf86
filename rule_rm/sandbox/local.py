"""The sandbox of this machine, as its clients see it: any process that knows the host's address.

Plain Python goes to the zygotes; other languages, and Python that has to do with files, to the launchers.
"""

from __future__ import annotations

import base64
import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rule_rm.errors import SandboxUnavailable
from rule_rm.sandbox.connection import Connection, LostError, content, memory_files
from rule_rm.sandbox.execution import (
    Call,
    Ended,
    ExecResult,
    Limits,
    Program,
    Returned,
    Session,
    Trial,
    Verdict,
)
from rule_rm.sandbox.inside import values
from rule_rm.sandbox.languages import LANGUAGES, PYTHON, TOOLS, Language, UnknownLanguageError, canonical

PYTHON_SOCKET = "python.sock"
COMMAND_SOCKET = "command.sock"
ERROR_BYTES = 1 << 16
RESULT_BYTES = 8 << 20
MIB = 1 << 20

Answer = TypeVar("Answer")


class LocalSandbox:
    """Programs run by the host at `address`, a directory."""

    def __init__(self, address: str) -> None:
        self._address = Path(address)
        self._found: dict[str, str] = {}

    @contextmanager
    def session(self, program: Program, limits: Limits | None = None) -> Iterator[Session]:
        """See `execution.Sandbox`. No limits are needed before a run."""
        language = program.language if program.language in TOOLS else canonical(program.language)
        if language == PYTHON and not (program.files or program.fetch or program.takes_files):
            connection = Connection(self._address / PYTHON_SOCKET)
            opened: Session = PythonSession(connection, program.code)
        else:
            connection = Connection(self._address / COMMAND_SOCKET)
            self._require(LANGUAGES[language], language)
            opened = CommandSession(connection, program, LANGUAGES[language])
        try:
            yield opened
        finally:
            connection.close()

    def _require(self, language: Language, name: str) -> None:
        if not set(language.needs) <= set(self._found):
            connection = Connection(self._address / COMMAND_SOCKET)
            try:
                answer = connection.ask({"mode": "which", "names": list(language.needs)}, [], 0.0)
            finally:
                connection.close()
            self._found.update(answer)
        missing = [needed for needed in language.needs if not self._found[needed]]
        if missing:
            raise UnknownLanguageError(f"{name} can't be run: the sandbox has no {', '.join(missing)}")


class PythonSession:
    """A Python program, forked afresh for each run from an interpreter that has never seen it."""

    def __init__(self, connection: Connection, code: str) -> None:
        self._connection = connection
        self._code = code.encode("utf-8", "surrogateescape")

    def run(
        self,
        stdin: bytes,
        limits: Limits,
        arguments: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> ExecResult:
        """See `execution.Session`; there are no command-line arguments and no files here."""
        return _with_another_try(partial(self._run, stdin, limits))

    def call(self, calls: Sequence[Call], limits: Limits, *, prelude: bool = False) -> list[Returned]:
        """See `execution.Session`.

        After a call that hung or killed the program, the rest goes to a new process, so that it costs the
        rest nothing; all processes together may take twice the limit.
        """
        found: list[Returned] = []
        left = 2 * limits.wall
        while len(found) < len(calls) and left > 0:
            some, wall = _with_another_try(
                partial(
                    self._call, calls[len(found) :], replace(limits, wall=min(left, limits.wall)), prelude
                )
            )
            found += some
            left -= wall
        return found + [Returned(error="timeout")] * (len(calls) - len(found))

    def judge(self, trial: Trial, limits: Limits) -> Verdict:
        """See `execution.Session`."""
        return _with_another_try(partial(self._judge, trial, limits))

    def _run(self, stdin: bytes, limits: Limits) -> ExecResult:
        with memory_files(stdin, b"", b"", self._code) as descriptors:
            answer = self._connection.ask(_request("script", limits), descriptors, limits.wall)
            return _result(answer, descriptors[1], descriptors[2], limits)

    def _call(self, calls: Sequence[Call], limits: Limits, prelude: bool) -> tuple[list[Returned], float]:
        encoded = [
            [
                call.name,
                [values.encode(argument) for argument in call.arguments],
                {key: values.encode(value) for key, value in call.keywords.items()},
            ]
            for call in calls
        ]
        with memory_files(self._code, json.dumps(encoded).encode(), b"", b"") as descriptors:
            request = {**_request("calls", limits), "prelude": prelude, "output": RESULT_BYTES}
            answer = self._connection.ask(request, descriptors, limits.wall)
            results = content(descriptors[2], RESULT_BYTES)
        return _returned(results, len(calls), answer), answer["wall"]

    def _judge(self, trial: Trial, limits: Limits) -> Verdict:
        order = {
            "tests": list(trial.tests),
            "style": trial.style,
            "entry_point": trial.entry_point,
            "setup": trial.setup,
            "prelude": trial.prelude,
        }
        with memory_files(self._code, json.dumps(order).encode(), b"", b"") as descriptors:
            answer = self._connection.ask(_request("judge", limits), descriptors, limits.wall)
            verdict = content(descriptors[2], RESULT_BYTES)
        if answer["judge_exit"] != 0 or not verdict:
            reason = "timeout" if answer["stopped"] or answer["judge_exit"] < 0 else "the judge failed"
            return Verdict(outcomes=[reason] * max(1, len(trial.tests)))
        return Verdict(**json.loads(verdict))


class CommandSession:
    """A program in a directory of its own, compiled at most once."""

    def __init__(self, connection: Connection, program: Program, language: Language) -> None:
        self._connection = connection
        self._program = program
        self._language = language
        self._built: ExecResult | None = None

    def run(
        self,
        stdin: bytes,
        limits: Limits,
        arguments: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> ExecResult:
        """See `execution.Session`."""
        if self._built is None:
            self._built = self._build(limits)
        compiled = self._built if self._language.compile else None
        if not self._built.succeeded:
            return replace(self._built, ended=Ended.NOT_COMPILED, compiled=compiled)
        given = {**self._program.files, **(files or {})}
        request = {
            **_request("run", limits),
            # Some runtimes compile or collect in threads of their own; the clock holds them all the same.
            "cpu": 2 * limits.wall,
            "argv": [*self._language.run, *arguments],
            "output": max(limits.output_bytes, limits.file_mb * MIB),
            "reserves": self._language.reserves,
            "files_given": bool(given),
            "fetch": list(self._program.fetch),
            "fetch_bytes": RESULT_BYTES,
        }
        further = [_archive(given)] if given else []
        with memory_files(stdin, b"", b"", *further, b"") as descriptors:
            sent = descriptors if self._program.fetch else descriptors[:-1]
            answer = self._connection.ask(request, sent, limits.wall)
            result = _result(answer, descriptors[1], descriptors[2], limits)
            return replace(result, files=_fetched(descriptors[-1]), compiled=compiled)

    def call(self, calls: Sequence[Call], limits: Limits, *, prelude: bool = False) -> list[Returned]:
        """Functions are called in plain Python alone."""
        raise SandboxUnavailable("functions can be called in Python programs without files alone")

    def judge(self, trial: Trial, limits: Limits) -> Verdict:
        """Tests as code are for plain Python alone."""
        raise SandboxUnavailable("tests as code are for Python programs without files alone")

    def _build(self, limits: Limits) -> ExecResult:
        source = {self._language.source: self._program.code.encode("utf-8", "surrogateescape")}
        wall = min(self._language.compile_wall, limits.compile_wall or self._language.compile_wall)
        # A compiler may keep what it has compiled of a library in many small files.
        building = Limits(wall, self._language.compile_memory_mb, file_mb=256, files=10_000)
        request = {
            **_request("build", building),
            "argv": list(self._language.compile),
            "output": 256 * MIB,
            "reserves": self._language.reserves,
        }
        with memory_files(_archive({**self._program.files, **source}), b"", b"") as descriptors:
            answer = self._connection.ask(request, descriptors, building.wall)
            return _result(answer, descriptors[1], descriptors[2], building)


def _archive(files: Mapping[str, bytes]) -> bytes:
    return json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()


def _fetched(descriptor: int) -> dict[str, bytes]:
    """The files that the launcher wrote down, if any were asked for."""
    archive = content(descriptor, 2 * RESULT_BYTES)
    return {name: base64.b64decode(data) for name, data in json.loads(archive or b"{}").items()}


def _request(mode: str, limits: Limits) -> dict[str, Any]:
    return {
        "mode": mode,
        "wall": limits.wall,
        "cpu": limits.wall,
        "memory": limits.memory_mb,
        "output": limits.output_bytes,
        "files": limits.files,
        "total": limits.file_mb * MIB,
    }


def _with_another_try(ask: partial[Answer]) -> Answer:
    """A zygote that died under a request was replaced meanwhile; a second death is not tried again."""
    try:
        return ask()
    except LostError:
        return ask()


def _result(answer: dict[str, Any], out: int, err: int, limits: Limits) -> ExecResult:
    stdout = content(out, limits.output_bytes + 1)
    return ExecResult(
        ended=_ended(answer, len(stdout), limits),
        exit_code=answer["exit"],
        stdout=stdout[: limits.output_bytes],
        stderr=content(err, ERROR_BYTES),
        wall=answer["wall"],
        cpu=answer["cpu"],
        memory_mb=answer["rss"] / 1024,
    )


def _ended(answer: dict[str, Any], written: int, limits: Limits) -> Ended:
    if answer["stopped"]:
        return Ended.TIMEOUT if answer["stopped"] == "timeout" else Ended.FILE_LIMIT
    if answer["exit"] == -signal.SIGXCPU or (
        answer["exit"] == -signal.SIGKILL and answer["cpu"] >= limits.wall
    ):
        return Ended.TIMEOUT
    if answer["exit"] == -signal.SIGXFSZ or written >= limits.output_bytes:
        return Ended.OUTPUT_LIMIT
    return Ended.EXITED if answer["exit"] >= 0 else Ended.CRASHED


def _returned(results: bytes, expected: int, answer: dict[str, Any]) -> list[Returned]:
    """The results of calls as far as they were written, then why there are no more.

    All of it is what the program's process says: it is read with care and proves nothing but itself.
    """
    found: list[Returned] = []
    for line in results.split(b"\n")[:-1]:
        outcome = _outcome(line, len(found))
        if outcome is None:
            break
        if isinstance(outcome, str):
            return [Returned(error=outcome)] * expected
        found.append(outcome)
        if len(found) == expected:
            return found
    if answer["stopped"] or answer["exit"] == -signal.SIGXCPU:
        reason = "timeout"
    else:
        reason = f"the program ended with {answer['exit']}"
    return [*found, Returned(error=reason)]


def _outcome(line: bytes, number: int) -> Returned | str | None:
    """One result; a text if the program itself failed; None for what is no result."""
    try:
        index, kind, *rest = json.loads(line)
        if kind == "value" and index == number:
            return Returned(value=values.decode(rest[0]))
        reason = ": ".join(str(part) for part in rest)[:400]
        if kind == "error" and index == number:
            return Returned(error=reason)
        return reason if kind == "error" and index == -1 else None
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        return Returned(error=f"the result can't be read: {error}"[:400])
