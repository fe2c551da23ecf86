"""Tests written as asserts. Plain ones become input and output; the rest goes to the judge.

`assert f(1, [2]) == 3` needs no code to run: call `f` with data, compare data. It is both cheaper and beyond
forging, so whatever is of that form is turned into it.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from rule_rm.sandbox.grading.suites import CallSuite, CallTest, CodeSuite
from rule_rm.sandbox.running.execution import Call, Trial

_REMEMBERED = 256
"""Texts that are read once for all the responses to one problem, which come one after another."""


def read(tests: list[str], setup: str) -> CallSuite | CodeSuite:
    """A list of asserts, each a test."""
    plain = [plain_assert(test) for test in tests] if not setup else []
    found = [one for one in plain if one is not None]
    if found and len(found) == len(tests):
        return CallSuite(found, is_python=True)
    return CodeSuite(Trial(tests, "statements", setup=setup))


def read_block(test: str) -> CallSuite | CodeSuite:
    """A text of asserts: each is a test; what else stands at its top level prepares them."""
    lines = ast.parse(test).body
    tests = [ast.unparse(one) for one in lines if isinstance(one, ast.Assert)]
    if not tests:
        return CodeSuite(Trial([test], "statements"))
    setup = "\n".join(ast.unparse(one) for one in lines if not isinstance(one, ast.Assert))
    return read(tests, setup)


def read_check(test: str, entry_point: str, prompt: str) -> CallSuite | CodeSuite:
    """A text that defines `check(candidate)`: one test."""
    plain = _plain_check(test, entry_point)
    if plain is not None:
        return CallSuite(plain, is_python=True, is_one_test=True, prompt=prompt, entry_point=entry_point)
    trial = Trial([test], "check", entry_point, prelude=helpers(prompt, entry_point))
    return CodeSuite(trial, prompt)


@lru_cache(maxsize=_REMEMBERED)
def helpers(prompt: str, entry_point: str) -> str:
    """What a prompt defines besides the function that is asked for: the test may use it, so it is trusted."""
    # A prompt may end in the head of a function whose body is asked for.
    for text in (prompt, prompt + "\n    pass"):
        try:
            body = ast.parse(text).body
            break
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
    else:
        return ""
    kept = [
        one for one in body if getattr(one, "name", None) != entry_point and not isinstance(one, ast.Expr)
    ]
    return "\n".join(map(ast.unparse, kept))


def plain_assert(test: str | ast.stmt, renamed: dict[str, str] | None = None) -> CallTest | None:
    """The call and the value of `assert f(literals) == literal`, or None for any other.

    >>> plain_assert("assert f(1, x=[2]) == {3}")
    CallTest(call=Call(name='f', arguments=[1], keywords={'x': [2]}), expected={3})
    """
    try:
        [statement] = ast.parse(test.strip()).body if isinstance(test, str) else [test]
    except (SyntaxError, ValueError):
        return None
    match statement:
        case ast.Assert(
            test=ast.Compare(
                left=ast.Call(func=ast.Name(id=name)) as call, ops=[ast.Eq()], comparators=[wanted]
            )
        ):
            pass
        case _:
            return None
    try:
        arguments = [_literal(one) for one in call.args]
        keywords = {one.arg: _literal(one.value) for one in call.keywords if one.arg is not None}
        expected = _literal(wanted)
    except ValueError:
        return None
    if len(keywords) != len(call.keywords):
        return None
    return CallTest(Call((renamed or {}).get(name, name), arguments, keywords), expected)


@lru_cache(maxsize=_REMEMBERED)
def _plain_check(test: str, entry_point: str) -> tuple[CallTest, ...] | None:
    """The asserts of a `check` that has nothing else in it but texts and a comparison of constants."""
    try:
        body = ast.parse(test).body
    except (SyntaxError, ValueError):
        return None
    checks = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == "check"]
    if len(checks) != 1 or len(checks[0].args.args) != 1:
        return None
    renamed = {checks[0].args.args[0].arg: entry_point}
    found = []
    for statement in checks[0].body:
        if isinstance(statement, (ast.Expr, ast.Pass)) or _is_true_already(statement):
            continue
        plain = plain_assert(statement, renamed)
        if plain is None or plain.call.name != entry_point:
            return None
        found.append(plain)
    return tuple(found) or None


def _is_true_already(statement: ast.stmt) -> bool:
    """`assert True, "…"`, which HumanEval's tests are full of."""
    return (
        isinstance(statement, ast.Assert)
        and isinstance(statement.test, ast.Constant)
        and bool(statement.test.value)
    )


def _literal(node: ast.expr) -> Any:
    """The value of a literal. Raises ValueError."""
    try:
        return ast.literal_eval(node)
    except (TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(str(error)) from None
