"""Find the statements of a test's code that claim something, and the tests in the code.

Every program passes a test that claims nothing, so such a test is invalid. The claims are found here in the
code, once for all programs. The process that runs the test checks that at least one claim was reached.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Sequence

COUNT = "__claim__"
"""The function of the judge that counts a claim as reached."""
_CONTEXTS = ("raises", "warns", "deprecated_call")
"""Names of pytest's context managers that fail unless something happens in them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(text: str) -> ast.Module:
    """Return the tree of a text. Raises ValueError if it is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"the test is not Python: {type(error).__name__}: {error}") from None


class Claims:
    """The claims of a text: its own, and those of the functions that it calls."""

    def __init__(self, tree: ast.Module) -> None:
        self._claiming: set[str] = set()
        functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
        while found := {
            one.name for one in functions if one.name not in self._claiming and self.has_claims(one.body)
        }:
            self._claiming |= found

    def has_claims(self, statements: Iterable[ast.stmt]) -> bool:
        """Return whether one of the statements, or of those in it, claims something."""
        return any(
            self.is_claim(node)
            for statement in statements
            for node in ast.walk(statement)
            if isinstance(node, ast.stmt)
        )

    def is_claim(self, statement: ast.stmt) -> bool:
        """Return whether a statement claims something by itself."""
        match statement:
            case ast.Assert(test=test):
                return not isinstance(test, ast.Constant) or not test.value
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
        return is_context or name.startswith(("assert", "fail")) or name in self._claiming


def last_name(function: ast.expr) -> str:
    """Return the last part of a dotted name; an empty string for any other expression."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def counted(text: str) -> str:
    """Return the text with a call before each of its claims, by which the judge counts them.

    >>> print(counted("for i in range(3):\\n    assert f(i)"))
    for i in range(3):
        __claim__()
        assert f(i)
    """
    tree = copy.deepcopy(parsed(text))
    claims = Claims(tree)
    for node in ast.walk(tree):
        if isinstance(node, Function) and _may_not_be_reached(node):
            node.body.insert(0, _count())
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                setattr(node, field, list(_with_counts(statements, claims)))
    return ast.unparse(ast.fix_missing_locations(tree))


def _with_counts(statements: Sequence[ast.AST], claims: Claims) -> Iterable[ast.AST]:
    for statement in statements:
        if isinstance(statement, ast.stmt) and (claims.is_claim(statement) or _is_guarded_raise(statement)):
            yield _count()
        yield statement


def _count() -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(COUNT, ast.Load()), [], []))


def _may_not_be_reached(function: Function) -> bool:
    """Return whether a function marks a place that no right program gets to, as `assert False` does."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant))
        or (isinstance(node, ast.Call) and last_name(node.func) == "fail")
        for node in ast.walk(function)
    )


def _is_guarded_raise(statement: ast.stmt) -> bool:
    """Return whether it is `if f(1) != 2: raise …`: the condition is the claim, met if nothing is raised."""
    return isinstance(statement, ast.If) and any(isinstance(one, ast.Raise) for one in statement.body)


def is_main_guard(statement: ast.stmt) -> bool:
    """Return whether it is `if __name__ == "__main__":`."""
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
    return False


def has_tests(tree: ast.Module) -> bool:
    """Return whether unittest or pytest would find tests here, or would under another class name."""
    return any(isinstance(one, Function) and one.name.startswith("test") for one in tree.body) or any(
        isinstance(one, ast.ClassDef) and any(_is_test(inner) for inner in one.body) for one in ast.walk(tree)
    )


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
