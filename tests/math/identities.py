"""Random pairs of formulas in TeX, each with whether they are one function; a seed gives the same pairs.

An expression is a tuple: ("num", 3), ("var", "x"), or an operation and its arguments. A true pair is an
expression and a rewriting of it by laws that hold for real numbers. A false one has one place changed. It
is kept only if the two differ at a point, where an evaluation that shares no code with the package says so.
"""

import math
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Node = tuple[Any, ...]
NAMES = ("x", "y", "u", "t")
r"""No letter that is an integer by custom: `\lfloor n\rfloor` is n."""
UNARY = ("sin", "cos", "exp", "abs", "floor", "ceil", "sqrt", "cbrt", "square", "ln")
BINARY = ("add", "add", "mul", "mul", "sub", "div", "max", "min", "mod")
_POINTS = 48
_FAR = (0.001, 0.37, 0.5, 1.0, 1.7, 2.0, 3.0, 7.3, 20.0, 63.5)


class Pair(NamedTuple):
    """Two formulas, and whether they are the same function."""

    golden: str
    answer: str
    is_same: bool


def pairs(seed: int, count: int) -> Iterator[Pair]:
    """Yield `count` pairs, about half of them false."""
    source = random.Random(seed)
    while count:
        tree = _tree(source, source.randint(1, 3))
        is_same = source.random() < 0.5
        other = _rewritten(tree, source) if is_same else _changed(tree, source)
        if not _names(tree) or other == tree or _differ(tree, other) is not (not is_same):
            continue
        count -= 1
        yield Pair(tex(tree, source), tex(other, source), is_same)


def _tree(source: random.Random, depth: int) -> Node:
    if depth == 0:
        if source.random() < 0.55:
            return ("var", source.choice(NAMES))
        return ("num", source.choice((1, 2, 2, 3, 4, 5, 7, 10, 12)))
    if source.random() < 0.45:
        name = source.choice(UNARY)
        inner = _tree(source, depth - 1)
        if name == "ln":  # of something positive
            return ("ln", ("add", ("square", inner), ("num", source.randint(1, 5))))
        return (name, inner)
    return (source.choice(BINARY), _tree(source, depth - 1), _tree(source, depth - 1))


def _names(tree: Node) -> set[str]:
    if tree[0] == "var":
        return {tree[1]}
    return (
        set().union(*(_names(part) for part in tree[1:] if isinstance(part, tuple)))
        if len(tree) > 1
        else set()
    )


_Law = Callable[[Node], "Node | None"]


def _distributed(tree: Node) -> Node | None:
    match tree:
        case ("mul", factor, ("add" | "sub" as sign, left, right)):
            return (sign, ("mul", factor, left), ("mul", factor, right))
        case ("div", ("add" | "sub" as sign, left, right), below):
            return (sign, ("div", left, below), ("div", right, below))
    return None


def _expanded(tree: Node) -> Node | None:
    match tree:
        case ("square", ("add" | "sub" as sign, left, right)):
            middle = ("mul", ("num", 2), ("mul", left, right))
            return ("add", (sign, ("square", left), middle), ("square", right))
        case ("square", ("mul", left, right)):
            return ("mul", ("square", left), ("square", right))
        case ("square", inner):
            return ("mul", inner, inner)
    return None


def _commuted(tree: Node) -> Node | None:
    match tree:
        case ("add" | "mul" | "max" | "min" as sign, left, right):
            return (sign, right, left)
        case ("sub", left, right):
            return ("add", ("neg", right), left)
    return None


def _by_definition(tree: Node) -> Node | None:
    match tree:
        case ("abs", inner):
            return ("sqrt", ("square", inner))
        case ("max", left, right):
            total = ("add", ("add", left, right), ("abs", ("sub", left, right)))
            return ("div", total, ("num", 2))
        case ("min", left, right):
            return ("neg", ("max", ("neg", left), ("neg", right)))
        case ("ceil", inner):
            return ("neg", ("floor", ("neg", inner)))
        case ("mod", left, ("num", divisor)):
            return ("sub", left, ("mul", ("num", divisor), ("floor", ("div", left, ("num", divisor)))))
        case ("sqrt", ("square", inner)):
            return ("abs", inner)
        case ("floor", ("add", inner, ("num", number))):
            return ("add", ("floor", inner), ("num", number))
    return None


def _by_formula(tree: Node) -> Node | None:
    match tree:
        case ("exp", ("add", left, right)):
            return ("mul", ("exp", left), ("exp", right))
        case ("exp", ("sub", left, right)):
            return ("div", ("exp", left), ("exp", right))
        case ("square", ("sin", inner)):
            return ("sub", ("num", 1), ("square", ("cos", inner)))
        case ("cos", ("mul", ("num", 2), inner)):
            return ("sub", ("num", 1), ("mul", ("num", 2), ("square", ("sin", inner))))
        case ("sin", ("add", left, right)):
            first, second = ("mul", ("sin", left), ("cos", right)), ("mul", ("cos", left), ("sin", right))
            return ("add", first, second)
        case ("cos", inner):
            return ("cos", ("neg", inner))
        case ("ln", inner):
            return ("div", ("ln", ("square", inner)), ("num", 2))
        case ("div", above, below):
            return ("div", ("mul", ("num", 3), above), ("mul", ("num", 3), below))
    return None


_LAWS: tuple[_Law, ...] = (_distributed, _expanded, _commuted, _by_definition, _by_formula)


def _somewhere(tree: Node, source: random.Random, change: _Law) -> Node | None:
    """Return the tree with one change at a random place where it applies; None if there is none."""
    places = [place for place in _places(tree) if change(_at(tree, place)) is not None]
    if not places:
        return None
    place = source.choice(places)
    changed = change(_at(tree, place))
    assert changed is not None
    return _with(tree, place, changed)


