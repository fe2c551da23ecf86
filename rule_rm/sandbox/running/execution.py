"""The contract of the sandbox: a program and its limits go in, its result comes out as data.

Nothing here says whether a program is right. A verdict from inside would be the program's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run of a program. Durations are in seconds."""

    wall: float = 6.0
    """Wall-clock time; processor time is limited to the same, rounded up to seconds."""
    memory_mb: int = 1024
    output_bytes: int = 1 << 20
    """Bytes of standard output; standard error and results may have as many each."""
    file_mb: int = 64
    """MiB in all the files that a run writes, where it may write any."""
    files: int = 1000
    compile_wall: float | None = None
    """Compiling is bounded by this and by the language's own limit."""


class Ended(str, Enum):
    """How a run came to its end."""

    EXITED = "exited"
    """It ended normally, with an exit code."""
    CRASHED = "crashed"
    """A signal ended it, such as a segmentation fault."""
    TIMEOUT = "timeout"
    OUTPUT_LIMIT = "output_limit"
    FILE_LIMIT = "file_limit"
    MEMORY_LIMIT = "memory_limit"
    NOT_COMPILED = "not_compiled"
    """The compiler refused it; its messages are on stderr."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to run: code in a language of `languages.LANGUAGES`, and files for its directory."""

    code: str
    language: str = "python"
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files by name; every run gets its own copy of the directory that it starts in."""
    fetch: Sequence[str] = ()
    """Names of files that are wanted back when a run is over."""
    takes_files: bool = False
    """Its runs are given files or arguments of their own, which plain Python has no place for."""


@dataclass(frozen=True, slots=True)
class ExecResult:
    """The result of one run."""

    ended: Ended
    exit_code: int
    """The program's exit code, or the negative number of the signal that ended it."""
    stdout: bytes
    stderr: bytes
    wall: float
    """Seconds by the clock, without those in `starved`."""
    cpu: float
    """Seconds on a processor, children included."""
    memory_mb: float
    """The most memory that was resident."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The regular files of `Program.fetch` that the run left, up to a few megabytes in all."""
    starved: float = 0.0
    """Seconds for which the machine kept the program waiting for a processor."""
    compiled: ExecResult | None = None
    """The result of the compiler, if the language has one."""

    @property
    def succeeded(self) -> bool:
        """True if the program was not stopped and its exit code is 0."""
        return self.ended is Ended.EXITED and self.exit_code == 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or a method of `Solution`, to be called with these arguments."""

    name: str
    arguments: Sequence[Any] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Returned:
    """The result of a call: a value of exact builtin types, or the reason why there is none."""

    value: Any = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Tests that have to run as code; `inside.judge.run` explains the fields."""

    tests: Sequence[str]
    style: str
    """`statements`: each text is a test; `check`: it defines `check(candidate)`; `functions`: a test file."""
    entry_point: str | None = None
    """The function that is tested; `*` for the last one that the program defines."""
    setup: str = ""
    prelude: str = ""
    before: Sequence[str] = ()
    """For `statements`: the code before each test; it runs also if its test is not to run again."""
    target: str = ""
    """A name of a builtin that the program has to define; empty if it need not."""
    files: bool = False
    """They write or read files: they share a directory with the program."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's verdict: for each test the reason why it failed, empty if it passed."""

    outcomes: Sequence[str] = ()
    unsupported: str | None = None
    """The reason why these tests can't be judged from another process; then there are no outcomes."""
    is_missing: bool = False
    """True if the tests are unsupported because a package is not installed here."""


class Session(Protocol):
    """One program, run as often as needed; runs share only the program itself."""

    def run(
        self,
        stdin: bytes,
        limits: Limits,
        arguments: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> ExecResult:
        """Run the program. Raises SandboxError if it could not be run through no fault of its own.

        `files` are those of this run alone, besides the program's own.
        """
        ...

    def call(
        self, calls: Sequence[Call], limits: Limits, *, total: float | None = None, prelude: bool = False
    ) -> list[Returned]:
        """Call functions of the program, in order; one that does not return costs the rest nothing.

        With `prelude` the program may take for granted what sites for coding problems import. The limits are
        those of each call; `total` is in seconds, for all together.
        """
        ...

    def judge(self, trial: Trial, limits: Limits, *, total: float | None = None) -> Verdict:
        """Let a second process test the program from outside. The limits are those of each test."""
        ...


class Sandbox(Protocol):
    """A sandbox in which programs run."""

    def session(self, program: Program, limits: Limits = ...) -> AbstractContextManager[Session]:
        """Make a program ready to run; a compiled language is compiled at the first run.

        Raises UnknownLanguageError for a language that is not known or has no compiler here.
        """
        ...
