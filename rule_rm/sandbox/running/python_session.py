"""Plain Python: scripts that read and write, functions that are called, and programs that a judge tests."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from rule_rm.sandbox.inside import values
from rule_rm.sandbox.running.connection import (
    RESULT_BYTES,
    Connection,
    LostError,
    content,
    memory_files,
    request,
    result,
)
from rule_rm.sandbox.running.execution import Call, ExecResult, Limits, Returned, Trial, Verdict
from rule_rm.sandbox.running.needs import needs

PRELOADED = "preloaded"
"""The file beside the sockets with the names of the modules that only the preloaded zygotes have."""

Answer = TypeVar("Answer")


class PythonSession:
    """A Python program, forked afresh for each run from an interpreter that has never seen it."""

    def __init__(self, address: Path, code: str) -> None:
        self._address = address
        self._is_heavy = _is_heavy(address, code)
        self._connection = self._connect(self._is_heavy)
        self._code = code.encode("utf-8", "surrogateescape")

    def _connect(self, is_heavy: bool) -> Connection:
        return Connection(self._address / ("preloaded.sock" if is_heavy else "python.sock"))

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
        texts = (trial.setup, trial.prelude, *trial.tests)
        if not self._is_heavy and (trial.style == "functions" or _is_heavy(self._address, *texts)):
            self._connection.close()
            self._connection = self._connect(is_heavy=True)
        return _with_another_try(partial(self._judge, trial, limits))

    def _run(self, stdin: bytes, limits: Limits) -> ExecResult:
        with memory_files(stdin, b"", b"", self._code) as descriptors:
            answer = self._connection.ask(request("script", limits), descriptors, limits.wall)
            return result(answer, descriptors[1], descriptors[2], limits)

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
            asked = {**request("calls", limits), "prelude": prelude, "output": RESULT_BYTES}
            answer = self._connection.ask(asked, descriptors, limits.wall)
            results = content(descriptors[2], RESULT_BYTES)
        return _returned(results, len(calls), answer), answer["wall"]

    def _judge(self, trial: Trial, limits: Limits) -> Verdict:
        try:
            order = {**asdict(trial), **needs(trial)._asdict()}
        except ValueError as error:
            return Verdict(unsupported=f"the tests can't be read: {error}")
        with memory_files(self._code, json.dumps(order).encode(), b"", b"") as descriptors:
            answer = self._connection.ask(request("judge", limits), descriptors, limits.wall)
            verdict = content(descriptors[2], RESULT_BYTES)
        if answer["judge_exit"] != 0 or not verdict:
            reason = "timeout" if answer["stopped"] or answer["judge_exit"] < 0 else "the judge failed"
            return Verdict(outcomes=[reason] * max(1, len(trial.tests)))
        return Verdict(**json.loads(verdict))


def _is_heavy(address: Path, *texts: str) -> bool:
    """True if one of the texts has the name of a module that only preloaded zygotes have."""
    try:
        return any(map(_heavy(address).search, texts))
    except OSError:
        # There is no host; to connect to it says so.
        return False


@lru_cache(maxsize=8)
def _heavy(address: Path) -> re.Pattern[str]:
    names = (address / PRELOADED).read_text().split()
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def _with_another_try(ask: partial[Answer]) -> Answer:
    """A zygote that died under a request was replaced meanwhile; a second death is not tried again."""
    try:
        return ask()
    except LostError:
        return ask()


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
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        return Returned(error=f"the result can't be read: {error}"[:400])
