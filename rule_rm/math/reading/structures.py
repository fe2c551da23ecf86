r"""Matrices, functions by cases, systems, and sums of vectors: `2\begin{pmatrix}…`, `(1,2)+t(3,4)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rule_rm.math.reading.brackets import Tokens, closing, outer, split, trimmed
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.quantities import expression
from rule_rm.math.reading.sets import is_row
from rule_rm.math.reading.vocabulary import FUNCTIONS, RELATIONS, named_distribution
from rule_rm.math.values.answers import Matrix, Named, Piecewise, Quantity, Several, Value
from rule_rm.math.values.expression import (
    ONE,
    ZERO,
    Apply,
    BeyondReadingError,
    Expression,
    Number,
    Symbol,
    UnreadableError,
    negative,
)

Read = Callable[[Tokens], Value]
_SYSTEMS = frozenset({"cases", "dcases", "rcases", "aligned", "align", "align*", "gathered", "split"})
_ENVIRONMENTS = _SYSTEMS | {"array", "matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "vmatrix"}
_TRANSPOSED = frozenset({"T", "top", "intercal", "t"})
_OTHERWISE = frozenset({"otherwise", "else", "elsewhere"})
_OPENING = frozenset({"(", "[", "begin"})
"""The first tokens of vectors and matrices."""
_SEPARATING = RELATIONS | {",", ";", "cup", "cap", "setminus", "and", "or", ":", "to"}
_SIGNS = frozenset({"+", "-", "pm", "mp"})
_LARGEST_DETERMINANT = 4
"""Rows of a determinant that is expanded."""


def structure(tokens: Tokens, read: Read) -> Value | None:
    """Return a matrix, a system or a sum of multiples of vectors; None if it is none of these."""
    in_brackets = tokens[0].text in ("[", "(") and len(tokens) > 3 and tokens[1].text == "begin"
    if in_brackets and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    if tokens[0].text == "begin" and _end(tokens, 0) == len(tokens) - 1:
        return environment(tokens, read)
    return _combination(tokens, read)


def _end(tokens: Tokens, start: int) -> int:
    r"""Return where the environment that begins here ends: at the brace of its `\end{…}`."""
    end = closing(tokens, start)
    return closing(tokens, end + 1) if end + 1 < len(tokens) and tokens[end + 1].text == "{" else end


def _combination(tokens: Tokens, read: Read) -> Value | None:
    """Return a sum of multiples of vectors or matrices."""
    if not any(token.text in _OPENING for token in tokens):
        return None
    if any(token.text in _SEPARATING for _, token in outer(tokens)):
        return None
    terms = _terms(tokens)
    found = [_structured(term) for _, term in terms]
    if not any(found) or not all(found):
        return None
    label = terms[0][1][0]
    only = found[0]
    if label.text == "C" and only is not None and only[1] == 1:
        return None
    if len(terms) == 1 and only is not None and not terms[0][0] and only[1:] == (0, len(tokens) - 1, False):
        return None
    if len(terms) == 1 and only is not None and only[0] and _is_point_name(label, only[1]):
        point = read(tokens[1:])
        if label.text.lower() == "diag" and isinstance(point, Several):
            return _diagonal(point.values)
        # A word is a name as well: whether it may stay unsaid is decided by the question.
        symbol = None if label.kind == "word" else Symbol(label.text)
        return Named(named_distribution(label.text) if symbol is None else label.text, point, symbol)
    values = [
        _multiple(sign, term, place, read) for (sign, term), place in zip(terms, found, strict=True) if place
    ]
    total = values[0]
    for value in values[1:]:
        total = _added(total, value)
    return total


def _diagonal(values: Sequence[Value]) -> Matrix:
    r"""Return the matrix of `\operatorname{diag}(1, 2)`."""
    zero = Quantity(ZERO)
    return Matrix(
        tuple(
            tuple(value if at == place else zero for place in range(len(values)))
            for at, value in enumerate(values)
        )
    )


def _is_point_name(label: Token, length: int) -> bool:
    """Return True for `P(1, 5)`: a capital letter, or a label word, right before a tuple."""
    return (
        length == 1
        and label.text != "C"
        and ((label.kind == "letter" and label.text.isupper()) or label.kind == "word")
    )


def _terms(tokens: Tokens) -> list[tuple[str, Tokens]]:
    """Return the terms of a sum with their signs."""
    terms, start, sign = [], 0, ""
    for at, token in outer(tokens):
        if token.text in _SIGNS:
            if at > start:
                terms.append((sign, tokens[start:at]))
            sign, start = token.text, at + 1
    if start < len(tokens):
        terms.append((sign, tokens[start:]))
    return terms


def _structured(term: Tokens) -> tuple[bool, int, int, bool] | None:
    """Return if a factor precedes the vector, its start and end, and if it is transposed."""
    transposed = len(term) > 2 and term[-2].text == "^" and term[-1].text in _TRANSPOSED
    if len(term) > 4 and term[-4].text == "^" and term[-3].text == "{" and term[-2].text in _TRANSPOSED:
        term, transposed = term[:-4], True
    elif transposed:
        term = term[:-2]
    if not term or term[-1].text not in (")", "]", "}"):
        return None
    for at, token in outer(term):
        if token.text == "begin" and _end(term, at) == len(term) - 1:
            return at > 0, at, len(term) - 1, transposed
        if token.text in ("(", "[") and closing(term, at) == len(term) - 1:
            has_commas = any(one.text == "," for _, one in outer(term[at + 1 : -1]))
            has_matrix = len(term) > at + 1 and term[at + 1].text == "begin"
            applied = at and (term[at - 1].text in FUNCTIONS or term[at - 1].text in "fgh")
            if (has_commas or has_matrix) and not applied:
                return at > 0, at, len(term) - 1, transposed
    return None


def _multiple(sign: str, term: Tokens, place: tuple[bool, int, int, bool], read: Read) -> Value:
    _, start, end, transposed = place
    value = read(term[start : end + 1])
    if not is_row(value):
        raise UnreadableError("a factor before something that is not a vector")
    value = _transposed(value) if transposed else value
    factor: Expression = ONE
    if start:
        before = term[:start]
        factor = expression(before[:-1] if before[-1].text == "*" else before)
    if sign == "-":
        factor = negative(factor)
    elif sign in ("pm", "mp"):
        factor = Apply("plus_minus" if sign == "pm" else "minus_plus", (factor,))
    return value if factor == ONE else _each(value, lambda entry: _product(factor, entry))


def _product(factor: Expression, entry: Expression) -> Expression:
    """Return a multiple of an entry; that of a number by a number is a number."""
    if isinstance(factor, Number) and isinstance(entry, Number):
        return Number(factor.value * entry.value)
    return negative(entry) if factor == negative(ONE) else Apply("multiply", (factor, entry))


def _transposed(value: Value) -> Value:
    if isinstance(value, Matrix):
        return Matrix(tuple(zip(*value.rows, strict=True)))
    return Matrix(tuple((one,) for one in value.values)) if isinstance(value, Several) else value


def _each(value: Value, change: Callable[[Expression], Expression]) -> Value:
    """Return a vector or a matrix with each entry changed."""
    if isinstance(value, Matrix):
        return Matrix(tuple(tuple(_changed(cell, change) for cell in row) for row in value.rows))
    if isinstance(value, Several):
        return replace(value, values=tuple(_changed(one, change) for one in value.values))
    raise BeyondReadingError("a multiple of a structure")


def _changed(cell: Value, change: Callable[[Expression], Expression]) -> Quantity:
    if not isinstance(cell, Quantity) or cell.unit:
        raise BeyondReadingError("a multiple of a structure")
    return Quantity(change(cell.expression))


def _added(left: Value, right: Value) -> Value:
    ours, theirs = _rows(left), _rows(right)
    if [len(row) for row in ours] != [len(row) for row in theirs]:
        raise UnreadableError("a sum of vectors of unlike lengths")
    rows = tuple(
        tuple(_sum(one, other) for one, other in zip(first, second, strict=True))
        for first, second in zip(ours, theirs, strict=True)
    )
    return Several(rows[0], left.bracket) if isinstance(left, Several) else Matrix(rows)


def _sum(left: Value, right: Value) -> Quantity:
    if not isinstance(right, Quantity) or right.unit:
        raise BeyondReadingError("a sum of structures")
    return _changed(left, lambda entry: Apply("add", (entry, right.expression)))


def _rows(value: Value) -> tuple[tuple[Value, ...], ...]:
    return value.rows if isinstance(value, Matrix) else (value.values,) if isinstance(value, Several) else ()


def environment(tokens: Tokens, read: Read) -> Value:
    r"""Return the content between `\begin{…}` and `\end{…}`, row by row."""
    opened = closing(tokens, 1)
    name = "".join(token.text for token in tokens[2:opened])
    end = closing(tokens, 0)
    if name not in _ENVIRONMENTS:
        raise BeyondReadingError(f"the environment {name}")
    if name != "".join(token.text for token in tokens[end + 2 : -1]):
        raise UnreadableError(f"the environment {name} is not closed")
    body = tokens[opened + 1 : end]
    if name == "array" and body and body[0].text == "{":
        body = body[closing(body, 0) + 1 :]
    if name in _SYSTEMS:
        body = [token for token in body if token.text != "&" or name.endswith("cases")]
    rows = [row for row in split([token for token in body if token.text != "hline"], {"cr"})[0] if row]
    if name.endswith("cases"):
        return _cases(rows, read)
    cells = tuple(tuple(read(cell) for cell in split(row, {"&"})[0] if cell) for row in rows)
    if name in _SYSTEMS and all(len(row) == 1 for row in cells):
        return Several(tuple(row[0] for row in cells))
    if not cells or any(not row for row in cells):
        raise UnreadableError("an empty matrix")
    return _determinant(cells) if name == "vmatrix" else Matrix(cells)


def _determinant(rows: tuple[tuple[Value, ...], ...]) -> Quantity:
    """Return the determinant as the sum that it is, so that it still has to be worked out."""
    if len(rows) > _LARGEST_DETERMINANT or any(len(row) != len(rows) for row in rows):
        raise BeyondReadingError("a determinant")
    entries = [[_changed(cell, lambda entry: entry).expression for cell in row] for row in rows]
    return Quantity(_expanded(entries))


def _expanded(entries: Sequence[Sequence[Expression]]) -> Expression:
    """Return a determinant expanded along its first row."""
    first, *others = entries
    if not others:
        return first[0]
    terms: list[Expression] = []
    for at, entry in enumerate(first):
        minor = _expanded([[*row[:at], *row[at + 1 :]] for row in others])
        term = Apply("multiply", (entry, minor))
        terms.append(negative(term) if at % 2 else term)
    return Apply("add", tuple(terms))


def _cases(rows: list[Tokens], read: Read) -> Value:
    """Return a function by cases, or the equations of a system."""
    divided = [_value_and_condition(row) for row in rows]
    if all(condition is None for _, condition in divided):
        return Several(tuple(read(value) for value, _ in divided))
    pieces: list[tuple[Value, Value | None]] = []
    for value, condition in divided:
        if condition is None:
            raise UnreadableError("a case without a condition")
        bare = [
            token for token in trimmed(condition) if token.text.lower() not in ("if", "for", "when", "where")
        ]
        if not bare:
            raise UnreadableError("a case without a condition")
        otherwise = len(bare) == 1 and bare[0].text.lower() in _OTHERWISE
        pieces.append((read(trimmed(value)), None if otherwise else read(bare)))
    return Piecewise(tuple(pieces))


def _value_and_condition(row: Tokens) -> tuple[Tokens, Tokens | None]:
    parts, _ = split(row, {"&"})
    parts = [part for part in parts if part]
    if len(parts) == 2:
        return parts[0], parts[1]
    if len(parts) > 2:
        raise UnreadableError("a case with more than a value and a condition")
    at = next(
        (
            place
            for place, token in outer(row)
            if token.kind == "word" and token.text.lower() in ("if", "for", "when", "otherwise")
        ),
        None,
    )
    if at:
        return row[:at], row[at:]
    parts, commas = split(row, {","})
    if (
        len(commas) == 1
        and any(token.text in RELATIONS for token in parts[1])
        and not any(token.text in RELATIONS for token in parts[0])
    ):
        return parts[0], parts[1]
    return row, None
