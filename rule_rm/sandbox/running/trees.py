"""Read the text of a test as a tree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=64)
def parsed(text: str) -> ast.Module:
    """Return the tree of a text, which nobody changes. Raises ValueError if it is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"the test is not Python: {type(error).__name__}: {error}") from None


def last_name(function: ast.expr) -> str:
    """Return the last part of a dotted name; an empty string for any other expression."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def statements(nodes: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    """Yield statements with all that they hold, of a block or of the handlers and cases in it."""
    for node in nodes:
        if isinstance(node, ast.stmt):
            yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, None)
            if inner:
                yield from statements(inner)
