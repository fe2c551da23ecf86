"""Test files, without their runner: test functions with their parameters, and test classes."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.channel import Unsupported
from rule_rm.sandbox.inside.outcomes import ERROR_LIMIT, execute, outcome_of


def run_functions(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    """The outcomes of the functions and classes of test files, in their order; each is one test."""
    for test in tests:
        failed = outcome_of(lambda test=test: execute(test, namespace))  # type: ignore[misc]
        if failed:
            return [failed]
    found: list[str] = []
    for name, value in list(namespace.items()):
        if inspect.isclass(value) and issubclass(value, unittest.TestCase):
            found += _test_case(value)
        elif inspect.isclass(value) and name.startswith("Test"):
            found += [
                outcome
                for method in dir(value)
                if method.startswith("test")
                for outcome in _test_function(getattr(value(), method))
            ]
        elif name.startswith("test") and inspect.isfunction(value):
            found += _test_function(value)
    if not found:
        raise Unsupported("the test file has no test functions")
    return found


def _test_case(test_case: type[unittest.TestCase]) -> list[str]:
    found = []
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(test_case):
        result = unittest.TestResult()
        unittest.TestSuite([test]).run(result)
        bad = [*result.errors, *result.failures]
        skipped = "skipped" if result.skipped or result.expectedFailures or not result.testsRun else ""
        found.append(bad[0][1].strip().rpartition("\n")[2][:ERROR_LIMIT] or "failed" if bad else skipped)
    return found


def _test_function(function: Callable[..., Any]) -> list[str]:
    """The outcomes of a test function, one for each set of its parameters. Fixtures are not supplied."""
    sets: list[dict[str, Any]] = [{}]
    for mark in getattr(function, "pytestmark", ()):
        if mark.name != "parametrize":
            raise Unsupported(f"the mark {mark.name!r} needs the test runner itself")
        names = mark.args[0]
        names = [part.strip() for part in names.split(",")] if isinstance(names, str) else list(names)
        rows = [getattr(row, "values", row) for row in mark.args[1]]
        rows = [row if len(names) > 1 or type(row).__name__ == "ParameterSet" else (row,) for row in rows]
        sets = [{**known, **dict(zip(names, row, strict=True))} for known in sets for row in rows]
    given_names = set(sets[0] if sets else {})
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is parameter.empty and parameter.name not in given_names:
            raise Unsupported(f"the fixture {parameter.name!r} needs the test runner itself")
    return [outcome_of(lambda given=given: function(**given)) for given in sets]  # type: ignore[misc]
