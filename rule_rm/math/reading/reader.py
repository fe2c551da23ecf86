r"""From a text to the value that it means: the only place that knows how answers are written.

The outermost structure is read first (a list, a relation, a set, a tuple, a matrix), what is left is an
expression with its unit. What can't be read raises UnreadableError; mathematics that only math-verify may
know raises BeyondReadingError.
"""

from __future__ import annotations

from functools import lru_cache

from rule_rm.math.reading.brackets import CLOSING, OPENING, Tokens, closing, split, trimmed
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.quantities import RELATIONS, based, expression, quantity, ratio, words
from rule_rm.math.reading.tokens import tokenise
from rule_rm.math.values.answers import (
    EMPTY_SET,
    REALS,
    Chain,
    Inequality,
    Interval,
    Matrix,
    Named,
    Quantity,
    SetOperation,
    Several,
    Value,
    Words,
)
from rule_rm.math.values.expression import (
    INFINITY,
    Apply,
    BeyondReadingError,
    Expression,
    Symbol,
    UnreadableError,
    negative,
)

_FIELDS = frozenset({"RR", "ZZ", "NN", "QQ", "CC", "emptyset"})
_STRUCTURES = RELATIONS | {"begin", r"\{", "cup", "cap", "setminus"}
_SYSTEMS = frozenset({"cases", "aligned", "align", "align*", "gathered", "split"})
_ENVIRONMENTS = _SYSTEMS | {"array", "matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix"}
_NO_NAMES = frozenset({"^", "sqrt", ",", "|", "!", "begin", "infinity", "binom"})
_UNEVALUATED = frozenset({"lim", "int", "iint", "iiint", "oint", "sum", "prod"})


def read(text: str) -> Value:
    r"""The value that a text means. Raises UnreadableError or BeyondReadingError.

    >>> type(read(r"x \in (0, 1]")).__name__
    'Interval'
    >>> read("Tuesday.")
    Words(text='tuesday')
    """
    return _read(normalise(text))


@lru_cache(maxsize=2048)
def _read(text: str) -> Value:
    tokens = tokenise(text)
    if not tokens:
        raise UnreadableError("there is nothing")
    return _value(tokens)


def _value(tokens: Tokens) -> Value:
    tokens = trimmed(tokens)
    for reading in (words, _list, _matrix, _relation, _set, _brackets, based, ratio):
        value = reading(tokens)
        if value is not None:
            return value
    return quantity(tokens)


def _list(tokens: Tokens) -> Value | None:
    """Values with semicolons, commas, "and" or "or" between them."""
    for marks in ({";"}, {",", "and", "or"}):
        parts, found = split(tokens, marks)
        if not found:
            continue
        parts = [part for part in parts if part]
        if not parts:
            raise UnreadableError("a list of nothing")
        values = [_value(part) for part in parts]
        if len(values) == 1:
            return values[0]
        joined = _joined_conditions(values, set(found)) or _by_repeated_name(values)
        return joined or Several(tuple(_with_shared_name(values)))
    return None


def _joined_conditions(values: list[Value], marks: set[str]) -> Value | None:
    """`x < 1 or x > 2` is a union, `x > 1 and x < 2` an intersection."""
    conditions = (Inequality, Interval, SetOperation)
    if not all(isinstance(value, conditions) for value in values) or (
        marks == {","} and isinstance(values[0], Interval)
    ):
        return None
    if all(isinstance(value, Inequality) and value.signs == ("ne",) for value in values):
        return SetOperation("cap", tuple(values))
    if "or" in marks:
        return SetOperation("cup", tuple(values))
    if all(isinstance(value, Inequality) for value in values):
        return SetOperation("cap", tuple(values))
    return None


def _by_repeated_name(values: list[Value]) -> Value | None:
    """`p = 5, q = 2 and p = 7, q = 2` are two pairs."""
    names = [value.name for value in values if isinstance(value, Named)]
    if len(names) != len(values) or names.count(names[0]) < 2 or len(set(names)) < 2:
        return None
    starts = [at for at, name in enumerate(names) if name == names[0]]
    groups = [values[start:end] for start, end in zip(starts, [*starts[1:], len(values)], strict=True)]
    return Several(tuple(Several(tuple(group)) for group in groups))


