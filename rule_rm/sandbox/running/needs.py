"""The needs of tests that run as code: names of the program and more, read from their trusted text.

The names are found here, once for all programs with the same tests, and not again by each judge.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rule_rm.sandbox.inside.test_files.outcomes import MODULES_OF_SOLUTIONS, NAMES_OF_RUNNING
from rule_rm.sandbox.running.assigned import assigned
from rule_rm.sandbox.running.counting import counted
from rule_rm.sandbox.running.execution import Trial
from rule_rm.sandbox.running.trees import last_name, parsed

__all__ = ["MODULES_OF_SOLUTIONS", "Needs", "innermost_builtins", "needs", "undefined"]


_CLASS_NAME = re.compile(r"_*[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\Z")
"""A name in capitalised words, as classes have, such as `LRUCache`; not `MAX` or `Find_Max`."""


@lru_cache(maxsize=256)
def with_counts(texts: tuple[str, ...]) -> list[str]:
    """Return tests in which each claim is counted as reached. Raises ValueError if one can't be parsed."""
    return [counted(text) for text in texts]


_IMPORTING = ("importorskip", "__import__", "import_module")
"""Functions that import the package that they are given."""


class Needs(NamedTuple):
    """The facts of its tests that a judge has to know before it runs them."""

    names: list[str]
    """Names that they use and leave undefined: all that the program may supply."""
    echo: bool
    """They pass or keep an object that they could inspect afterwards, to see its changes."""
    classes: list[str]
    """Names of the program that they use as classes: by attributes, as a base, in `isinstance`."""
    capitalised: list[str]
    """Names of the program that are written as those of classes."""
    imports: list[str]
    """Packages that they import, and those that the prompt imports."""
    reaches: bool
    """They may use more than the names of the program: modules, patches, seeds, or code that they run."""
    assigns: list[tuple[str, str]]
    """Attributes of modules that they assign to, by module and name."""


_REACHING = re.compile(
    rf"import|seed|patch|capsys|warn|assertLogs|assertNoLogs|caplog|environ|env\(|{'|'.join(NAMES_OF_RUNNING)}",
    re.IGNORECASE,
)
"""Words of tests that reach beyond the calls of the program, such as `import`: most tests have none."""


def needs(trial: Trial) -> Needs:
    """Return the names that a trial needs. Raises ValueError if its tests can't be parsed."""
    found = _needs(trial.prelude, trial.setup, *trial.before, *trial.tests)
    return found._replace(reaches=True) if trial.files else found


def undefined(*texts: str) -> set[str]:
    """Return the names that texts use together and that none defines; builtins count as defined.

    >>> sorted(undefined("def test_a():\\n    g = 1\\n    assert f(g) == len('a')", "assert g(2)"))
    ['f', 'g']
    """
    used, bound = _used_and_bound(*texts)
    return used - bound - _GIVEN


_GIVEN = frozenset({*dir(builtins), "__claim__", "_program_type", "_program_classes", "__name__", "__file__"})
"""Names that no test has to define."""


def _used_and_bound(*texts: str) -> tuple[set[str], set[str]]:
    """Return the global names that texts use, and those that they define."""
    used: set[str] = set()
    bound: set[str] = set()
    for text in texts:
        try:
            top = symtable.symtable(text, "test.py", "exec")
        except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        for table in _tables(top):
            for symbol in table.get_symbols():
                is_global = table is top or symbol.is_global()
                if is_global and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                    bound.add(symbol.get_name())
                if is_global and symbol.is_referenced():
                    used.add(symbol.get_name())
    return used, bound


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _tables(inner)


_TELLING = (
    ast.AnnAssign,
    ast.Assign,
    ast.Attribute,
    ast.Call,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.NamedExpr,
    ast.With,
)
"""The kinds of nodes that show a need; most nodes are constants, operators and contexts of names."""


