"""Plain Python: scripts that read and write, functions that are called, and programs that a judge tests."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from rule_rm.errors import SandboxError
from rule_rm.sandbox.inside.data import decoding, values
from rule_rm.sandbox.running.connection import (
    RESIDENT_MB,
    RESULT_BYTES,
    Connection,
    content,
    memory_files,
    request,
    result,
    with_another_try,
)
from rule_rm.sandbox.running.execution import Call, ExecResult, Limits, Returned, Trial, Verdict
from rule_rm.sandbox.running.judged import NOT_RUN, TIMEOUT, Judged
from rule_rm.sandbox.running.needs import needs, with_counts
from rule_rm.sandbox.running.waiting import await_host

HOPELESS = 3
"""Calls or tests in a row that hang after which the others are not tried."""
PRELOADED = "preloaded"
"""The file, next to the sockets, with the names of the modules that only the preloaded zygotes have."""

_MAY_WRITE = re.compile(
    r"\bopen\s*\(|\b(?:tempfile|shutil|pathlib|sqlite3|FileHandler|os\.(?:mkdir|makedirs))\b"
)
"""A program that may have to do with files, such as one with `open(path)`."""

_NO_LANDLOCK = "tests that read or write files need a sandbox with Landlock"


class PythonSession:
    """A Python program, forked afresh for each run from an interpreter that has never seen it."""

    def __init__(self, address: Path, code: str) -> None:
        self._address = address
        self._profile = "preloaded" if _is_heavy(address, code) else "python"
        self._connection = self._connect(self._profile)
        self._code = code.encode("utf-8", "surrogatepass")
        self._may_write = _MAY_WRITE.search(code) is not None

    def _connect(self, profile: str) -> Connection:
        return Connection(self._address / f"{profile}.sock")

    def _turn_to(self, profile: str) -> None:
        """Have another kind of the sandbox's processes run the program from now on."""
        if profile != self._profile:
            self._connection.close()
            self._profile, self._connection = profile, self._connect(profile)

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
        return with_another_try(partial(self._run, stdin, limits))

    def call(
        self, calls: Sequence[Call], limits: Limits, *, total: float | None = None, prelude: bool = False
    ) -> list[Returned]:
        """See `execution.Session`.

        After a call that hung or killed the program, the rest goes to a new process, so that it costs the
        rest nothing, until all processes together have taken `total`, or so many in a row have hung.
        """
        found: list[Returned] = []
        left = total or 2 * limits.wall
        hung = 0
        while len(found) < len(calls) and left > 0 and hung < HOPELESS:
            rest = calls[len(found) :]
            some, wall = with_another_try(partial(self._call, rest, limits, left, prelude))
            found += some
            left -= wall
            hung = hung + 1 if len(some) == 1 and some[0].error == TIMEOUT else 0
        return found + [Returned(error=NOT_RUN)] * (len(calls) - len(found))

    def judge(self, trial: Trial, limits: Limits, *, total: float | None = None) -> Verdict:
        """See `execution.Session`. A test that hangs or kills the program costs the rest nothing."""
        if trial.files or self._may_write:
            self._turn_to("command")
            if not self._may_share_files():
                if trial.files:
                    return Verdict(
                        unsupported="tests with files need a sandbox with Landlock", is_missing=True
                    )
                self._turn_to("python")
        texts = (trial.setup, trial.prelude, *trial.before, *trial.tests)
        if self._profile == "python" and (trial.style == "functions" or _is_heavy(self._address, *texts)):
            self._turn_to("preloaded")
        try:
            order = {
                **{one.name: getattr(trial, one.name) for one in fields(trial)},
                **needs(trial)._asdict(),
                "setup": with_counts((trial.setup,))[0],
                "before": with_counts(tuple(trial.before)),
                "tests": with_counts(tuple(trial.tests)),
            }
        except ValueError as error:
            return Verdict(unsupported=f"the tests can't be read: {error}")
        judged = Judged(len(trial.tests))
        left = total or 2 * limits.wall
        while not judged.is_over and left > 0 and judged.hung < HOPELESS:
            skipping = json.dumps({**order, "skip": len(judged.tests)}).encode()
            lines, answer = with_another_try(partial(self._judge, skipping, limits, left))
            judged.add(lines, answer)
            left -= max(answer["wall"], 0.001)
        return judged.verdict()

    def _may_share_files(self) -> bool:
        """Return whether a judge and a program may share a directory in this sandbox."""
        asked = {"mode": "may share"}
        return bool(with_another_try(partial(self._connection.ask, asked, [], 0.0))["may"])

    def _run(self, stdin: bytes, limits: Limits) -> ExecResult:
        with memory_files(stdin, b"", b"", self._code) as descriptors:
            answer = self._connection.ask(request("script", limits), descriptors, limits.wall)
            return result(answer, descriptors[1], descriptors[2], limits)

    def _call(
        self, calls: Sequence[Call], limits: Limits, left: float, prelude: bool
    ) -> tuple[list[Returned], float]:
        encoded = json.dumps(
            [
                [
                    call.name,
                    [values.encode(argument) for argument in call.arguments],
                    {key: values.encode(value) for key, value in call.keywords.items()},
                ]
                for call in calls
            ]
        ).encode()
        with memory_files(self._code, encoded, b"", b"") as descriptors:
            asked = {
                **request("calls", limits, min(left, len(calls) * limits.wall)),
                "prelude": prelude,
                "output": max(RESULT_BYTES, limits.output_bytes),
            }
            answer = self._connection.ask(asked, descriptors, asked["wall"])
            results = content(descriptors[2], asked["output"])
        return _returned(results, len(calls), answer, limits), answer["wall"]

    def _judge(self, order: bytes, limits: Limits, left: float) -> tuple[list[bytes], dict[str, Any]]:
        with memory_files(self._code, order, b"", b"") as descriptors:
            asked = request("judge", limits, left)
            if self._profile == "command":
                asked["output"] = max(limits.output_bytes, asked["total"])
            answer = self._connection.ask(asked, descriptors, left)
            return content(descriptors[2], RESULT_BYTES).split(b"\n")[:-1], answer