def _places(tree: Node, before: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    yield before
    for at, part in enumerate(tree):
        if isinstance(part, tuple):
            yield from _places(part, (*before, at))


def _at(tree: Node, place: tuple[int, ...]) -> Node:
    for at in place:
        tree = tree[at]
    return tree


def _with(tree: Node, place: tuple[int, ...], part: Node) -> Node:
    if not place:
        return part
    first, *rest = place
    return (*tree[:first], _with(tree[first], tuple(rest), part), *tree[first + 1 :])


def _rewritten(tree: Node, source: random.Random) -> Node:
    for _ in range(source.randint(1, 3)):
        tree = _somewhere(tree, source, source.choice(_LAWS)) or tree
    return tree


def _changed(tree: Node, source: random.Random) -> Node:
    """Return the tree with one small mistake, sometimes in another dress."""
    if source.random() < 0.2:
        return ("add", tree, ("div", ("num", 1), ("num", source.choice((10, 1000, 10**6)))))
    changed = _somewhere(tree, source, _mistaken) or tree
    return _rewritten(changed, source) if source.random() < 0.3 else changed


_INSTEAD = {"sin": "cos", "cos": "sin", "add": "sub", "exp": "cos", "cbrt": "sqrt"}


def _mistaken(part: Node) -> Node | None:
    match part:
        case ("num", value):
            return ("num", value + 1)
        case ("var", name):
            return ("var", NAMES[(NAMES.index(name) + 1) % len(NAMES)])
        case ("sub" | "div" as sign, left, right):
            return (sign, right, left)
        case (
            ("abs" | "floor" | "ceil" | "neg", inner)
            | ("sqrt", ("square", inner))
            | ("max" | "min" | "mod", inner, _)
        ):
            return inner
        case ("square", inner):
            return ("mul", ("square", inner), inner)
        case (name, *arguments) if name in _INSTEAD:
            return (_INSTEAD[name], *arguments)
    return None


def _differ(one: Node, other: Node) -> bool | None:
    """Return whether two expressions differ at a point; None if too few points have a value."""
    source, seen = random.Random(repr((one, other))), 0
    for _ in range(_POINTS):
        values = {
            name: source.choice((-1, 1)) * source.choice(_FAR) * source.uniform(0.8, 1.2) for name in NAMES
        }
        values = (
            values if source.random() < 0.7 else {name: float(round(value)) for name, value in values.items()}
        )
        try:
            left, right = value_of(one, values), value_of(other, values)
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        if max(abs(left), abs(right)) > 1e9:
            continue
        seen += 1
        if abs(left - right) > 1e-7 * max(1.0, abs(left), abs(right)):
            return True
    return False if seen >= _POINTS // 4 else None


def value_of(tree: Node, values: dict[str, float]) -> float:
    """Return the value at a point. Raises ValueError or an ArithmeticError where there is none."""
    if tree[0] == "num":
        return float(tree[1])
    if tree[0] == "var":
        return values[tree[1]]
    return _OPERATIONS[tree[0]](*(value_of(part, values) for part in tree[1:]))


_OPERATIONS: dict[str, Callable[..., float]] = {
    "add": lambda left, right: left + right,
    "sub": lambda left, right: left - right,
    "mul": lambda left, right: left * right,
    "div": lambda left, right: left / right,
    "neg": lambda inner: -inner,
    "square": lambda inner: inner * inner,
    "max": max,
    "min": min,
    "mod": lambda left, right: left - right * math.floor(left / right),
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "cbrt": lambda inner: math.copysign(abs(inner) ** (1 / 3), inner),
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "exp": math.exp,
    "ln": math.log,
}


def tex(tree: Node, source: random.Random) -> str:
    """Return an expression in TeX, in one of the usual ways."""
    name, *parts = tree
    match tree:
        case ("num" | "var", value):
            return str(value)
        case ("add" | "sub", left, right):
            return f"{tex(left, source)}{'+' if name == 'add' else '-'}{_term(right, source)}"
        case ("mul", left, right):
            sign = source.choice((r"\cdot ", r"\times ", r"\,", " "))
            return f"{_factor(left, source)}{sign}{_factor(right, source)}"
        case ("mod", left, right):
            return rf"({_factor(left, source)} \bmod {_factor(right, source)})"
        case ("square", inner):
            return f"{_factor(inner, source)}^{source.choice(('2', '{2}'))}"
        case ("neg", inner):
            return f"-{_bracketed(inner, source)}"
    return _FORMS[name] % tuple(tex(part, source) for part in parts)


_FORMS = {
    "div": r"\frac{%s}{%s}",
    "max": r"\max(%s,%s)",
    "min": r"\min(%s,%s)",
    "ceil": r"\lceil %s\rceil",
    "cbrt": r"\sqrt[3]{%s}",
    "abs": r"\left|%s\right|",
    "floor": r"\lfloor %s\rfloor",
    "sqrt": r"\sqrt{%s}",
    "exp": "e^{%s}",
    "sin": r"\sin(%s)",
    "cos": r"\cos(%s)",
    "ln": r"\ln(%s)",
}


def _term(tree: Node, source: random.Random) -> str:
    return tex(tree, source) if tree[0] not in ("add", "sub", "neg") else _bracketed(tree, source)


def _factor(tree: Node, source: random.Random) -> str:
    return tex(tree, source) if tree[0] == "var" else _bracketed(tree, source)


def _bracketed(tree: Node, source: random.Random) -> str:
    left, right = source.choice((("(", ")"), (r"\left(", r"\right)")))
    return f"{left}{tex(tree, source)}{right}"
