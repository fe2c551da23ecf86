"""Checkers: programs that come with a problem and say whether an output is right, where many are.

There are two kinds, which are distinguished by their source. A Python checker, as in open-r1's codeforces,
prints 1 or 0. It is called with the files of the input, the expected and the actual output. A C++ checker, as
in testlib, CodeContests+ and Codeforces, is called with the input, the actual and the expected output. Its
exit code is the verdict.

Compiling a C++ checker takes seconds, and all responses to a problem share one, so the executable is cached.

A checker is trusted with the verdict only, since it reads the output of a hostile program. So it runs
confined, in a separate process, after that program has ended.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rule_rm.sandbox.grading.formats import FormatError
from rule_rm.sandbox.grading.suites import Checker, StdioTest
from rule_rm.sandbox.running.execution import Ended, ExecResult, Limits, Program, Sandbox, Session
from rule_rm.sandbox.running.languages import BINARY, EXECUTABLE, PYTHON

LIMITS = Limits(wall=10.0)
HEADER = "testlib.h"
KEPT = 64
"""Executables that are kept; each has some hundred kilobytes."""
_SYSTEM_HEADERS = ("/usr/local/include", "/usr/include")
_FAILED = 3
"""testlib's exit code for a fault of the jury, such as a wrong expected output."""
_INPUT, _EXPECTED, _ACTUAL = "input.txt", "correct_output.txt", "solution_output.txt"


@contextmanager
def checking(sandbox: Sandbox, checker: Checker, include: str = "") -> Iterator[Checking]:
    """Make a checker ready; it is compiled once. `include` is the directory with testlib.h.

    Raises FormatError if the checker needs a header that is missing.
    """
    if checker.language == PYTHON:
        program = Program(checker.code, takes_files=True)
    else:
        program = Program("", BINARY, {EXECUTABLE: _compiled(sandbox, checker, include)}, takes_files=True)
    with sandbox.session(program) as session:
        yield Checking(session, speaks_testlib=checker.language != PYTHON)


class Checking:
    """A checker that is ready."""

    def __init__(self, session: Session, *, speaks_testlib: bool) -> None:
        self._session = session
        self._speaks_testlib = speaks_testlib
        self._is_sound: bool | None = None
        self._fault = ""

    def refusal(self, test: StdioTest, output: bytes) -> str:
        """Return why an output is wrong, or "". Raises FormatError if the test itself is wrong."""
        files = {
            _INPUT: test.stdin.encode("utf-8", "surrogateescape"),
            _EXPECTED: test.stdout.encode("utf-8", "surrogateescape"),
            _ACTUAL: output,
        }
        order = (_INPUT, _ACTUAL, _EXPECTED) if self._speaks_testlib else (_INPUT, _EXPECTED, _ACTUAL)
        result = self._session.run(b"", LIMITS, order, files)
        found = _by_exit_code(result) if self._speaks_testlib else _by_output(result)
        if result.ended is not Ended.EXITED or (not self._speaks_testlib and result.exit_code != 0):
            self._try_on_expected(test, order)
        return found

    def _try_on_expected(self, test: StdioTest, order: tuple[str, ...]) -> None:
        """Check whether a failed checker also fails for the expected output, so that the fault is its own.

        Raises FormatError if it fails on that too: then it is what is wrong, and no output.
        """
        if self._is_sound is None:
            expected = test.stdout.encode("utf-8", "surrogateescape")
            files = {
                _INPUT: test.stdin.encode("utf-8", "surrogateescape"),
                _EXPECTED: expected,
                _ACTUAL: expected,
            }
            result = self._session.run(b"", LIMITS, order, files)
            self._is_sound = result.ended is Ended.EXITED and (self._speaks_testlib or result.exit_code == 0)
            self._fault = f"{result.ended.value}, {_last_line(result.stderr)}".rstrip(", ")
        if not self._is_sound:
            raise FormatError(f"the checker fails on the expected output too: {self._fault}")


_kept: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
"""Executables by the source and the header that they were made from."""


def _compiled(sandbox: Sandbox, checker: Checker, include: str) -> bytes:
    """Return the executable of a checker. Raises FormatError if it does not compile."""
    headers = _headers(checker, include)
    key = (checker.code, headers.get(HEADER, b""))
    if key not in _kept:
        with sandbox.session(
            Program(checker.code, checker.language, headers, fetch=(EXECUTABLE,))
        ) as session:
            result = session.run(b"", LIMITS)
        if EXECUTABLE not in result.files:
            raise FormatError(f"the checker does not compile: {_first_error(result.stderr)}")
        _kept[key] = result.files[EXECUTABLE]
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _first_error(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").splitlines()
    return next((line for line in lines if "error" in line), "")[:200]


def _by_exit_code(result: ExecResult) -> str:
    """Accept on exit code 0. Every other end refuses, including a crash, which the output may have caused."""
    if result.ended is Ended.EXITED and result.exit_code == _FAILED:
        raise FormatError(f"the checker says that the test is wrong: {_last_line(result.stderr)}")
    return "" if result.succeeded else f"the checker refuses it: {_last_line(result.stderr)}".rstrip(": ")


def _by_output(result: ExecResult) -> str:
    """Accept on 1, and on a word that says so; a checker that fails on an output has found it wrong."""
    if not result.succeeded:
        return f"the checker refuses it: {_last_line(result.stderr)}".rstrip(": ")
    verdict = _last_line(result.stdout).lower()
    try:
        accepted = float(verdict) >= 1
    except ValueError:
        accepted = verdict in ("true", "ok", "yes", "accepted")
    return "" if accepted else "the checker does not accept it"


def _last_line(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip().rpartition("\n")[2].strip()[:200]


def _headers(checker: Checker, include: str) -> dict[str, bytes]:
    """Return testlib's header if a checker includes it and the compiler would not find it."""
    if not re.search(rf'^\s*#\s*include\s*[<"]{HEADER}', checker.code, re.MULTILINE):
        return {}
    header = Path(include or ".") / HEADER
    if include and header.is_file():
        return {HEADER: header.read_bytes()}
    if any((Path(directory) / HEADER).is_file() for directory in _SYSTEM_HEADERS):
        return {}
    raise FormatError(
        f"the checker needs {HEADER}: set the option checker_include to the directory that it lies in"
    )
