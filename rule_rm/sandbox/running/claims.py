"""Find the statements of a test's code that claim something, and the tests in the code.

Every program passes a test that claims nothing, so such a test is invalid. The claims are found here in the
code, once for all programs. The process that runs the test checks that at least one claim was reached.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

TYPE = "_program_type"
CLASSES = "_program_classes"
"""The function of the judge that returns the type of an object, also of one of the program's."""
COUNT = "__claim__"
"""The function of the judge that counts a claim as reached."""
_SHOWING = ("print", "debug", "info", "warning", "error", "exception", "print_exc")
"""Functions that only show a text."""
_EVENTS = ("assertRaises", "assertWarns", "assertLogs", "assertNoLogs")
"""Methods of unittest that claim that something happens."""
_CONTEXTS = ("raises", "warns", "deprecated_call")
"""Names of pytest's context managers that fail unless something happens in them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module:
    """Return the tree of a text, which nobody changes. Raises ValueError if it is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"the test is not Python: {type(error).__name__}: {error}") from None


class Claims:
    """The claims of a text: its own, and those of the functions that it calls."""

    def __init__(self, tree: ast.Module) -> None:
        self._claiming: set[str] = set()
        every = list(statements(tree.body))
        functions = [one for one in every if isinstance(one, Function)]
        self._swallowed = {
            id(inner) for one in every if self._swallows(one) for inner in statements(_body(one))
        }
        """Statements whose failure is caught and leads to nothing."""
        while found := {
            one.name for one in functions if one.name not in self._claiming and self.has_claims(one.body)
        }:
            self._claiming |= found

    def has_claims(self, body: Iterable[ast.stmt]) -> bool:
        """Return whether one of the statements, or of those in it, claims something."""
        return any(map(self.is_claim, statements(body)))

    def is_claim(self, statement: ast.stmt) -> bool:
        """Return whether a statement itself claims something."""
        match statement:
            case ast.Assert(test=test):
                return id(statement) not in self._swallowed and not _always_holds(test)
            case ast.Raise(exc=exception):
                return exception is not None
            case ast.With(items=items) | ast.AsyncWith(items=items):
                return any(self._is_claiming(item.context_expr, contexts=True) for item in items)
            case ast.Expr(value=value) | ast.Assign(value=value) | ast.Return(value=ast.expr() as value):
                return any(
                    self._is_claiming(node, contexts=not isinstance(statement, ast.Assign))
                    for node in ast.walk(value)
                )
        return False

    def _swallows(self, statement: ast.stmt) -> bool:
        """Return whether a block ends a failed assertion in it, and nothing comes of that."""
        match statement:
            case ast.Try(handlers=handlers):
                caught = [one for one in handlers if one.type is None or _may_fail(one.type)]
                return bool(caught) and all(map(_is_idle, caught[0].body))
            case ast.With(items=items):
                calls = [item.context_expr for item in items if isinstance(item.context_expr, ast.Call)]
                return any(
                    last_name(one.func) == "suppress" and any(map(_may_fail, one.args)) for one in calls
                )
        return False

    def claiming_functions(self, tree: ast.Module) -> list[Function]:
        """Return the functions at the top level that claim something and that nothing in the text calls."""
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        return [
            one
            for one in tree.body
            if isinstance(one, Function) and one.name in self._claiming and one.name not in used
        ]

    def _is_claiming(self, node: ast.AST, *, contexts: bool) -> bool:
        if not isinstance(node, ast.Call):
            return False
        name = last_name(node.func)
        is_context = contexts and name in _CONTEXTS
        # A mock's `assert_called_with(1)` claims something, unittest's `assertEqual(1, 1)` does not.
        is_comparing = name.startswith("assert") and name[6:7].isupper() and not name.startswith(_EVENTS)
        if is_comparing and node.args and not any(map(_can_differ, node.args)):
            return False
        return is_context or name.startswith(("assert", "fail")) or name in self._claiming


def _always_holds(test: ast.expr) -> bool:
    """Return whether a condition holds with every program, by its form alone.

    >>> [_always_holds(ast.parse(one, mode="eval").body) for one in ("(f(2) == 4, 'no')", "4 == 4", "x == x")]
    [True, True, True]
    """
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=items) | ast.List(elts=items) if items:
            return True
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(map(_always_holds, parts))
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(map(_always_holds, parts))
        case ast.Compare(left=ast.Name(id=left), ops=[ast.Eq() | ast.Is()], comparators=[ast.Name(id=right)]):
            return left == right
    return not _can_differ(test)


def _can_differ(node: ast.expr) -> bool:
    """Return whether a value may depend on the program: it has a name, or a call."""
    return any(
        isinstance(one, ast.Call) or (isinstance(one, ast.Name) and not hasattr(builtins, one.id))
        for one in ast.walk(node)
    )


def _body(statement: ast.stmt) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(statement, "body", [])
    return body


def _may_fail(kinds: ast.expr) -> bool:
    """Return whether an `except` of these classes catches a failed assertion."""
    names = {last_name(one) for one in ast.walk(kinds) if isinstance(one, ast.Name | ast.Attribute)}
    return bool(names & {"AssertionError", "Exception", "BaseException"})


def _is_idle(statement: ast.stmt) -> bool:
    """Return whether a statement only passes, or shows something."""
    match statement:
        case ast.Pass() | ast.Continue() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=function)):
            return last_name(function) in _SHOWING
    return False


def last_name(function: ast.expr) -> str:
    """Return the last part of a dotted name; an empty string for any other expression."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


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


def statements(nodes: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Yield statements with all that they hold, of a block or of the handlers and cases in it."""
    for node in nodes:
        if isinstance(node, ast.stmt):
            yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, None)
            if inner:
                yield from statements(inner)


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


def is_main_guard(statement: ast.stmt) -> bool:
    """Return whether it is `if __name__ == "__main__":`."""
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
    return False


def has_tests(tree: ast.Module) -> bool:
    """Return whether unittest or pytest would find tests here, or would under another class name."""
    return any(isinstance(one, Function) and one.name.startswith("test") for one in tree.body) or any(
        isinstance(one, ast.ClassDef) and (any(map(_is_test, one.body)) or _is_case(one))
        for one in ast.walk(tree)
    )


def _is_case(kind: ast.ClassDef) -> bool:
    """Return whether a class is unittest's by its base: its tests may be added to it later."""
    return any(last_name(base) == "TestCase" for base in kind.bases)


def _is_test(statement: ast.stmt) -> bool:
    return isinstance(statement, Function) and (
        statement.name.startswith("test") or statement.name == "runTest"
    )


def described(tree: ast.Module) -> str:
    """Return the names of a text's top level, for the person who has to mend it.

    >>> described(ast.parse("import math\\ndef helper(): pass\\nprint(f(1))"))
    'found import, def helper, Expr'
    """
    names = [_description(one) for one in tree.body]
    shown = ", ".join(dict.fromkeys(names[:8])) or "nothing"
    return f"found {shown}{', …' if len(names) > 8 else ''}"


def _description(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(statement, Function):
        return f"def {statement.name}"
    if isinstance(statement, ast.ClassDef):
        return f"class {statement.name}"
    return type(statement).__name__
