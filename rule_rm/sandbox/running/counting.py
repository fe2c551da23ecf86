"""Add to a test the calls by which its claims count themselves, and those that know the program's types."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import NamedTuple

from rule_rm.sandbox.running.claims import Claims
from rule_rm.sandbox.running.trees import Function, last_name, parsed, statements

TYPE = "_program_type"
"""The function of the judge that returns the type of an object, also of one of the program's."""
CLASSES = "_program_classes"
"""The object of the judge that has the classes of a pattern, also those of the program's, as attributes."""
COUNT = "__claim__"
"""The function of the judge that counts a claim as reached."""


def counted(text: str) -> str:
    """Return the text with a call before each of its claims, by which the judge counts them.

    >>> print(counted("for i in range(3):\\n    assert f(i)"))
    for i in range(3):
        __claim__();assert f(i)
    """
    tree = parsed(text)
    claims = Claims(tree)
    insertions: set[_Insertion] = set()
    for statement in statements(tree.body):
        if claims.is_claim(statement):
            insertions.add(_before(statement))
        elif isinstance(statement, ast.If) and _is_guarded_raise(statement):
            insertions.update(_around(statement.test))
        elif isinstance(statement, Function) and _may_not_be_reached(statement):
            insertions.add(_before(_after_docstring(statement)))
    if "type(" in text:
        insertions.update(_asking_for_types(tree))
    if "match " in text:
        insertions.update(_asking_for_classes(tree))
    return _inserted(text, insertions) if insertions else text


def _after_docstring(function: Function) -> ast.stmt:
    """Return the first statement before which a call leaves the docstring where it is."""
    return (
        function.body[1]
        if ast.get_docstring(function) is not None and function.body[1:]
        else function.body[0]
    )


def _asking_for_classes(tree: ast.Module) -> Iterator[_Insertion]:
    """Yield what makes `case Point(x=0)` a pattern of the judge's, which knows the program's classes."""
    for node in ast.walk(tree):
        match node:
            case ast.MatchClass(cls=ast.Name(id=name) as kind) if not hasattr(builtins, name):
                yield _Insertion(kind.lineno, kind.col_offset, f"{CLASSES}.".encode())


def _asking_for_types(tree: ast.Module) -> Iterator[_Insertion]:
    """Yield what makes `type(x)` a call of the judge's, which knows the types of the program's objects."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="type") as name, args=[argument], keywords=[]):
                if not isinstance(argument, ast.Starred):
                    yield _Insertion(name.lineno, name.col_offset, TYPE[: -len("type")].encode())


class _Insertion(NamedTuple):
    """A piece of code that is added to a text."""

    line: int
    column: int
    """Bytes of the line before it."""
    code: bytes
    has_own_line: bool = False
    """A line of the same indentation as the line that it precedes."""


_CALL = f"{COUNT}()".encode()


def _before(statement: ast.stmt) -> _Insertion:
    if hasattr(statement, "body") or hasattr(statement, "cases"):
        # A compound statement begins a line.
        first = [*getattr(statement, "decorator_list", ()), statement][0]
        return _Insertion(first.lineno, statement.col_offset, _CALL, has_own_line=True)
    return _Insertion(statement.lineno, statement.col_offset, _CALL + b";")


def _around(condition: ast.expr) -> Iterator[_Insertion]:
    """Yield the insertions by which a condition counts itself: before an `elif` no statement can be."""
    yield _Insertion(condition.lineno, condition.col_offset, _CALL + b" or (")
    yield _Insertion(condition.end_lineno or 0, condition.end_col_offset or 0, b")")


def _inserted(text: str, insertions: set[_Insertion]) -> str:
    lines = text.encode().splitlines(keepends=True)
    for line, column, code, has_own_line in sorted(insertions, reverse=True):
        before, after = lines[line - 1][:column], lines[line - 1][column:]
        lines[line - 1] = before + code + (b"\n" + before if has_own_line else b"") + after
    return b"".join(lines).decode()


def _may_not_be_reached(function: Function) -> bool:
    """Return whether a function marks a place that no right program gets to, as `assert False` does."""
    return any(
        isinstance(one, ast.Raise)
        or (isinstance(one, ast.Assert) and isinstance(one.test, ast.Constant))
        or (isinstance(one, ast.Expr) and any(map(_fails, ast.walk(one.value))))
        for one in statements(function.body)
    )


def _fails(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) == "fail"


def _is_guarded_raise(statement: ast.If) -> bool:
    """Return whether it is `if f(1) != 2: raise …`: the condition is the claim, met if nothing is raised."""
    return any(isinstance(one, ast.Raise) for one in statement.body)
