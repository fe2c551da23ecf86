"""The judge of the tests that have to run as code: asserts, HumanEval's `check`, test functions.

The test runs here, in a process of its own that is confined like any other; what it tests runs in another.
Names that the test leaves undefined are proxies: a call sends arguments and gets data back. The verdict is
this process's alone, written where the program has no descriptor.

A program never supplies a builtin, or a name that the test or the prompt has; what it could do to a test by
what it returns or raises is kept out by `channel`.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import os
import sys
import types
import unittest
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.channel import Channel, RemoteError, Unsupported

ERROR_LIMIT = 400
_MODULES_OF_SOLUTIONS = ("solution", "program", "candidate")


def run(instructions: str, channel: int, verdict: int) -> None:
    """Judge the program at the other end of `channel`; write the verdict as JSON; end the process.

    `instructions`: `tests`, a list of texts; `setup`, run before them; `prelude`, trusted helpers that hide
    the program's own; `entry_point` or none; `style`: "statements", "check" or "functions".
    The verdict: `outcomes`, one text for each test, empty if it passed; or `unsupported`, with the reason.
    """
    outcome: dict[str, Any]
    order = json.loads(instructions)
    try:
        outcome = {"outcomes": _judge(order, Channel(channel, _needs_echo(order)))}
    except Unsupported as reason:
        outcome = {"unsupported": str(reason)}
    except RemoteError as error:
        outcome = {"outcomes": [_described(error)] * max(1, len(order["tests"]))}
    payload = json.dumps(outcome).encode()
    os.ftruncate(verdict, 0)
    os.pwrite(verdict, payload, 0)
    os._exit(0)


def _judge(order: dict[str, Any], channel: Channel) -> list[str]:
    defined = channel.names()
    entry_point = order.get("entry_point")
    if entry_point and entry_point not in defined:
        raise RemoteError(f"the program defines no {entry_point}")
    namespace: dict[str, Any] = {"__name__": "judge", "__builtins__": builtins}
    sources = [order.get("setup") or "", *order["tests"]]
    try:
        _execute(order.get("prelude") or "", namespace)
        wanted = _undefined("\n".join(sources)) - set(namespace)
        for name in defined:
            if name in wanted or name == entry_point:
                namespace[name] = channel.proxy(name)
        _stand_in_for_modules(defined, wanted, channel)
        if entry_point:
            namespace.setdefault("candidate", namespace[entry_point])
        _execute(sources[0], namespace)
    except (RemoteError, Unsupported):
        raise
    except Exception as error:  # noqa: BLE001 - the test's own preparation, unless the program raised it
        if channel.has_raised or _is_missed_in_the_program(error):
            raise RemoteError(f"the test's setup fails: {_described(error)}") from None
        raise Unsupported(f"the test's setup fails: {_described(error)}") from None
    style = {"statements": _statements, "check": _check, "functions": _functions}[order["style"]]
    outcomes = style(order["tests"], namespace)
    if channel.unsupported is not None:
        raise Unsupported(channel.unsupported)
    return outcomes


def _statements(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    return [_outcome(lambda test=test: _execute(test, namespace)) for test in tests]  # type: ignore[misc]


def _check(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    def run_check(test: str) -> None:
        _execute(test, namespace)
        check = namespace.get("check")
        if not callable(check):
            raise Unsupported("the test defines no check function")
        check(namespace["candidate"])

    return [_outcome(lambda test=test: run_check(test)) for test in tests]  # type: ignore[misc]


def _functions(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    """The test functions and classes of test files, in their order; each is one test."""
    for test in tests:
        failed = _outcome(lambda test=test: _execute(test, namespace))  # type: ignore[misc]
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
    return [_outcome(lambda given=given: function(**given)) for given in sets]  # type: ignore[misc]


def _outcome(test: Callable[[], object]) -> str:
    """Why a test fails, or nothing if it passes: it passes only by returning."""
    try:
        test()
    except Unsupported:
        raise
    except ImportError as error:
        if _is_missed_in_the_program(error):
            return _described(error)
        raise Unsupported(f"the test needs what the sandbox's Python has not: {error}") from None
    except BaseException as error:  # noqa: BLE001 - a test that ends in any other way has not passed
        return _described(error)
    return ""


def _is_missed_in_the_program(error: BaseException) -> bool:
    """True if a test imports from the program what it does not define, which is no fault of the test's."""
    return isinstance(error, ImportError) and error.name in _MODULES_OF_SOLUTIONS


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:ERROR_LIMIT]


def _execute(source: str, namespace: dict[str, Any]) -> None:
    exec(compile(source, "test.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - trusted, and confined


def _stand_in_for_modules(defined: list[str], wanted: set[str], channel: Channel) -> None:
    """`from solution import f` finds the proxies, under the names that test files use for the program.

    `import *` brings only what the test leaves undefined, lest a program's own `sorted` hides the builtin.
    """
    for module_name in _MODULES_OF_SOLUTIONS:
        module = types.ModuleType(module_name)
        module.__dict__["__all__"] = [name for name in defined if name in wanted]
        for name in defined:
            setattr(module, name, channel.proxy(name))
        sys.modules[module_name] = module


def _undefined(source: str) -> set[str]:
    """The names that a text uses and nothing in it defines; builtins count as defined."""
    used: set[str] = set()
    bound = set(dir(builtins))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return used - bound


def _needs_echo(order: dict[str, Any]) -> bool:
    """True if the test passes a variable to a call, and so could look afterwards what became of it."""
    try:
        nodes = [node for text in order["tests"] for node in ast.walk(ast.parse(text))]
    except SyntaxError:
        return True
    return any(
        isinstance(node, ast.Call) and any(isinstance(argument, ast.Name) for argument in node.args)
        for node in nodes
    )