def _with_shared_name(values: list[Value]) -> list[Value]:
    """In `n = 1, 2, 3` the name is that of all."""
    first = values[0]
    if isinstance(first, Named) and not any(isinstance(value, (Named, Chain)) for value in values[1:]):
        return [first.value, *values[1:]]
    return values


def _relation(tokens: Tokens) -> Value | None:
    parts, signs = split(tokens, RELATIONS)
    if not signs:
        return None
    if signs[-1] == "in":
        return _value(parts[-1])
    if any(not part for part in parts):
        if not parts[0] and len(parts) == 2 and signs[0] in ("=", "approx"):
            return _value(parts[1])
        raise UnreadableError("a side of the relation is empty")
    if all(sign in ("=", "approx") for sign in signs):
        return _equation(parts, signs)
    if "=" in signs or "approx" in signs or "in" in signs:
        raise UnreadableError("a mixture of relations")
    return Inequality(tuple(expression(part) for part in parts), tuple(signs))


def _equation(parts: list[Tokens], signs: list[str]) -> Value:
    """`name = value` in either order, else a chain."""
    if signs[0] in ("=", "approx") and (name := _name(parts[0])) is not None:
        return Named(name, _rest(parts[1:], signs[1:]), _symbol(parts[0]))
    if signs == ["="] and (name := _name(parts[1])) is not None:
        return Named(name, _value(parts[0]), _symbol(parts[1]))
    return _rest(parts, signs)


def _rest(parts: list[Tokens], signs: list[str]) -> Value:
    if len(parts) == 1:
        return _value(parts[0])
    members = [_value(part) for part in parts]
    if not all(isinstance(member, Quantity) for member in members):
        return members[-1] if all(member == members[-1] for member in members) else _one_of(members)
    return Chain(tuple(members), tuple(signs))  # type: ignore[arg-type]


def _one_of(members: list[Value]) -> Value:
    """`(x, y) = (1, 2)`: the second if the first has letters alone."""
    first, last = members[0], members[-1]
    if len(members) == 2 and isinstance(first, Several) and isinstance(last, Several):
        names = [
            value.expression.name
            for value in first.values
            if isinstance(value, Quantity) and isinstance(value.expression, Symbol)
        ]
        if len(names) == len(first.values) == len(last.values):
            return last
    raise BeyondReadingError("an equation between structures")


def _name(tokens: Tokens) -> str | None:
    """The name on the left of `name = value`: a variable, f(x), words, or letters with signs between them.

    What can't be evaluated here, such as a limit, is a name for its value as well.
    """
    if len(tokens) > 24 or not tokens or tokens[0].text in ("-", "+", "pm"):
        return None
    name = "".join(token.text for token in tokens)
    if any(token.text in _UNEVALUATED for token in tokens):
        return name
    if all(token.kind == "word" for token in tokens):
        return " ".join(token.text for token in tokens).lower()
    if name in ("i", "e", "pi") or any(token.text in _NO_NAMES for token in tokens):
        return None
    return None if _has_plain_number(tokens) else name


def _has_plain_number(tokens: Tokens) -> bool:
    """True if a number stands in no bracket and is no index."""
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if token.kind == "number" and depth == 0 and not (at and tokens[at - 1].text == "_"):
            return True
    return False


def _symbol(tokens: Tokens) -> Expression | None:
    try:
        return expression(tokens)
    except UnreadableError:
        return None


def _set(tokens: Tokens) -> Value | None:
    for sign in ("cup", "cap", "setminus"):
        parts, found = split(tokens, {sign})
        if found:
            return SetOperation(sign, tuple(_value(part) for part in parts))
    if len(tokens) == 1 and tokens[0].text in _FIELDS:
        if tokens[0].text == "RR":
            return REALS
        return EMPTY_SET if tokens[0].text == "emptyset" else Words(tokens[0].text)
    if tokens[0].text == r"\{" and closing(tokens, 0) == len(tokens) - 1:
        return _braced(tokens[1:-1])
    return None


