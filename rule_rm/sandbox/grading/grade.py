"""Grade a program: run it against its tests, and decide from its outputs alone which of them passed.

Each kind of tests has the strongest way to a verdict that it allows. Outputs and results are compared
here, in a process that runs no untrusted code. Tests that must run as code do so in a judge's process.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rule_rm.errors import SandboxError
from rule_rm.sandbox.grading import compare
from rule_rm.sandbox.grading.asserts import ANY_FUNCTION, begins_program, helpers
from rule_rm.sandbox.grading.checkers import checking
from rule_rm.sandbox.grading.formats import FormatError
from rule_rm.sandbox.grading.suites import (
    CallSuite,
    CallTest,
    CodeSuite,
    Limited,
    Parts,
    StdioSuite,
    StdioTest,
    Suite,
)
from rule_rm.sandbox.inside.data.arrays import Iterated
from rule_rm.sandbox.running.execution import Ended, ExecResult, Limits, Program, Sandbox, Session
from rule_rm.sandbox.running.languages import PYTHON

MAX_SECONDS = 30.0
"""The highest time limit that a problem may set for one run."""
MAX_MEMORY_MB = 4096
CHECKED_BYTES = 32 << 20
"""Bytes of output that a checker may get, above the limit of any output."""
HOPELESS = 3
"""Runs in a row at their time limit after which the other tests count as failed."""
INPUT_FILE, OUTPUT_FILE = "input.txt", "output.txt"
_ENDS = {
    Ended.TIMEOUT: "it took too long",
    Ended.OUTPUT_LIMIT: "it wrote too much",
    Ended.FILE_LIMIT: "it wrote too many files",
    Ended.MEMORY_LIMIT: "it took too much memory",
    Ended.NOT_COMPILED: "it does not compile",
}


@dataclass(frozen=True, slots=True)
class Grade:
    """The outcome of each test: the reason why it failed, empty where it passed."""

    outcomes: Sequence[str]
    is_trusted: bool = True
    """False if the program ran in the process that found the verdict, and could have forged it."""

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(not outcome for outcome in self.outcomes)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.outcomes)


@dataclass(frozen=True, slots=True)
class Grading:
    """How to grade."""

    limits: Limits = field(default_factory=Limits)
    total_seconds: float = 30.0
    """For all tests of a program; those that it does not get to have failed."""
    rule: str = "lines"
    """How outputs are compared: a name in `compare.RULES`."""
    stop_early: bool = False
    """The first failed test decides; those after it are not run and count as failed."""
    checker_include: str = ""
    """The directory with the header that C++ checkers include."""
    in_process: bool = False
    """Run tests that can't be judged from outside in the program's own process, and trust its report."""


def grade(sandbox: Sandbox, code: str, language: str, suite: Suite, grading: Grading | None = None) -> Grade:
    """Run the tests on a program.

    Raises SandboxError if they could not be run, FormatError if they or their checker are what is
    wrong.
    """
    how = grading or Grading()
    if isinstance(suite, Parts):
        grades = [grade(sandbox, code, language, part, how) for part in suite.suites]
        outcomes = [outcome for one in grades for outcome in one.outcomes]
        return Grade(outcomes, all(one.is_trusted for one in grades))
    if isinstance(suite, StdioSuite):
        return Grade(list(_grade_stdio(sandbox, Program(code, suite.language or language), suite, how)))
    if language != PYTHON:
        # The response has chosen its language, and can't choose to be unscored by it.
        number = len(suite.tests) if isinstance(suite, CallSuite) and not suite.is_one_test else 1
        return Grade([f"the tests are of a program in Python, and this one is in {language}"] * number)
    program = Program(assembled(code, suite), language)
    how = replace(how, limits=_limits(suite.limited, how))
    if isinstance(suite, CallSuite):
        expected = len(repr([test.expected for test in suite.tests]))
        limits = replace(how.limits, output_bytes=how.limits.output_bytes + 4 * expected)
        with sandbox.session(program) as session:
            return _grade_calls(session, suite, replace(how, limits=limits))
    return _grade_code(sandbox, program, suite, how)


def _limits(limited: Limited, how: Grading) -> Limits:
    """Return the limits of a run: those that the problem has, else those of the reward."""
    return replace(
        how.limits,
        wall=min(limited.seconds or how.limits.wall, MAX_SECONDS),
        memory_mb=min(limited.memory_mb or how.limits.memory_mb, MAX_MEMORY_MB),
    )


def assembled(code: str, suite: CallSuite | CodeSuite) -> str:
    """Return the whole program: with the prompt's imports and helpers, or as the prompt's continuation.

    >>> from rule_rm.sandbox.running.execution import Trial
    >>> suite = CodeSuite(Trial([], "check", "f"), "import math\\ndef f(x):\\n")
    >>> assembled("    return x", suite)
    'import math\\ndef f(x):\\n    return x'
    >>> assembled("def f(x): return 1", suite)
    'import math\\ndef f(x): return 1'
    """
    entry_point = suite.entry_point if isinstance(suite, CallSuite) else suite.trial.entry_point
    if not entry_point or entry_point == ANY_FUNCTION:
        return code
    if _defines(code, entry_point) or not begins_program(suite.prompt, entry_point):
        return "\n".join(filter(None, [helpers(suite.prompt, entry_point), code]))
    return suite.prompt + code


def _defines(code: str, name: str) -> bool:
    """Return whether a program gives a name a value at any place; False if it can't be parsed."""
    if name not in code:
        return False
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return (
            re.search(rf"^(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b", code, re.MULTILINE) is not None
        )
    return any(
        (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.alias) and name in (node.asname, node.name))
        for node in nodes
    )


