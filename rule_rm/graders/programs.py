"""python graders: `grade(sample, item)` runs in the sandbox."""

from __future__ import annotations

import json
import math
import secrets
import time
from ast import AST, AsyncFunctionDef, FunctionDef, Name, alias, parse, walk
from dataclasses import dataclass

from rule_rm import sandbox
from rule_rm.errors import ConfigurationError, SandboxError
from rule_rm.graders.case import Case, Grade, GradingError, Means
from rule_rm.sandbox.running.execution import Ended, Limits, Program
from rule_rm.types import Status

LONGEST = 256 * 1024
"""Bytes of the longest source, as OpenAI has it."""
MEMORY_MB = 2048
_CALL = """

import json as _json, sys as _sys
_given = _json.loads(_sys.stdin.readline())
_score = grade(_given["sample"], _given["item"])
print()
print(_given["mark"] + _json.dumps(float(_score)))
"""
_TOO_COSTLY = (Ended.TIMEOUT, Ended.MEMORY_LIMIT, Ended.OUTPUT_LIMIT, Ended.FILE_LIMIT)


@dataclass(frozen=True, slots=True)
class PythonGrader:
    """The number that the function `grade` of a source returns."""

    name: str
    source: str

    def __post_init__(self) -> None:
        if len(self.source.encode("utf-8", "surrogatepass")) > LONGEST:
            raise ConfigurationError(f"grader {self.name!r}: source has more than {LONGEST} bytes")
        try:
            compile(self.source, "grader", "exec")
            tree = parse(self.source)
        except (SyntaxError, ValueError) as error:
            raise ConfigurationError(f"grader {self.name!r}: source: {error}") from None
        if not any(map(_may_bind, walk(tree))):
            raise ConfigurationError(f"grader {self.name!r}: source must define grade(sample, item)")

    def grade(self, case: Case, means: Means) -> Grade:
        """Return the function's result; 0 if the sample makes it exceed its time or memory."""
        if means.sandbox is None:
            raise GradingError("python_grader_server_error", "there is no sandbox", Status.UNAVAILABLE)
        mark = secrets.token_hex(16)
        given = json.dumps({"sample": case.sample, "item": case.item, "mark": mark}, default=str)
        left = means.until - time.monotonic()
        if left <= 0:
            raise GradingError("python_grader_server_error", "no time is left", Status.EXPIRED)
        limits = Limits(wall=min(means.seconds, left), memory_mb=MEMORY_MB)
        try:
            with sandbox.at(means.sandbox).session(Program(self.source + _CALL)) as session:
                result = session.run(f"{given}\n".encode("utf-8", "surrogatepass"), limits)
        except SandboxError as error:
            raise GradingError("python_grader_server_error", str(error), Status.UNAVAILABLE) from None
        if result.ended in _TOO_COSTLY:
            if left < means.seconds and result.ended is Ended.TIMEOUT:
                raise GradingError("python_grader_server_error", "no time is left", Status.EXPIRED)
            return Grade(0.0, status=Status.TIMEOUT, explanation=f"{self.name}: {result.ended.value}")
        if not result.succeeded:
            raise _failed(result.stderr.decode(errors="replace").strip().splitlines()[-1:])
        lines = [one for one in result.stdout.decode(errors="replace").splitlines() if one.startswith(mark)]
        if not lines or not math.isfinite(score := float(lines[-1].removeprefix(mark))):
            raise _failed(["it returned no finite number"])
        return Grade(score)


def _may_bind(node: AST) -> bool:
    """Return True if a part of a source may define `grade`: a function, an assignment, an import, `exec`."""
    if isinstance(node, (FunctionDef, AsyncFunctionDef)):
        return node.name == "grade"
    if isinstance(node, alias):
        return (node.asname or node.name) in ("grade", "*")
    return isinstance(node, Name) and node.id in ("grade", "exec", "globals")


def _failed(last: list[str]) -> GradingError:
    return GradingError("python_grader_runtime_error", (last or ["it ended early"])[0], Status.ERROR)
