"""What tests that run as code need of the program, read from their text by whoever trusts them.

It is found out here, once for all programs that are put to the same tests, and not by each judge anew.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rule_rm.sandbox.running.execution import Trial


class Needs(NamedTuple):
    """What a judge has to know of its tests before it runs them."""

    names: list[str]
    """What they use and leave undefined: all that the program may supply."""
    echo: bool
    """They pass variables to calls, and so could look afterwards what became of them."""


def needs(trial: Trial) -> Needs:
    """Raises ValueError for tests that can't be parsed."""
    return _needs(trial.setup, *trial.tests)


@lru_cache(maxsize=256)
def _needs(*texts: str) -> Needs:
    try:
        nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None
    return Needs(sorted(_undefined(nodes)), any(map(_passes_variable, nodes)))


def _undefined(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are used and that nothing defines; builtins count as defined."""
    used: set[str] = set()
    bound = set(dir(builtins))
    for node in nodes:
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


def _passes_variable(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(isinstance(argument, ast.Name) for argument in node.args)