def _grade_stdio(sandbox: Sandbox, program: Program, suite: StdioSuite, how: Grading) -> Iterator[str]:
    if suite.by_files:
        program = replace(program, takes_files=True, fetch=(OUTPUT_FILE,))
    results = _run_all(sandbox, program, suite, how)
    if suite.checker is None or not any(_has_succeeded(result) for result in results):
        for test, result in zip(suite.tests, results, strict=True):
            yield _outcome(result, test, how) if isinstance(result, ExecResult) else result
        return
    # A session holds a slot, and a checker needs one too: it is asked when all runs are over.
    with checking(sandbox, suite.checker, how.checker_include) as asked:
        for test, result in zip(suite.tests, results, strict=True):
            if isinstance(result, ExecResult):
                yield asked.refusal(test, result.stdout) if result.succeeded else _why(result)
            else:
                yield result


def _has_succeeded(result: ExecResult | str) -> bool:
    return isinstance(result, ExecResult) and result.succeeded


def _run_all(sandbox: Sandbox, program: Program, suite: StdioSuite, how: Grading) -> list[ExecResult | str]:
    """Return the result of each test's run, or the reason why it was not run."""
    limits = _limits(suite.limited, how)
    until = time.monotonic() + max(how.total_seconds, limits.wall)
    results: list[ExecResult | str] = []
    too_long = 0
    with sandbox.session(program) as session:
        for test in suite.tests:
            # A right output may be long; with a checker, its length is not known.
            most = max(
                2 * len(test.stdout.encode("utf-8", "surrogateescape")),
                CHECKED_BYTES * (suite.checker is not None),
            )
            longer = replace(limits, output_bytes=limits.output_bytes + most)
            result = _run_one(session, test.stdin.encode("utf-8", "surrogateescape"), longer, suite)
            results.append(result)
            until += result.starved + (
                result.compiled.starved if result.compiled and len(results) == 1 else 0.0
            )
            too_long = too_long + 1 if result.ended is Ended.TIMEOUT else 0
            if result.ended is Ended.NOT_COMPILED:
                return [result] * len(suite.tests)
            if how.stop_early and suite.checker is None and _outcome(result, test, how):
                break
            if too_long == HOPELESS or time.monotonic() > until:
                break
    return results + ["not run"] * (len(suite.tests) - len(results))


