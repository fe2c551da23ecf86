"""Find the objects that a test gives the program and that two processes can't share, in its text.

The test and the program take turns. So a program that waits for a thread of the test, which calls the
program, waits for ever.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator

from rule_rm.sandbox.grading.files import full_name, imported_names, root_of
from rule_rm.sandbox.running.trees import Function

_THREADS = ("threading.Thread", "threading.Timer")
_WEAK = "weakref"
_ZONES = ("datetime.tzinfo", "tzinfo")


def unshared(tree: ast.Module, targets: set[str]) -> Iterator[str]:
    """Yield the things in a test that it shares with the program, and that can't be shared.

    >>> text = "from threading import Thread\\nt = Thread(target=f)\\nassert run(t) == 1"
    >>> list(unshared(ast.parse(text), {"f", "run"}))
    ['it hands the program a thread that calls the program']
    >>> list(unshared(ast.parse(text), {"run"}))
    []
    """
    nodes = list(ast.walk(tree))
    imported = dict(imported_names(tree))
    for node in nodes:
        if isinstance(node, ast.ClassDef) and any(full_name(one, imported) in _ZONES for one in node.bases):
            yield f"its class {node.name} makes time zones, which only work in its own process"
    # Most tests have none of these.
    if any(module.partition(".")[0] in ("concurrent", "threading", _WEAK) for module in imported.values()):
        yield from _handed(nodes, imported, targets)


def _handed(nodes: list[ast.AST], imported: dict[str, str], targets: set[str]) -> Iterator[str]:
    ours = targets | set(
        _bound(nodes, lambda value: isinstance(value, ast.Call) and root_of(value) in targets)
    )
    calling = ours | {one.name for one in nodes if isinstance(one, Function) and _mentions(one, ours)}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    kinds = {
        "a thread that calls the program": [one for one in calls if _runs(one, imported, calling, ours)],
        "a weak reference": [one for one in calls if full_name(one.func, imported).startswith(f"{_WEAK}.")],
    }
    # A thread that the test waits for itself has ended.
    awaited = {root_of(node) for node in nodes if isinstance(node, ast.Attribute) and node.attr == "join"}
    for shown, made in kinds.items():
        numbers = {id(node) for node in made}
        names = set(_bound(nodes, functools.partial(_is_one, numbers=numbers, names=set()))) - awaited
        for call in calls if made else ():
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            is_ours = root_of(call.func) in ours and id(call) not in numbers
            if is_ours and any(_is_one(one, numbers, names) for one in given):
                yield f"it hands the program {shown}"


def _bound(nodes: list[ast.AST], is_such: Callable[[ast.expr], bool]) -> Iterator[str]:
    """Yield the names that are given a value of a kind."""
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value) if is_such(value):
                yield from (one.id for one in targets if isinstance(one, ast.Name))


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))


def _runs(call: ast.Call, imported: dict[str, str], calling: set[str], ours: set[str]) -> bool:
    """Return whether a call makes a thread, or gives a pool of the test's a task, that calls the program."""
    is_task = isinstance(call.func, ast.Attribute) and call.func.attr == "submit"
    is_made = full_name(call.func, imported) in _THREADS or (is_task and root_of(call.func) not in ours)
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return is_made and any(_mentions(one, calling) for one in given)


def _is_one(given: ast.expr, numbers: set[int], names: set[str]) -> bool:
    """Return whether an expression is one of these calls or names, or a container of some."""
    match given:
        case ast.Name(id=name):
            return name in names
        case ast.Call():
            return id(given) in numbers
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return any(_is_one(one, numbers, names) for one in items)
        case ast.Starred(value=inner) | ast.ListComp(elt=inner):
            return _is_one(inner, numbers, names)
    return False