def _braced(tokens: Tokens) -> Value:
    r"""A set: `\{1, 2\}`, or by a condition, `\{x | x > 0\}`."""
    if not tokens:
        return EMPTY_SET
    for mark in ("|", ":"):
        parts, found = split(tokens, {mark})
        if len(found) == 1 and parts[0] and parts[1]:
            condition = _value(parts[1])
            if isinstance(condition, Several) and isinstance(condition.values[-1], (Inequality, Interval)):
                return SetOperation("cap", condition.values)
            return condition
    inner = _value(tokens)
    is_list = isinstance(inner, Several) and not inner.bracket
    return Several(inner.values if is_list else (inner,), "{")  # type: ignore[union-attr]


def _brackets(tokens: Tokens) -> Value | None:
    """A tuple or an interval: brackets around it all, with a comma in them."""
    opening = tokens[0].text
    if opening not in ("(", "[") or closing(tokens, 0) != len(tokens) - 1:
        return None
    last = tokens[-1].text
    parts, commas = split(tokens[1:-1], {",", ";"})
    if not commas:
        inner = trimmed(tokens[1:-1])
        return _value(inner) if opening + last in ("()", "[]") and _is_structure(inner) else None
    values = tuple(_value(part) for part in parts if part)
    if len(values) != len(parts):
        raise UnreadableError("a bracket with an empty place")
    if (opening == "(") == (last == ")") and not any(map(_is_infinite, values)):
        return Several(values, opening)
    bounds = [value.expression for value in values if isinstance(value, Quantity)]
    if len(bounds) != 2 or len(values) != 2:
        raise UnreadableError("an interval without two bounds")
    return Interval(bounds[0], bounds[1], opening == "[", last == "]")


def _is_structure(tokens: Tokens) -> bool:
    """True if what stands in brackets is more than an expression."""
    return any(token.text in _STRUCTURES for token in tokens) or tokens[0].kind == "word"


def _is_infinite(value: Value) -> bool:
    return isinstance(value, Quantity) and value.expression in (INFINITY, negative(INFINITY))


def _matrix(tokens: Tokens) -> Value | None:
    """A matrix, perhaps in brackets or with a factor before it, or a system of equations."""
    if tokens[0].text in ("[", "(") and len(tokens) > 3 and tokens[1].text == "begin":
        if closing(tokens, 0) != len(tokens) - 1:
            return None
        tokens = tokens[1:-1]
    start = next((at for at, token in enumerate(tokens) if token.text == "begin"), None)
    if start is None or tokens[-1].text != "}" or any(token.text in ("+", "-") for token in tokens[1:start]):
        return None
    if not start:
        return _environment(tokens)
    factor, matrix = tokens[:start], _environment(tokens[start:])
    factor = factor[:-1] if factor[-1].text == "*" else factor
    return _scaled(expression(factor), matrix) if isinstance(matrix, Matrix) else None


def _environment(tokens: Tokens) -> Value:
    """What stands between `\\begin{…}` and `\\end{…}`, row by row."""
    opened = closing(tokens, 1)
    name = "".join(token.text for token in tokens[2:opened])
    ends = [at for at, token in enumerate(tokens) if token.text == "end"]
    if len(ends) != 1 or closing(tokens, ends[0] + 1) != len(tokens) - 1 or name not in _ENVIRONMENTS:
        raise BeyondReadingError(f"the environment {name}")
    if name != "".join(token.text for token in tokens[ends[0] + 2 : -1]):
        raise UnreadableError(f"the environment {name} is not closed")
    body = tokens[opened + 1 : ends[0]]
    if name == "array" and body and body[0].text == "{":
        body = body[closing(body, 0) + 1 :]
    if name in _SYSTEMS:
        body = [token for token in body if token.text != "&" or name == "cases"]
    rows = [row for row in split([token for token in body if token.text != "hline"], {"cr"})[0] if row]
    cells = tuple(tuple(_value(cell) for cell in split(row, {"&"})[0] if cell) for row in rows)
    if name in _SYSTEMS and all(len(row) == 1 for row in cells):
        return Several(tuple(row[0] for row in cells))
    return Matrix(cells)


def _scaled(factor: Expression, matrix: Matrix) -> Value:
    """A matrix with each entry multiplied."""
    if not all(isinstance(cell, Quantity) for row in matrix.rows for cell in row):
        raise BeyondReadingError("a multiple of a matrix")
    return Matrix(
        tuple(
            tuple(
                Quantity(Apply("multiply", (factor, cell.expression)))
                for cell in row
                if isinstance(cell, Quantity)
            )
            for row in matrix.rows
        )
    )
