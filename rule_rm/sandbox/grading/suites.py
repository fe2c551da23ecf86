"""The kinds of tests, once they have been read from any format.

The kind decides how a verdict is reached, and how far it can be trusted: see docs/sandbox.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rule_rm.sandbox.running.execution import Call, Trial


@dataclass(frozen=True, slots=True)
class Limited:
    """The limits that a problem sets; None for each that it does not set."""

    seconds: float | None = None
    memory_mb: int | None = None


@dataclass(frozen=True, slots=True)
class StdioTest:
    """An input, and the output that it must give."""

    stdin: str
    stdout: str


@dataclass(frozen=True, slots=True)
class Checker:
    """A program that says whether an output is right; see `checkers`."""

    code: str
    language: str


@dataclass(frozen=True, slots=True)
class StdioSuite:
    """Programs that read and write: their output is compared outside."""

    tests: Sequence[StdioTest]
    checker: Checker | None = None
    language: str | None = None
    limited: Limited = field(default_factory=Limited)
    by_files: bool = False
    """A program reads input.txt and writes output.txt, as in old contests."""


@dataclass(frozen=True, slots=True)
class CallTest:
    """A call, and the value that it must return."""

    call: Call
    expected: Any


@dataclass(frozen=True, slots=True)
class CallSuite:
    """Functions of data: only the arguments go in, and the results are compared outside."""

    tests: Sequence[CallTest]
    is_python: bool = False
    """True if the expected values were Python and compare as in Python; False if they were JSON."""
    prelude: bool = False
    """True if a solution may use the names that coding sites import for it."""
    is_one_test: bool = False
    """They are the asserts of one test, which passes as a whole or not at all."""
    prompt: str = ""
    entry_point: str | None = None
    may_be_wrapped: bool = False
    """An expected value may be written as a list of one, as APPS does."""
    limited: Limited = field(default_factory=Limited)


@dataclass(frozen=True, slots=True)
class CodeSuite:
    """Tests that have to run as code: in a second process, which calls the program from outside."""

    trial: Trial
    prompt: str = ""
    """The beginning of the program where a response may be its continuation."""
    obstacle: str = ""
    """Why they can't be judged from another process, as their text says; empty if they can."""
    limited: Limited = field(default_factory=Limited)


@dataclass(frozen=True, slots=True)
class Parts:
    """Tests of several kinds, of which all count."""

    suites: Sequence[StdioSuite | CallSuite | CodeSuite]


Suite = StdioSuite | CallSuite | CodeSuite | Parts
