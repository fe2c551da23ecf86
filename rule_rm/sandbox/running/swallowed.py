"""Find the blocks of a test in which a failure is caught, and leads to nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rule_rm.sandbox.running.trees import last_name, statements

SHOWING = ("print", "debug", "info", "warning", "error", "exception", "print_exc")
"""Functions that only show a text."""
_NOTING = ("add", "append")
"""Methods by which a test notes a failure in a container."""
_RAISING = ("raises", "assertRaises", "assertRaisesRegex")
"""Contexts of pytest and unittest that fail unless something is raised in them."""
_EVERYTHING = frozenset({"BaseException"})
_BROAD = frozenset({"BaseException", "Exception"})


class Swallowed:
    """The statements of a text whose failure fails no test."""

    def __init__(self, tree: ast.Module) -> None:
        self._read = set(_read(tree))
        self._unheard: set[int] = set()
        for block in statements(tree.body):
            caught = self._caught(block)
            for inner in statements(getattr(block, "body", ())) if caught else ():
                if _raised(inner) & caught:
                    self._unheard.add(id(inner))

    def __contains__(self, statement: object) -> bool:
        return id(statement) in self._unheard

    def _caught(self, block: ast.stmt) -> frozenset[str]:
        """Return the names of the exceptions that end in a block, without any consequence."""
        match block:
            case ast.Try(handlers=handlers):
                found = frozenset[str]()
                for one in handlers:
                    if not all(map(self._is_idle, one.body)):
                        # It gets all exceptions that no handler before it catches.
                        break
                    found |= _EVERYTHING if one.type is None else _named(one.type)
                return found
            case ast.With(items=items) | ast.AsyncWith(items=items):
                calls = [item.context_expr for item in items if isinstance(item.context_expr, ast.Call)]
                kinds = [
                    kind
                    for one in calls
                    if last_name(one.func) in (*_RAISING, "suppress")
                    for kind in (one.args if last_name(one.func) == "suppress" else one.args[:1])
                ]
                return frozenset[str]().union(*map(_named, kinds))
        return frozenset()

    def _is_idle(self, statement: ast.stmt) -> bool:
        """Return whether a statement only passes, shows something, or notes what nothing reads."""
        match statement:
            case ast.Pass() | ast.Continue() | ast.Break() | ast.Expr(value=ast.Constant()):
                return True
            case ast.Return(value=None | ast.Constant(value=None)):
                return True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method))):
                return method in SHOWING or (method in _NOTING and name not in self._read)
            case ast.Expr(value=ast.Call(func=function)):
                return last_name(function) in SHOWING
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
                return name not in self._read
        return False


def is_met_anyway(block: ast.With | ast.AsyncWith) -> bool:
    """Return whether a block claims that something is raised in it, and raises something itself.

    >>> text = "with raises(Exception):\\n    assert f(1) == 2\\n    raise ValueError"
    >>> is_met_anyway(ast.parse(text).body[0]), is_met_anyway(ast.parse(text.replace("raise V", "f")).body[0])
    (True, False)
    """
    calls = [one.context_expr for one in block.items]
    # Of another context the test may be whether it lets an exception through.
    is_alone = all(isinstance(one, ast.Call) and last_name(one.func) in _RAISING for one in calls)
    return is_alone and _raises_anyway(block.body)


def _raises_anyway(body: list[ast.stmt]) -> bool:
    return any(map(_surely_raises, body)) or _raises_alone(body[-1])


def _surely_raises(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise():
            return True
        case ast.Assert(test=ast.Constant(value=value)):
            return not value
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="fail"))):
            return True
        case ast.Try(finalbody=[*_, last]):
            return _surely_raises(last)
    return False


def _raises_alone(last: ast.stmt) -> bool:
    """Return whether it is `1 / 0` or `int("x")`: it has no use at the end of such a block but to raise."""
    if not isinstance(last, ast.Expr | ast.Assign) or not isinstance(last.value, ast.BinOp | ast.Call):
        return False
    names = {one.id for one in ast.walk(last.value) if isinstance(one, ast.Name)}
    is_shown = isinstance(last.value, ast.Call) and last_name(last.value.func) in SHOWING
    return not is_shown and names <= {"int", "float", "next", "iter", "chr", "len"}


def _named(kinds: ast.expr) -> frozenset[str]:
    return frozenset(last_name(one) for one in ast.walk(kinds) if isinstance(one, ast.Name | ast.Attribute))


def _raised(statement: ast.stmt) -> frozenset[str]:
    """Return the names of exceptions under which a failure of a statement is caught."""
    match statement:
        case ast.Assert():
            return _BROAD | {"AssertionError"}
        case ast.Raise(exc=ast.expr() as raised):
            return _BROAD | {last_name(raised.func if isinstance(raised, ast.Call) else raised)}
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="pytest")))):
            # Its failures derive from BaseException alone.
            return _EVERYTHING
        case ast.Expr(value=ast.Call()):
            return _BROAD | {"AssertionError"}
    return frozenset()


def _read(tree: ast.Module) -> Iterator[str]:
    """Yield the names whose value matters: it is used otherwise than to be shown or to be added to."""
    idle: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=function) if last_name(function) in SHOWING:
                idle |= {id(inner) for inner in ast.walk(node)}
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as noted, attr=method))):
                if method in _NOTING:
                    idle.add(id(noted))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in idle:
            yield node.id
