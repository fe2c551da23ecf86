"""Find the conditions of a test that hold by their form alone, with every program.

A list is true if it has an item, true or not. So `assert [f(x) == 1 for x in (1, 2)]` claims nothing.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Callable

_COPYING = ("frozenset", "list", "set", "sorted", "tuple")
"""Builtins whose result has an item exactly if their argument has one."""
_KEEPING = ("enumerate", "iter", "reversed")
"""Builtins whose result has as many items as their argument, and is true even without any."""
_LAZY = (*_KEEPING, "filter", "map", "zip")
"""Builtins whose result is true even if it has no item."""
_DISPLAYS = ast.List | ast.Tuple | ast.Set
_ONE_AFTER_ANOTHER = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
_ALWAYS_OBJECTS = _DISPLAYS | _ONE_AFTER_ANOTHER | ast.Dict | ast.Compare | ast.JoinedStr | ast.Lambda


def can_differ(node: ast.expr) -> bool:
    """Return whether a value may depend on the program: it has a name, or a call."""
    return any(
        isinstance(one, ast.Call) or (isinstance(one, ast.Name) and not hasattr(builtins, one.id))
        for one in ast.walk(node)
    )


class Certain:
    """The conditions in a text whose truth is known before it runs."""

    def __init__(self, tree: ast.AST) -> None:
        """Note the text's names: those of its own, and those of tables that it only loops over."""
        nodes = list(ast.walk(tree))
        self._own = {one.name for one in nodes if isinstance(one, ast.FunctionDef | ast.ClassDef)}
        self._own |= {one.asname or one.name for one in nodes if isinstance(one, ast.alias)}
        self._own |= {one.arg for one in nodes if isinstance(one, ast.arg)}
        uses = Counter(one.id for one in nodes if isinstance(one, ast.Name))
        loops = Counter(
            one.iter.id
            for one in nodes
            if isinstance(one, ast.For | ast.comprehension) and isinstance(one.iter, ast.Name)
        )
        self._tables = {
            target.id: one.value
            for one in nodes
            if isinstance(one, ast.Assign)
            for target in one.targets
            # It is given a value once, and nothing is done to it.
            if isinstance(target, ast.Name) and uses[target.id] == loops[target.id] + 1
        }

    def holds(self, test: ast.expr) -> bool:
        """Return whether a condition holds with every program.

        >>> texts = ("(f(2) == 4, 'no')", "4 == 4", "x == x", "[f(x) == 1 for x in (1, 2)]", "[f(1)] == [1]")
        >>> [Certain(tree.body).holds(tree.body) for tree in (ast.parse(one, mode="eval") for one in texts)]
        [True, True, True, True, False]
        """
        match test:
            case ast.Constant(value=value):
                return bool(value)
        return self._truth(test) is True or not can_differ(test)

    def _truth(self, node: ast.expr) -> bool | None:
        """Return whether a value is true; None if that may depend on the program."""
        match node:
            case ast.Constant(value=value):
                return bool(value)
            case ast.Lambda() | ast.GeneratorExp():
                return True
            case ast.JoinedStr(values=parts):
                return any(isinstance(one, ast.Constant) and one.value for one in parts) or None
            case ast.BoolOp(op=operator, values=parts):
                known = {self._truth(one) for one in parts}
                decides = isinstance(operator, ast.Or)
                return decides if decides in known else None if None in known else not decides
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                found = self._truth(inner)
                return None if found is None else not found
            case ast.NamedExpr(value=value):
                return self._truth(value)
            case ast.IfExp(body=body, orelse=other):
                found = self._truth(body)
                return found if found is self._truth(other) else None
            case ast.Compare(
                left=ast.Name(id=left), ops=[ast.Eq() | ast.Is()], comparators=[ast.Name(id=right)]
            ):
                return left == right or None
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                return isinstance(left, _ALWAYS_OBJECTS) or None
            case ast.Call(func=ast.Name(id=name), args=[first, *rest]) if name not in self._own:
                return self._of_call(name, first, rest) if can_differ(node) else None
        return self._has_items(node)

    def _of_call(self, name: str, first: ast.expr, rest: list[ast.expr]) -> bool | None:
        """Return whether the result of a builtin is true."""
        if name in _LAZY:
            return True
        if name == "isinstance":
            return any(isinstance(one, ast.Name) and one.id == "object" for one in rest) or None
        if name == "bool":
            return self._truth(first)
        if name in ("len", *_COPYING):
            return self._has_items(first)
        return self._of_all(name, first) if name in ("all", "any") else None

    def _of_all(self, name: str, first: ast.expr) -> bool | None:
        """Return whether `all` or `any` of values is true: each value is, or there is none."""
        has_items = self._has_items(first)
        if has_items is False or (isinstance(first, ast.GeneratorExp) and self._is_empty(first)):
            return name == "all"
        match first:
            case ast.ListComp(elt=each) | ast.SetComp(elt=each) | ast.GeneratorExp(elt=each):
                found = self._truth(each) is True and (name == "all" or has_items)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                found = (all if name == "all" else any)(self._truth(one) is True for one in items)
            case _:
                return None
        return found or None

    def _is_empty(self, comprehension: ast.GeneratorExp) -> bool:
        return self._has_items(comprehension.generators[0].iter) is False

    def _has_items(self, node: ast.expr) -> bool | None:
        """Return whether there is an item in a value; None if that may depend on the program."""
        match node:
            case ast.Constant(value=str() | bytes() as text):
                return bool(text)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return _first_known(items, lambda one: not isinstance(one, ast.Starred))
            case ast.Dict(keys=keys):
                return _first_known(keys, lambda one: one is not None)
            case (
                ast.ListComp(generators=loops)
                | ast.SetComp(generators=loops)
                | ast.DictComp(generators=loops)
                | ast.GeneratorExp(generators=loops)
            ):
                known = [not one.ifs and self._has_items(one.iter) for one in loops]
                return True if all(known) else False if self._has_items(loops[0].iter) is False else None
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._has_items(left) or self._has_items(right) or None
            case ast.Name(id=name) if name in self._tables and name not in self._own:
                return self._has_items(self._tables[name])
            case ast.Call(func=ast.Attribute(value=ast.Dict() as table, attr="items" | "keys" | "values")):
                return self._has_items(table)
            case ast.Call(func=ast.Name(id=name), args=[first, *rest]) if name not in self._own:
                return self._of_copy(name, [first, *rest])
        return None

    def _of_copy(self, name: str, given: list[ast.expr]) -> bool | None:
        """Return whether there is an item in what a builtin makes of other values."""
        if name == "range":
            numbers = [
                one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, int)
            ]
            is_known = len(numbers) == len(given) <= 3 and 0 not in numbers[2:]
            return bool(range(*numbers)) if is_known else None
        if name in (*_COPYING, *_KEEPING):
            return self._has_items(given[0])
        known = [self._has_items(one) for one in (given if name == "zip" else given[1:])]
        if name in ("map", "zip") and known:
            return False if False in known else True if all(known) else None
        return None


def _first_known(
    items: list[ast.expr] | list[ast.expr | None], is_item: Callable[[object], bool]
) -> bool | None:
    """Return whether there is an item for sure, or none for sure."""
    return True if any(map(is_item, items)) else None if items else False