def _run_one(session: Session, given: bytes, limits: Limits, suite: StdioSuite) -> ExecResult:
    if not suite.by_files:
        return session.run(given, limits)
    result = session.run(b"", limits, files={INPUT_FILE: given})
    return replace(result, stdout=result.files.get(OUTPUT_FILE, b""))


def _outcome(result: ExecResult, test: StdioTest, how: Grading) -> str:
    if not result.succeeded:
        return _why(result)
    return compare.RULES[how.rule](test.stdout, result.stdout.decode("utf-8", "replace"))


def _why(result: ExecResult) -> str:
    if result.ended in _ENDS:
        return _ENDS[result.ended]
    last = result.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    ended = f"signal {-result.exit_code}" if result.exit_code < 0 else f"exit code {result.exit_code}"
    return f"{ended}: {last}" if last else ended


def _grade_calls(session: Session, suite: CallSuite, how: Grading) -> Grade:
    returned = session.call(
        [test.call for test in suite.tests],
        how.limits,
        total=max(how.total_seconds, how.limits.wall),
        prelude=suite.prelude,
    )
    outcomes = [
        f"{test.call.name}: {result.error}"
        if result.error is not None
        else _difference(test, result.value, suite)
        for test, result in zip(suite.tests, returned, strict=True)
    ]
    if suite.is_one_test:
        outcomes = [next(filter(None, outcomes), "")]
    return Grade(outcomes)


def _difference(test: CallTest, value: object, suite: CallSuite) -> str:
    if suite.is_python:
        equal = not isinstance(value, Iterated) and _are_equal(value, test.expected)
    else:
        equal = compare.values(test.expected, value) or (
            suite.may_be_wrapped and compare.values(test.expected[0], value)
        )
    return "" if equal else f"{test.call.name}: expected {_shown(test.expected)}, got {_shown(value)}"


def _are_equal(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except (ArithmeticError, RecursionError):
        # A signalling not-a-number, which raises when it is compared.
        return False


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # An integer of more digits than are converted.
        return f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:59] + "…"


def _grade_code(sandbox: Sandbox, program: Program, suite: CodeSuite, how: Grading) -> Grade:
    if suite.obstacle:
        if how.in_process:
            return _grade_in_process(sandbox, program, suite, how)
        raise FormatError(
            f"the tests can't be judged from outside (in_process trusts the program): {suite.obstacle}"
        )
    with sandbox.session(program) as session:
        verdict = session.judge(suite.trial, how.limits, total=max(how.total_seconds, how.limits.wall))
    if verdict.unsupported is None:
        return Grade(verdict.outcomes)
    if verdict.is_missing:
        raise SandboxError(verdict.unsupported)
    if not how.in_process:
        raise FormatError(f"the tests can't be judged from outside: {verdict.unsupported}")
    return _grade_in_process(sandbox, program, suite, how)


_RUNNERS = {
    "statements": "",
    "check": "\ncheck({entry_point})\n",
    "functions": """
import unittest as _unittest
class _Functions(_unittest.TestCase): pass
for _name, _value in list(globals().items()):
    if _name.startswith("test") and callable(_value):
        setattr(_Functions, _name, staticmethod(_value))
_unittest.main(argv=["test"])
""",
}


def _grade_in_process(sandbox: Sandbox, program: Program, suite: CodeSuite, how: Grading) -> Grade:
    """Return one verdict, by the exit code, which the program can choose."""
    trial = suite.trial
    runner = _RUNNERS[trial.style].format(entry_point=trial.entry_point)
    before = trial.before or [""] * len(trial.tests)
    tests = [part for pair in zip(before, trial.tests, strict=True) for part in pair]
    whole = "\n".join([program.code, trial.setup, *tests]) + runner
    modules = 'import sys\nsys.modules["solution"] = sys.modules[__name__]\n'
    with sandbox.session(Program(modules + whole, program.language)) as session:
        result = session.run(b"", how.limits)
    return Grade(["" if result.succeeded else _why(result)], is_trusted=False)
