"""Test files, without their runner: tests are found as unittest and pytest find them, and run one by one."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import types
import unittest
from collections.abc import Callable
from typing import Any, NamedTuple

from rule_rm.sandbox.inside.test_files import supplied, unittest_cases
from rule_rm.sandbox.inside.test_files.found import Found, Test, run_whole
from rule_rm.sandbox.inside.test_files.marks import is_named, listed, may_fail, parameters, skipping
from rule_rm.sandbox.inside.test_files.outcomes import Unsupported, outcome_of
from rule_rm.sandbox.inside.test_files.pytest_stand_in import Fixture, Skipped

_BEFORE = ("setup_method", "setup")
_AFTER = ("teardown_method", "teardown")


def collected(namespace: dict[str, Any], asked: Callable[[], int]) -> list[Test]:
    """Return the tests of a file that was run, in its order. `asked` counts the questions to the program."""
    module = _Module(namespace, asked)
    return module.tests(lambda name: name.startswith("Test")) or module.tests(lambda name: True)


class _Node(NamedTuple):
    """The test, as a fixture can ask for it."""

    name: str


class _Request:
    """The value of the fixture `request`."""

    def __init__(
        self, stack: contextlib.ExitStack, function: Any, one: Any, supply: Callable[[str], Any]
    ) -> None:
        """`supply` returns the value of a fixture; `one` is the instance that has the test, if any."""
        self._stack = stack
        self.getfixturevalue = supply
        self.function = function
        self.instance = one
        self.cls = None if one is None else type(one)
        self.node = _Node(getattr(function, "__name__", ""))

    def addfinalizer(self, function: Callable[[], Any]) -> None:
        """Call a function when the test has ended."""
        self._stack.callback(function)

    def for_fixture(self, param: Any) -> _Request:
        """Return the value for a fixture that has a parameter."""
        made = _Request(self._stack, self.function, self.instance, self.getfixturevalue)
        made.param = param  # type: ignore[attr-defined]
        return made


class _Module:
    """A test file."""

    def __init__(self, namespace: dict[str, Any], asked: Callable[[], int]) -> None:
        self._namespace = namespace
        self._asked = asked
        own = {one.name: one for one in namespace.values() if isinstance(one, Fixture)}
        self._fixtures = {**supplied.FIXTURES, **own}
        self._kept: dict[tuple[str, Any], Any] = {}
        self._marks = listed(namespace.get("pytestmark", ()))
        self._is_free = not asked()
        """The file's marks were made without the program: a skip by one is not the program's choice."""

    def tests(self, is_class: Callable[[str], bool]) -> list[Test]:
        """Return the tests; of plain classes only if their name is right."""
        found: list[Test] = []
        for name, value in list(self._namespace.items()):
            if inspect.isclass(value):
                found += self._of_class(name, value, is_class)
            elif name.startswith("test") and isinstance(value, types.FunctionType):
                found += self._of_function(value, None, ())
        return found

    def _of_class(self, name: str, kind: type, is_class: Callable[[str], bool]) -> list[Test]:
        if kind.__module__ != self._namespace["__name__"]:
            return []
        if issubclass(kind, unittest.TestCase):
            return unittest_cases.Cases(kind, self._namespace, self._asked).tests()
        found: list[Test] = []
        marks = listed(getattr(kind, "pytestmark", ()))
        for inner_name in dir(kind):
            value = inspect.getattr_static(kind, inner_name)
            if inspect.isclass(value) and not inner_name.startswith("__"):
                found += self._of_class(inner_name, value, is_class)
            elif inner_name.startswith("test") and is_class(name) and callable(getattr(kind, inner_name)):
                found += self._of_function(getattr(kind, inner_name), kind, marks, inner_name)
        return found

    def _of_function(
        self, function: Any, kind: type | None, marks: tuple[Any, ...], name: str = ""
    ) -> list[Test]:
        """Return the tests of a function, one for each set of parameters."""
        marks = (*self._marks, *marks, *getattr(function, "pytestmark", ()))
        tests: list[Test] = []
        for given, own, indirect in parameters(marks):
            for chosen in self._choices(function, kind, {**given, **indirect}, marks):
                tests.append(
                    lambda given=given, own=own, chosen={**chosen, **indirect}: self._run(  # type: ignore[misc]
                        function, kind, name, given, (*marks, *own), chosen
                    )
                )
        return tests

    def _choices(
        self, function: Any, kind: type | None, given: dict[str, Any], marks: tuple[Any, ...]
    ) -> list[dict[str, Any]]:
        """Return the values of `request.param` that fixtures with parameters are run with."""
        needed = self._needed(function, kind, given, marks)
        names = [name for name in needed if self._fixtures[name].params]
        rows = itertools.product(*(self._fixtures[name].params for name in names))
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _needed(
        self, function: Any, kind: type | None, given: dict[str, Any], marks: tuple[Any, ...]
    ) -> list[str]:
        """Return the fixtures that a test needs, those that others need first."""
        found: list[str] = []

        def visit(name: str) -> None:
            if name in self._fixtures and name not in given and name not in found:
                for inner in _wanted(self._fixtures[name].function):
                    visit(inner)
                found.append(name)

        in_reach = [one for one in self._namespace.values() if isinstance(one, Fixture)]
        if kind is not None:
            own = [getattr(kind, key) for key in dir(kind) if isinstance(getattr(kind, key, None), Fixture)]
            self._fixtures.update((one.name, one) for one in own if one.name not in self._fixtures)
            in_reach += own
        for fixture in in_reach:
            if fixture.autouse:
                visit(fixture.name)
        used = [name for mark in marks if is_named(mark, "usefixtures") for name in mark.args]
        for name in (*used, *_wanted(function)):
            visit(name)
        return found

    def _run(
        self,
        function: Any,
        kind: type | None,
        name: str,
        given: dict[str, Any],
        marks: tuple[Any, ...],
        chosen: dict[str, Any],
    ) -> Found:
        skipped = skipping(marks)
        if skipped:
            return Found("skipped", may_be_left_out=self._is_free or skipped == "skip")
        asked = self._asked()
        reasons: list[str] = []

        def whole() -> None:
            with contextlib.ExitStack() as stack:
                one = kind() if kind is not None else None
                test = getattr(one, name) if one is not None else function
                self._set_up(one, kind, test, stack)
                supplied: dict[str, Any] = {**given}

                def supply(name: str) -> Any:
                    if name not in supplied:
                        fixture = self._fixtures[name]
                        for inner in _wanted(fixture.function):
                            if inner in self._fixtures:
                                supply(inner)
                        supplied[name] = self._supply(fixture, one, supplied, chosen, stack)
                    return supplied[name]

                supplied["request"] = _Request(stack, test, one, supply)
                for needed in self._needed(function, kind, given, marks):
                    supply(needed)
                unknown = [key for key in _wanted(test) if key not in supplied]
                if unknown:
                    raise Unsupported(f"the fixture {unknown[0]!r} needs the test runner itself")
                wanted = {key: supplied[key] for key in _wanted(test)}
                run_whole(test, **{**wanted, **{key: given[key] for key in given if _takes(test, key)}})

        def guarded() -> None:
            try:
                whole()
            except Skipped as reason:
                reasons.append(f"it skips itself: {reason}")

        outcome = outcome_of(guarded)
        if reasons:
            return Found(reasons[0], may_be_left_out=self._asked() == asked)
        return Found(outcome, may_be_left_out=bool(outcome) and may_fail(marks))

    def _set_up(self, one: Any, kind: type | None, test: Any, stack: contextlib.ExitStack) -> None:
        if kind is None:
            _call_if_there(self._namespace, "setup_function", test)
            stack.callback(_call_if_there, self._namespace, "teardown_function", test)
        self._once(("module", ""), lambda: _call_if_there(self._namespace, "setup_module", None))
        if kind is not None:
            self._once(("class", kind), lambda: getattr(kind, "setup_class", lambda: None)())
            for name in _BEFORE:
                if hasattr(one, name):
                    _call(getattr(one, name), test)
                    break
            for name in _AFTER:
                if hasattr(one, name):
                    stack.callback(_call, getattr(one, name), test)

    def _once(self, key: tuple[str, Any], action: Callable[[], Any]) -> Any:
        if key not in self._kept:
            self._kept[key] = action()
        return self._kept[key]

    def _supply(
        self,
        fixture: Fixture,
        one: Any,
        supplied: dict[str, Any],
        chosen: dict[str, Any],
        stack: contextlib.ExitStack,
    ) -> Any:
        def made() -> Any:
            known = {**supplied, "request": supplied["request"].for_fixture(chosen.get(fixture.name))}
            given = {key: known[key] for key in _wanted(fixture.function) if key in known}
            function: Any = fixture.function
            returned = function(one, **given) if "self" in _wanted(function) else function(**given)
            if isinstance(returned, types.GeneratorType):
                value = next(returned)
                if fixture.scope == "function":
                    stack.callback(next, returned, None)
                return value
            if isinstance(returned, types.CoroutineType):
                import asyncio

                return asyncio.run(returned)
            return returned

        if fixture.scope == "function":
            return made()
        return self._once((fixture.name, chosen.get(fixture.name)), made)


def _wanted(function: Any) -> list[str]:
    """Return the parameters of a function that have no default."""
    found = [
        one.name
        for one in inspect.signature(function).parameters.values()
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    patches = getattr(function, "patchings", ())
    mocks = sum(not one.attribute_name and repr(one.new) == "sentinel.DEFAULT" for one in patches)
    # The decorators of `unittest.mock` supply the first ones.
    first = 1 if found[:1] == ["self"] else 0
    return found[:first] + found[first + mocks :]


def _takes(function: Any, name: str) -> bool:
    return name in inspect.signature(function).parameters


def _call(function: Any, test: Any) -> None:
    """Call a function that prepares a test, and pass the test if it takes an argument."""
    if _wanted(function):
        function(test)
    else:
        function()


def _call_if_there(namespace: dict[str, Any], name: str, test: Any) -> None:
    if name in namespace:
        _call(namespace[name], test)