def _is_heavy(address: Path, *texts: str) -> bool:
    """Return True if one of the texts has the name of a module that only preloaded zygotes have.

    Raises SandboxError if there is no host.
    """
    try:
        names = await_host(lambda: _heavy(address))
    except OSError as error:
        raise SandboxError(f"no sandbox host is at {address}: {error}") from None
    return any(map(names.search, texts))


@lru_cache(maxsize=8)
def _heavy(address: Path) -> re.Pattern[str]:
    names = (address / PRELOADED).read_text().split()
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def _returned(results: bytes, expected: int, answer: dict[str, Any], limits: Limits) -> list[Returned]:
    """Return the results of calls as far as they were written, then why there are no more.

    All of it is what the program's process says: it is read with care and proves nothing but itself.
    """
    if answer["rss"] / 1024 > limits.memory_mb + RESIDENT_MB:
        return [Returned(error="it took too much memory")] * expected
    found: list[Returned] = []
    for line in results.split(b"\n")[:-1]:
        outcome = outcome_of(line, len(found))
        if outcome is None:
            break
        if isinstance(outcome, str):
            return [Returned(error=outcome)] * expected
        found.append(outcome)
        if len(found) == expected:
            return found
    if answer["stopped"] or answer["exit"] == -signal.SIGXCPU:
        reason = TIMEOUT
    else:
        reason = f"the program ended with {answer['exit']}"
    return [*found, Returned(error=reason)]


def outcome_of(line: bytes | str, number: int) -> Returned | str | None:
    """Return one result; a string if the program itself failed; None for any other line."""
    try:
        index, kind, *rest = json.loads(line)
        if kind == "value" and index == number:
            return Returned(value=decoding.decode(rest[0]))
        reason = ": ".join(str(part) for part in rest)[:400]
        if kind == "error" and index == number:
            return Returned(error=reason)
        return reason if kind == "error" and index == -1 else None
    except Exception as error:  # noqa: BLE001 - the one boundary of what a program's process wrote
        return Returned(error=f"the result can't be read: {error}"[:400])
