"""`code_tests`: run the program of a response against its tests.

The tests are the ground truth, in any of the usual formats. The program runs in the sandbox; expected outputs
and the verdict never enter its process. A program that fails earns 0. Unreadable tests, a sandbox that is
down and a missing compiler leave the rollout unscored.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rule_rm import sandbox
from rule_rm.errors import ConfigurationError, SandboxError
from rule_rm.registry import register
from rule_rm.sandbox.grading.checkers import HEADER
from rule_rm.sandbox.grading.compare import RULES
from rule_rm.sandbox.grading.formats import FormatError, read_tests
from rule_rm.sandbox.grading.grade import Grade, Grading, grade
from rule_rm.sandbox.grading.source import last_program
from rule_rm.sandbox.grading.suites import CodeSuite, Parts, StdioSuite, Suite
from rule_rm.sandbox.running.connection import patient
from rule_rm.sandbox.running.execution import Limits, Program, Sandbox
from rule_rm.sandbox.running.languages import LINT, PYTHON, UnknownLanguageError, canonical
from rule_rm.types import Rollout, Score, Status

_TIMEOUT = 100.0
"""Seconds for a rollout: for its runs, for their turn, and for waits of this machine's making."""
_PATIENCE = 30.0
"""Seconds for which the machine may keep a rollout's programs waiting before it is unscored."""
_SHOWN = 3
_MARKS = 400
"""Tests whose outcomes are reported one by one."""


def _check(
    *,
    timeout: float,
    total_timeout: float,
    memory_mb: int,
    compare: str,
    language: str,
    checker_include: str,
    **_: Any,
) -> None:
    if compare not in RULES:
        raise ConfigurationError(f"compare: there is no rule {compare!r}; there are {', '.join(RULES)}")
    if min(timeout, total_timeout, memory_mb) <= 0:
        raise ConfigurationError("timeout, total_timeout and memory_mb must be more than 0")
    if language:
        try:
            canonical(language)
        except UnknownLanguageError as error:
            raise ConfigurationError(f"language: {error}") from None
    if checker_include and not (Path(checker_include) / HEADER).is_file():
        raise ConfigurationError(f"checker_include: there is no {HEADER} in {checker_include}")


@register(
    "code_tests",
    summary="the share of its tests that the last fenced program passes",
    metrics=("passed", "total", "trusted", "findings"),
    timeout=_TIMEOUT,
    needs=("sandbox",),
    check=_check,
)
def code_tests(
    rollout: Rollout,
    *,
    all_or_nothing: bool = False,
    timeout: float = 6.0,
    total_timeout: float = 30.0,
    memory_mb: int = 1024,
    compare: str = "lines",
    language: str = "",
    checker_include: str = "",
    in_process: bool = False,
    lint: bool = False,
) -> Score:
    r"""Return the share of tests passed, 0 to 1; with `all_or_nothing` 1.0 for all of them, else 0.0.

    `timeout` is for one run, `total_timeout` for all, in seconds; what a problem says of its own limits comes
    first. `compare` is a rule of `sandbox.compare`; `language` is that of all programs, else each fence's.
    `checker_include` is the directory with the testlib.h that checkers in C++ include.
    Tests that can only run in the program's own process are unscored, unless `in_process` trusts it.
    `trusted` is 0 where that was done. With `lint`, `findings` is how many static checks of `ruff` the
    program fails; they earn nothing, and without `ruff` in the sandbox's Python the rollout is unscored.
    The explanation has a mark for each test, 1 or 0, and the reasons for the first that failed.

    >>> truth = {"inputs": ["1 2"], "outputs": ["3"]}
    >>> code_tests(Rollout("Add.", "It is a + b.", truth)).reward
    0.0
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there are no tests")
    try:
        suite = read_tests(rollout.ground_truth, rollout.prompt)
    except FormatError as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, str(error))
    try:
        wanted = _wanted(suite, language)
    except UnknownLanguageError as error:
        return Score.unscored(Status.UNAVAILABLE, str(error))
    source = last_program(rollout.response, wanted)
    if source is None:
        return _nothing("there is no complete fenced block of code")
    grading = Grading(
        Limits(wall=timeout, memory_mb=memory_mb),
        total_timeout,
        compare,
        all_or_nothing,
        checker_include,
        in_process,
    )
    try:
        chosen = canonical(language or _language_of(source.language))
        box = sandbox.default()
        findings = _findings(box, source.code) if lint and chosen == PYTHON else 0
        with patient(_PATIENCE):
            return _scored(grade(box, source.code, chosen, suite, grading), findings, all_or_nothing)
    except FormatError as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, str(error))
    except UnknownLanguageError as error:
        if language or (isinstance(suite, StdioSuite) and suite.language):
            return Score.unscored(Status.UNAVAILABLE, str(error))
        # The response has chosen a language that the prompt does not ask for.
        return _scored(Grade([str(error)] * _number(suite)), 0, all_or_nothing)
    except SandboxError as error:
        return Score.unscored(Status.UNAVAILABLE, str(error))


def _wanted(suite: Suite, language: str) -> list[str]:
    """Return the languages that a program is asked for in; none if any will do."""
    if isinstance(suite, Parts):
        return [name for part in suite.suites for name in _wanted(part, language)]
    if not isinstance(suite, StdioSuite):
        return [PYTHON]
    named = suite.language or language
    return [canonical(named)] if named else []


def _number(suite: Suite) -> int:
    if isinstance(suite, Parts):
        return sum(map(_number, suite.suites))
    return 1 if isinstance(suite, CodeSuite) else len(suite.tests)


def _language_of(fence: str) -> str:
    """Return the language that a fence names; Python where it names none that can be run, such as `text`."""
    try:
        return canonical(fence)
    except UnknownLanguageError:
        return PYTHON


def _nothing(explanation: str) -> Score:
    metrics = {"passed": 0.0, "total": 0.0, "trusted": 1.0, "findings": 0.0}
    return Score(0.0, Status.NO_ANSWER, None, explanation, metrics)


def _findings(box: Sandbox, code: str) -> int:
    """Return how many static checks a program fails, according to a tool that only reads it."""
    try:
        with box.session(Program(code, LINT)) as session:
            return session.run(b"", Limits(wall=10.0)).stdout.count(b"\n")
    except UnknownLanguageError as error:
        # The response can't choose this language; only we use it.
        raise SandboxError(str(error)) from None


def _scored(found: Grade, findings: int, all_or_nothing: bool) -> Score:
    share = found.passed / found.total
    failed = [f"test {number}: {why}" for number, why in enumerate(found.outcomes, 1) if why]
    marks = "".join("0" if why else "1" for why in found.outcomes[:_MARKS])
    more = "…" if found.total > _MARKS else ""
    explanation = "; ".join(
        [f"{found.passed} of {found.total} tests passed: {marks}{more}", *failed[:_SHOWN]]
    )
    return Score(
        float(share == 1.0) if all_or_nothing else share,
        explanation=explanation[:1000],
        metrics={
            "passed": found.passed,
            "total": found.total,
            "trusted": float(found.is_trusted),
            "findings": findings,
        },
    )
