"""Mutants: right solutions with one place changed, like a policy's near misses.

A mutant that passes the tests is either equivalent to the right solution, or the tests are too weak. Other
arguments decide which: if the mutant and the right solution differ on one of them, the tests are too weak.
"""

import ast
import copy
import random
from typing import Any

_OPERATORS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.UAdd: ast.USub,
    ast.USub: ast.UAdd,
    ast.BitXor: ast.BitOr,
}


def _swapped_operator(node):
    operator = node.ops[0] if isinstance(node, ast.Compare) else getattr(node, "op", None)
    other: Any = _OPERATORS.get(type(operator))  # type: ignore[arg-type]  # None is not among them
    if other is None:
        return False
    if isinstance(node, ast.Compare):
        node.ops[0] = other()
    else:
        node.op = other()
    return True


def _off_by_one(node):
    if isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        return True
    return False


def _other_constant(node: Any) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        node.value += "x"
    else:
        return False
    return True


def _dropped_return(node):
    if isinstance(node, ast.Return) and node.value is not None:
        node.value = ast.Constant(None)
        return True
    return False


def _negated_condition(node):
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return True
    return False


def _dropped_statement(node):
    for name in ("body", "orelse"):
        body = getattr(node, name, None)
        if (
            isinstance(body, list)
            and len(body) > 1
            and isinstance(body[-1], (ast.Assign, ast.AugAssign, ast.Expr))
        ):
            del body[-1]
            return True
    return False


def _shorter_slice(node):
    if isinstance(node, ast.Slice):
        node.lower, node.upper = node.upper, node.lower
        return node.lower is not node.upper
    return False


CHANGES = (
    _swapped_operator, _off_by_one, _other_constant, _dropped_return, _negated_condition, _dropped_statement,
    _shorter_slice,
)  # fmt: skip


def mutants(row, most, seed=0):
    """Return at most `most` different pairs (kind of change, whole program), drawn at random.

    Only the function `entry_point` changes: the tests may use the other definitions of the prompt too.
    """
    tree = ast.parse(row["prompt"] + row["canonical_solution"])
    whole = ast.unparse(tree)
    places = [
        (change, number)
        for number, node in enumerate(_nodes(tree, row["entry_point"]))
        for change in CHANGES
        if not _is_a_docstring(node) and change(copy.deepcopy(node))
    ]
    random.Random(f"{seed} {row['task_id']}").shuffle(places)
    found = {}
    for change, number in places:
        if len(found) == most:
            break
        changed = copy.deepcopy(tree)
        change(_nodes(changed, row["entry_point"])[number])
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text != whole:
            found.setdefault(text, change.__name__[1:])
    return [(kind, text) for text, kind in found.items()]


def _nodes(tree, entry_point):
    [solution] = [one for one in tree.body if getattr(one, "name", None) == entry_point]
    return list(ast.walk(solution))


def _is_a_docstring(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value


def other_arguments(calls, count, seed=0):
    """Return `count` lists of arguments: those of the tests' calls, and random variations of them."""
    chance = random.Random(seed)
    found = list(calls)
    while len(found) < count:
        found.append([_varied(one, chance) for one in chance.choice(calls)])
    return found


def _varied(value, chance):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value + chance.choice((-2, -1, 0, 1, 2, 7))
    if isinstance(value, float):
        return value * chance.choice((1, 0.5, -1, 2)) + chance.choice((0, 0.25, 1))
    if isinstance(value, str):
        where = chance.randint(0, len(value))
        return chance.choice(
            (value, value[:where], value[where:] + value[:where], value[:where] + "a" + value[where:])
        )
    if isinstance(value, (list, tuple)):
        items = [_varied(one, chance) for one in value]
        if items and chance.random() < 0.4:
            items.pop(chance.randrange(len(items)))
        elif items and chance.random() < 0.4:
            items.append(chance.choice(items))
        return type(value)(items)
    return value
