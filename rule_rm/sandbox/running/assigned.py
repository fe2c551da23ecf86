"""Attributes of modules that a test assigns to, as in `sys.stdin = io.StringIO("3")`: its way to patch."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

_SETTING = ("setattr", "delattr")


def assigned(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield modules and the names in them that these nodes assign to.

    >>> list(assigned(list(ast.walk(ast.parse("import time as t; t.sleep = f; setattr(t, 'time', g)")))))
    [('time', 'sleep'), ('time', 'time')]
    """
    modules = dict(_modules(nodes))
    for node in nodes:
        match node:
            case ast.Assign(targets=targets):
                found = [inner for target in targets for inner in _parts(target)]
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                found = [target]
            case ast.With(items=items) | ast.AsyncWith(items=items):
                found = [one.optional_vars for one in items if one.optional_vars is not None]
            case ast.Call(func=ast.Name(id=name), args=[owner, ast.Constant(value=str() as attribute), *_]):
                if name in _SETTING:
                    yield from _place(owner, attribute, modules)
                continue
            case _:
                continue
        for one in found:
            if isinstance(one, ast.Attribute):
                yield from _place(one.value, one.attr, modules)


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    """Yield the targets of an assignment, those in a tuple one by one."""
    if isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            yield from _parts(one)
    else:
        yield target


def _place(owner: ast.expr, name: str, modules: dict[str, str]) -> Iterator[tuple[str, str]]:
    first, _, rest = ast.unparse(owner).partition(".")
    if first in modules:
        yield f"{modules[first]}.{rest}".rstrip("."), name


def _modules(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the names under which modules are imported, with the modules' own."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, alias.name
                else:
                    yield alias.name.partition(".")[0], alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
