"""The tests of unittest's classes, run one by one without its runner."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.test_files.found import Found, Test
from rule_rm.sandbox.inside.test_files.outcomes import (
    ERROR_LIMIT,
    Missing,
    Unsupported,
    is_missing_here,
    outcome_of,
)

_RUNTIME = "runTest"


class Cases:
    """The tests of one TestCase."""

    def __init__(
        self, kind: type[unittest.TestCase], namespace: dict[str, Any], asked: Callable[[], int]
    ) -> None:
        """`asked` counts the questions to the program."""
        self._kind = kind
        self._namespace = namespace
        self._asked = asked
        self._failure: str | None = None
        self._left = 0

    def tests(self) -> list[Test]:
        """Return its tests, the class's own preparation done before the first of them."""
        names = unittest.defaultTestLoader.getTestCaseNames(self._kind)
        if not names and hasattr(self._kind, _RUNTIME):
            names = [_RUNTIME]
        self._left = len(names)
        return [lambda name=name: self._run(name) for name in names]  # type: ignore[misc]

    def _run(self, name: str) -> Found:
        if self._failure is None:
            self._failure = outcome_of(self._set_up)
        self._left -= 1
        if self._failure:
            return Found(self._failure)
        asked = self._asked()
        result = unittest.TestResult()
        test = self._kind(name)
        # The runner lets an interrupt of the keyboard end it.
        ended = outcome_of(lambda: _Unsupporting(test).run(result))
        if ended:
            return Found(ended)
        if not self._left:
            outcome_of(self._tear_down)
        return self._found(name, result, asked)

    def _set_up(self) -> None:
        for name in ("setUpModule",):
            if name in self._namespace:
                self._namespace[name]()
        self._kind.setUpClass()

    def _tear_down(self) -> None:
        self._kind.tearDownClass()
        self._kind.doClassCleanups()

    def _found(self, name: str, result: unittest.TestResult, asked: int) -> Found:
        bad = [*result.errors, *result.failures]
        if bad:
            lines = bad[0][1].strip().splitlines()
            return Found((lines[-1] if lines else "failed")[:ERROR_LIMIT] or "failed")
        if result.skipped:
            marked = [self._kind, getattr(self._kind, name)]
            how = (
                "skipped"
                if any(getattr(one, "__unittest_skip__", False) for one in marked)
                else "it skips itself"
            )
            return Found(f"{how}: {result.skipped[0][1]}"[:ERROR_LIMIT], self._asked() == asked)
        if result.expectedFailures:
            return Found("it fails, as it is expected to", may_be_left_out=True)
        return Found("" if result.testsRun else "it was not run")


class _Unsupporting:
    """Runs a test of unittest's, which takes every exception for a failure of the test."""

    def __init__(self, test: unittest.TestCase) -> None:
        self._test = test
        self._raised: list[Unsupported] = []

    def run(self, result: unittest.TestResult) -> None:
        """Run it. Raises Unsupported if that exception ended it."""
        method = getattr(self._test, self._test._testMethodName)

        def noting(*arguments: Any, **keywords: Any) -> Any:
            try:
                try:
                    return method(*arguments, **keywords)
                except ImportError as error:
                    if not is_missing_here(error):
                        raise
                    raise Missing(f"the test needs what the sandbox's Python has not: {error}") from None
            except Unsupported as reason:
                self._raised.append(reason)
                raise

        if not inspect.iscoroutinefunction(method):
            noting.__dict__.update(method.__func__.__dict__)
            setattr(self._test, self._test._testMethodName, noting)
        self._test.run(result)
        if self._raised:
            raise self._raised[0]
