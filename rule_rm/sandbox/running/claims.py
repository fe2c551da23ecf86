"""Find the statements of a test's code that claim something, and the tests in the code.

Every program passes a test that claims nothing, so such a test is invalid. The claims are found here in the
code, once for all programs. The process that runs the test checks that at least one claim was reached.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from rule_rm.sandbox.running.certain import Certain, can_differ
from rule_rm.sandbox.running.swallowed import Swallowed, is_met_anyway
from rule_rm.sandbox.running.trees import Function, last_name, statements

_EVENTS = ("assertRaises", "assertWarns", "assertLogs", "assertNoLogs")
"""Methods of unittest that claim that something happens."""
_CONTEXTS = ("raises", "warns", "deprecated_call")
"""Names of pytest's context managers that fail unless something happens in them."""


class Claims:
    """The claims of a text: its own, and those of the functions that it calls."""

    def __init__(self, tree: ast.Module) -> None:
        self._claiming: set[str] = set()
        self._certain = Certain(tree)
        self._swallowed = Swallowed(tree)
        functions = [one for one in statements(tree.body) if isinstance(one, Function)]
        while found := {
            one.name for one in functions if one.name not in self._claiming and self.has_claims(one.body)
        }:
            self._claiming |= found

    def has_claims(self, body: Iterable[ast.stmt]) -> bool:
        """Return whether one of the statements, or of those in it, claims something."""
        return any(map(self.is_claim, statements(body)))

    def is_claim(self, statement: ast.stmt) -> bool:
        """Return whether a statement itself claims something."""
        if statement in self._swallowed:
            return False
        match statement:
            case ast.Assert(test=test):
                return not self._certain.holds(test)
            case ast.Raise(exc=exception):
                return exception is not None
            case ast.With(items=items) | ast.AsyncWith(items=items):
                return not is_met_anyway(statement) and any(
                    self._is_claiming(item.context_expr, contexts=True) for item in items
                )
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
        # A mock's `assert_called_with(1)` claims something, unittest's `assertEqual(1, 1)` does not.
        is_comparing = name.startswith("assert") and name[6:7].isupper() and not name.startswith(_EVENTS)
        if is_comparing and node.args and not any(map(can_differ, node.args)):
            return False
        if name == "assertTrue" and node.args and self._certain.holds(node.args[0]):
            return False
        return is_context or name.startswith(("assert", "fail")) or name in self._claiming


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
