"""Whether two solutions of a row behave alike, as far as many calls show.

The calls are those of the row's tests, and others with arguments near theirs: close numbers, parts of texts
and lists, empty ones.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rule_rm.sandbox.grading.grade import assembled
from rule_rm.sandbox.grading.suites import CallSuite, CodeSuite, Parts, Suite
from rule_rm.sandbox.inside.data.values import UnencodableError
from rule_rm.sandbox.running.execution import Call, Limits, Program, Returned, Sandbox
from rule_rm.sandbox.running.languages import PYTHON
from rule_rm.sandbox.running.trees import parsed

CALLS = 100
"""Calls by which two solutions are compared."""
_WALL = 1.0
_TOTAL = 10.0


class Behaviour:
    """The results of a reference solution, with which others are compared."""

    def __init__(self, sandbox: Sandbox, suite: Suite, reference: str) -> None:
        """Call the reference solution; a suite without calls of plain arguments shows nothing."""
        self._sandbox = sandbox
        self._suite = suite
        self._calls = list(varied(examples(suite), CALLS))
        self._expected = self._results(reference) if self._calls else []

    def is_that_of(self, code: str) -> bool:
        """Return whether a program returns the same in all calls, and the reference a value in some."""
        if not any(one.error is None for one in self._expected):
            return False
        return all(map(_are_alike, self._expected, self._results(code)))

    def _results(self, code: str) -> list[Returned]:
        suite = self._suite
        whole = assembled(code, suite) if isinstance(suite, CallSuite | CodeSuite) else code
        with self._sandbox.session(Program(whole, PYTHON)) as session:
            return session.call(self._calls, Limits(wall=_WALL), total=_TOTAL)


def _are_alike(one: Returned, other: Returned) -> bool:
    if one.error is not None or other.error is not None:
        return one.error is not None and other.error is not None
    return repr(one.value) == repr(other.value)


def examples(suite: Suite) -> list[Call]:
    """Return the calls of plain arguments that a row's tests make.

    >>> from rule_rm.sandbox.grading.formats import read_tests
    >>> examples(read_tests(["assert f(1, [2]) == 3"]))[0].arguments
    [1, [2]]
    """
    if isinstance(suite, Parts):
        return [call for part in suite.suites for call in examples(part)]
    if isinstance(suite, CallSuite):
        return [test.call for test in suite.tests]
    if not isinstance(suite, CodeSuite) or not suite.trial.entry_point:
        return []
    return [call for text in suite.trial.tests for call in _written(text, suite.trial.entry_point)]


def _written(text: str, entry_point: str) -> Iterator[Call]:
    for node in ast.walk(parsed(text)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                if name in (entry_point, "candidate"):
                    try:
                        yield Call(entry_point, [ast.literal_eval(one) for one in arguments])
                    except ValueError:
                        continue


def varied(calls: Sequence[Call], number: int) -> Iterator[Call]:
    """Yield calls, and then as many with other arguments as make up the number; the same each time."""
    yield from calls[:number]
    chance = random.Random(0)  # noqa: S311 - it is to be the same each time
    for _ in range(number - len(calls) if calls else 0):
        call = chance.choice(calls)
        try:
            yield Call(call.name, [_changed(one, chance) for one in call.arguments], call.keywords)
        except (UnencodableError, OverflowError):
            continue


def _changed(value: Any, chance: random.Random) -> Any:
    """Return a value of the same type, near the given one."""
    changes: list[Callable[[Any], Any]] = _CHANGES.get(type(value), [lambda one: one])
    found = chance.choice(changes)(value)
    if type(found) in (list, tuple) and found and chance.random() < 0.5:
        place = chance.randrange(len(found))
        items = [*found[:place], _changed(found[place], chance), *found[place + 1 :]]
        return items if type(found) is list else tuple(items)
    return found


_NUMBER: list[Callable[[Any], Any]] = [
    lambda one: one,
    lambda one: one + 1,
    lambda one: one - 1,
    lambda one: -one,
    lambda one: one * 2 + 1,
    lambda one: type(one)(0),
    lambda one: type(one)(7),
]
_SEQUENCE: list[Callable[[Any], Any]] = [
    lambda one: one,
    lambda one: one[:0],
    lambda one: one[:1],
    lambda one: one[::-1],
    lambda one: one + one,
    lambda one: one[1:],
    lambda one: one[:-1],
]
_CHANGES: dict[type, list[Callable[[Any], Any]]] = {
    bool: [lambda one: one, lambda one: not one],
    int: _NUMBER,
    float: _NUMBER,
    str: [*_SEQUENCE, str.swapcase, lambda one: one + " ", lambda one: one + "a1"],
    list: _SEQUENCE,
    tuple: [lambda one: one],
}
"""Ways to change a value, by its type; the number of a tuple's items has a meaning."""