@lru_cache(maxsize=256)
def _needs(prelude: str, *texts: str) -> Needs:
    known = _used_and_bound(prelude)[1]
    undefined_here = undefined(*texts)
    names = undefined_here - known
    nodes: list[ast.AST] = [
        node for text in texts for node in _nodes(parsed(text)) if isinstance(node, _TELLING)
    ]
    ours = names | {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module in MODULES_OF_SOLUTIONS
        for alias in node.names
    }
    imports = set(_imported(nodes))
    in_prompt: list[ast.AST] = [node for node in _nodes(parsed(prelude)) if isinstance(node, _TELLING)]
    # The code of the prompt matters where the tests use something of it.
    read = texts if known.isdisjoint(undefined_here) else (prelude, *texts)
    return Needs(
        sorted(names),
        any(_passes_variable(node) or _keeps_result(node) for node in nodes),
        sorted(ours & set(_used_as_classes(nodes))),
        sorted(name for name in ours if _CLASS_NAME.match(name)),
        sorted(imports | set(_imported(in_prompt))),
        bool(imports) or any(map(_REACHING.search, read)),
        sorted(set(assigned([*in_prompt, *nodes]))),
    )


def _nodes(tree: ast.AST) -> list[ast.AST]:
    """Return all nodes of a tree, in half the time of `ast.walk`."""
    found = [tree]
    for node in found:
        for value in vars(node).values():
            if isinstance(value, list):
                found += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


def _imported(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif (
            isinstance(node, ast.Call)
            and last_name(node.func) in _IMPORTING
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value).partition(".")[0]


def _passes_variable(node: ast.AST) -> bool:
    """Return whether a call is given something that has another name, or an owner."""
    if not isinstance(node, ast.Call):
        return False
    return any(map(_has_name, [*node.args, *(keyword.value for keyword in node.keywords)]))


def _keeps_result(node: ast.AST) -> bool:
    """Return whether a name is given to the result of a call, which a later call may change."""
    match node:
        case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return any(isinstance(one, ast.Call) for one in ast.walk(value))
    return False


def _has_name(node: ast.AST) -> bool:
    """Return whether an expression contains a variable; the result of a call has no other name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return any(map(_has_name, [*node.args, *(keyword.value for keyword in node.keywords)]))
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        return True
    if isinstance(node, ast.Constant):
        return False
    return any(map(_has_name, ast.iter_child_nodes(node)))


def _used_as_classes(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the names whose use only makes sense for a class."""
    made = dict(_made(nodes))
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=name)):
                yield name
                yield made.get(name, "")
            case ast.Attribute(value=ast.Attribute(attr=name)):
                yield made.get(name, "")
            case ast.Attribute(value=ast.Call(func=ast.Name(id=name))):
                yield name
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                yield from _names(kinds)
            case ast.Call(
                func=ast.Attribute(attr="assertIsInstance" | "assertNotIsInstance"), args=[_, kinds, *_]
            ):
                yield from _names(kinds)
            case ast.ClassDef(bases=bases):
                for base in bases:
                    yield from _names(base)
            case ast.With(items=items):
                for item in items:
                    yield from _called(item.context_expr)


def _made(nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the variables and attributes that hold the result of a call, and the called name."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            for name in _called(node.value):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        yield target.id, name
                    elif isinstance(target, ast.Attribute):
                        yield target.attr, name


def _called(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp):
        yield from _called(node.left)
        yield from _called(node.right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield node.func.id


def _names(node: ast.expr) -> Iterator[str]:
    yield from (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def innermost_builtins(text: str) -> set[str]:
    """Return the builtins that a text calls with arguments in which nothing else is called.

    >>> innermost_builtins("assert set(sorted([3, 1])) == {1, 3}")
    {'sorted'}
    """
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and hasattr(builtins, node.func.id):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if not any(isinstance(inner, ast.Call) for one in given for inner in ast.walk(one)):
                found.add(node.func.id)
    return found
