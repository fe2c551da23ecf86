"""The judge of the tests that have to run as code: asserts, HumanEval's `check`, test functions.

The test runs here, in a separate process that is confined like any other. The program runs in another.
Names that the test leaves undefined are the program's: a call sends arguments and gets data back. The
verdict is this process's alone, written where the program has no descriptor, a line for each test when it
has ended.

A program never supplies a builtin, or a name that the test or the prompt defines. `channel` keeps its results
and exceptions from harming a test.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the enums of `signal` would cost every judge 0.1 ms
import builtins
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rule_rm.sandbox.inside.data import decoding, frames, twins
from rule_rm.sandbox.inside.judge_end.channel import Channel
from rule_rm.sandbox.inside.judge_end.patterns import Classes
from rule_rm.sandbox.inside.judge_end.reaching import Reach
from rule_rm.sandbox.inside.proxies.deriving import supering
from rule_rm.sandbox.inside.proxies.exceptions import RemoteError
from rule_rm.sandbox.inside.test_files import outcomes
from rule_rm.sandbox.inside.test_files.found import Found, Test, run_whole
from rule_rm.sandbox.inside.test_files.outcomes import (
    Missing,
    Unsupported,
    described,
    execute,
    is_absent,
    is_missed_in_the_program,
    is_missing_here,
    outcome_of,
)


def run(instructions: str, channel: int, verdict: int) -> int:
    """Judge the program at the other end of `channel`; return an exit status.

    `instructions` are a trial's fields and its needs, as an object in JSON, and `skip`: how many tests have
    been judged before. Lines of JSON go to `verdict`: `{"tests": how many}`; for each `[outcome, claims, may
    be left out]`; then `{"done": true}`, `{"lost": true}` if the program has ended before that, `{"failed":
    reason}` if the program is why no test can run, or `{"unsupported": reason}` if the tests can't be
    judged.
    """
    # If the program has ended, that is an error to read here, not the end of this process.
    _signal.signal(_signal.SIGPIPE, _signal.SIG_IGN)
    order = frames.parsed(instructions)
    names = (frozenset(order[kind]) for kind in ("classes", "capitalised"))
    connection = Channel(channel, order["echo"], *names)
    judge = _Judge(order, connection, lambda line: frames.send(verdict, line))
    try:
        frames.send(verdict, {"done": True} if judge.judge() else {"lost": True})
    except Unsupported as reason:
        frames.send(verdict, {"unsupported": str(reason), "missing": isinstance(reason, Missing)})
    except RemoteError as error:
        frames.send(verdict, {"failed": described(error)})
    return 0


class _Judge:
    """One trial of one program."""

    def __init__(self, order: dict[str, Any], channel: Channel, report: Callable[[Any], None]) -> None:
        self._order = order
        self._text = "\n".join([order["prelude"], order["setup"], *order["before"], *order["tests"]])
        self._channel = channel
        self._report = report
        self._claims = 0
        self._looks = 0
        self._has_values = False
        """The test uses a value of the program, which it need not ask for again."""
        self._namespace: dict[str, Any] = {
            "__name__": "judge",
            "__file__": str(Path("test.py").absolute()) if order["files"] else "test.py",
            "__builtins__": builtins,
            "__claim__": self._count,
            "_program_type": channel.type_of,
            "_program_classes": Classes(),
        }

    def _count(self) -> None:
        self._claims += 1

    def _may_depend_on_the_program(self) -> bool:
        """Return whether the program can be why something went wrong: it was asked, or shares files."""
        return bool(self._channel.exchanges or self._order["files"])

    def _asked(self) -> int:
        """Return a number that changes where the program may have had a part in what a test did."""
        self._looks += self._order["files"]
        return self._channel.exchanges + self._looks

    def judge(self) -> bool:
        """Report each test; return whether the program was there for all.

        Raises Unsupported, or RemoteError if the program is why there is none.
        """
        self._prepare()
        has_failed = False
        style = {"statements": self._statements, "check": self._check, "functions": self._functions}
        for number, test in enumerate(style[self._order["style"]]()):
            if number < self._order["skip"]:
                continue
            if self._channel.is_lost:
                return False
            claims = self._claims
            found = self._with_the_program(test())
            has_failed = has_failed or bool(found.outcome)
            self._report([found.outcome, self._claims - claims, found.may_be_left_out])
        if not (has_failed or self._order["skip"] or self._channel.exchanges or self._has_values):
            raise Unsupported("no test uses the program, so it says nothing about one")
        return True

    def _with_the_program(self, found: Found) -> Found:
        """Return the outcome of a test, which fails if the program has ended."""
        is_lost = self._channel.is_lost and not found.outcome
        return Found("the program has ended") if is_lost else found

    def _prepare(self) -> None:
        order, namespace = self._order, self._namespace
        decoding.with_numpy()
        twins.install(is_judge=True)
        outcomes.imported = frozenset(order["imports"])
        try:
            defined = self._channel.names()
        except RemoteError:
            missing = [name for name in order["imports"] if is_absent(name)]
            if missing:
                raise Missing(f"the test needs what the sandbox's Python has not: {missing[0]}") from None
            raise
        target = self._target(defined)
        try:
            self._begin(defined)
            wanted = set(order["names"]) - set(namespace)
            for name in sorted(wanted & set(defined)):
                namespace[name] = self._channel.named(name, defined[name])
                self._has_values = self._has_values or defined[name] != "f"
            if target:
                namespace[target] = self._channel.named(target, defined[target])
                namespace.setdefault("candidate", namespace[target])
            # The exchanges so far were the judge's own, not the test's use of the program.
            self._channel.exchanges = 0
            if order["setup"]:
                execute(order["setup"], namespace)
        except (RemoteError, Unsupported):
            raise
        except ImportError as error:
            if not is_missing_here(error):
                raise RemoteError(f"the test's setup fails: {described(error)}") from None
            raise Missing(f"the test needs what the sandbox's Python has not: {error}") from None
        except Exception as error:  # noqa: BLE001 - the test's own preparation, unless it has used the program
            missed = isinstance(error, NameError) and error.name in set(order["names"])
            if self._may_depend_on_the_program() or missed or is_missed_in_the_program(error):
                raise RemoteError(f"the test's setup fails: {described(error)}") from None
            raise Unsupported(f"the test's setup fails: {described(error)}") from None

    def _begin(self, defined: dict[str, Any]) -> None:
        """Connect to the program what the test may use besides its names, and run the prompt's own code."""
        if self._order["reaches"]:
            Reach(self._order, self._text, self._channel, self._namespace).connect(defined)
        if "super(" in self._text:
            self._namespace["super"] = supering(self._channel)
        if "subclass" in self._text.lower():
            from rule_rm.sandbox.inside.judge_end import subclasses

            subclasses.install()
        if self._order["prelude"]:
            execute(self._order["prelude"], self._namespace)

    def _target(self, defined: dict[str, Any]) -> str:
        """Return the name of the tested function, if there is one. Raises RemoteError if it is missing."""
        entry_point = self._order["entry_point"] or self._order["target"]
        if entry_point == "*":
            functions = [name for name, kind in defined.items() if kind == "f"]
            if not functions:
                raise RemoteError("the program defines no function")
            return functions[-1]
        if entry_point and entry_point not in defined:
            raise RemoteError(f"the program defines no {entry_point}")
        return str(entry_point or "")

    def _statements(self) -> Iterator[Test]:
        self._report({"tests": len(self._order["tests"])})
        before = self._order["before"] or [""] * len(self._order["tests"])
        for prepares, test in zip(before, self._order["tests"], strict=True):
            failure = outcome_of(lambda text=prepares: execute(text, self._namespace)) if prepares else ""  # type: ignore[misc]
            yield lambda test=test, failure=failure: Found(  # type: ignore[misc]
                failure or outcome_of(lambda: execute(test, self._namespace))
            )

    def _check(self) -> Iterator[Test]:
        for test in self._order["tests"]:
            yield lambda test=test: Found(outcome_of(lambda: self._run_check(test)))  # type: ignore[misc]

    def _run_check(self, test: str) -> None:
        execute(test, self._namespace)
        check = self._namespace.get("check")
        if not callable(check):
            raise Unsupported("the test defines no check function")
        run_whole(check, self._namespace["candidate"])

    def _functions(self) -> Iterator[Test]:
        # Loading it earlier would make the forks of all other programs slower.
        from rule_rm.sandbox.inside.test_files.unit_tests import collected

        if "main(" in self._text and "unittest" in self._text:
            _run_nothing_by_itself()
        for test in self._order["tests"]:
            failed = outcome_of(lambda test=test: execute(test, self._namespace))  # type: ignore[misc]
            if failed:
                if not self._may_depend_on_the_program() and not _is_of_program(
                    failed, set(self._order["names"])
                ):
                    raise Unsupported(f"the test file can't be run: {failed}")
                raise RemoteError(failed)
        tests = collected(self._namespace, self._asked)
        if not tests:
            found = "the test file has no tests"
            raise RemoteError(found) if self._order["files"] else Unsupported(found)
        self._report({"tests": len(tests)})
        yield from tests


def _is_of_program(failure: str, names: set[str]) -> bool:
    """Return whether a file failed for a name that the program was to define."""
    return (
        "the program" in failure
        or failure.startswith("ImportError")
        or any(f"name '{name}'" in failure for name in names)
    )


def _run_nothing_by_itself() -> None:
    """Have `unittest.main()` at the end of a file do nothing: its tests are collected here, and it exits."""
    import unittest

    unittest.main = lambda *_, **__: None  # type: ignore[assignment]
