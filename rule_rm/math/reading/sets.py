r"""Sets, tuples and intervals: `\{1, 2\}`, `\{x \mid x > 0\}`, `(1, 2]`, `]1, 2[`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

from rule_rm.math.reading.brackets import Tokens, closing, outer, split, trimmed
from rule_rm.math.reading.combined_sets import complemented, powers_of_fields
from rule_rm.math.reading.domains import MOST_ELEMENTS, domains_of, integers
from rule_rm.math.reading.vocabulary import FIELDS, RELATIONS
from rule_rm.math.values.answers import (
    EMPTY_SET,
    REALS,
    Conditioned,
    Domain,
    Inequality,
    Interval,
    Matrix,
    Progression,
    Quantity,
    SetOperation,
    Several,
    Value,
    Words,
)
from rule_rm.math.values.expression import INFINITY, ZERO, Number, Symbol, UnreadableError, negative, symbols

Read = Callable[[Tokens], Value]
_LONGEST_FIELD = 16
"""Tokens after the sign of a field: those of `_{2} \\times \\mathbb{Z}_{3}`."""
_SHORTEST_ENDLESS = 4
"""Parts of a list that goes on, the dots among them: three terms show a rule."""
_STRUCTURES = RELATIONS | {"begin", r"\{", "cup", "cap", "setminus"}


def field(name: str) -> Value:
    """Return a set of numbers by its name; only the reals can be compared with intervals."""
    return REALS if name == "RR" else Words(name)


def set_of(tokens: Tokens, read: Read) -> Value | None:
    """Return a union, an intersection, a difference, a named set or one in braces."""
    texts = {token.text for token in tokens}
    for sign in ("cup", "cap", "setminus"):
        if sign not in texts:
            continue
        parts, found = split(tokens, {sign})
        if found:
            if any(not part for part in parts):
                raise UnreadableError("a set operation without a set")
            return SetOperation(sign, tuple(read(part) for part in parts))
    if (rest := complemented(tokens)) is not None:
        inner = read(rest)
        return SetOperation("complement", (inner,)) if isinstance(inner, SetOperation) else None
    if tokens[0].text in FIELDS:
        return _of_field(tokens, read)
    if len(tokens) == 1 and tokens[0].text == "emptyset":
        return EMPTY_SET
    if tokens[0].text == r"\{" and closing(tokens, 0) == len(tokens) - 1:
        return _braced(tokens[1:-1], read)
    return None


def _of_field(tokens: Tokens, read: Read) -> Value | None:
    r"""Read `\mathbb{R}`, `\mathbb{R}^+`, `\mathbb{R}_{>0}`, `\mathbb{R}-\{0\}`."""
    name, rest = tokens[0].text, tokens[1:]
    if not rest:
        return field(name)
    if rest[0].text == "-" and rest[1:]:
        return SetOperation("setminus", (field(name), read(rest[1:])))
    marks = "".join(token.text for token in rest if token.text not in ("{", "}", "^", "_", "(", ")"))
    if (powers := powers_of_fields(tokens)) is not None:
        return powers
    if name == "RR" and (part := _PARTS_OF_THE_REALS.get(marks)) is not None:
        return part
    return (
        Words(name + marks)
        if len(rest) <= _LONGEST_FIELD and not any(token.kind == "word" for token in rest)
        else None
    )


_POSITIVE = Interval(ZERO, INFINITY, False, False)
_NEGATIVE = Interval(negative(INFINITY), ZERO, False, False)
_PARTS_OF_THE_REALS: dict[str, Value] = {
    **dict.fromkeys(("+", ">0", "+*", "*+", "++"), _POSITIVE),
    **dict.fromkeys(("-", "<0", "-*", "*-", "--"), _NEGATIVE),
    **dict.fromkeys(("ge0", "+0", "0+"), Interval(ZERO, INFINITY, True, False)),
    "le0": Interval(negative(INFINITY), ZERO, False, True),
    **dict.fromkeys(
        ("*", "times", "ne0"), SetOperation("setminus", (REALS, Several((Quantity(ZERO),), "{")))
    ),
}


def _braced(tokens: Tokens, read: Read) -> Value:
    r"""Return a set: `\{1, 2\}`, or by a condition, `\{x | x > 0\}`."""
    if not tokens:
        return EMPTY_SET
    for mark in ("|", ":", ";"):
        parts, found = split(tokens, {mark})
        if len(found) == 1 and parts[0] and parts[1]:
            built = _built(parts[0], parts[1], read)
            if built is not None:
                return built
    inner = read(tokens)
    if isinstance(inner, Progression):
        return inner
    is_list = isinstance(inner, Several) and not inner.bracket
    return Several(inner.values if is_list else (inner,), "{")  # type: ignore[union-attr]


def _built(left: Tokens, right: Tokens, read: Read) -> Value | None:
    r"""Return `\{x \in \mathbb{R} : x > 0\}`: the left side counts unless it is the bare variable."""
    within: Value | None = None
    at = next((place for place, token in outer(left) if token.text == "in"), None)
    if at is not None:
        within, left = read(left[at + 1 :]), left[:at]
    element = read(left)
    symbol = element.expression if isinstance(element, Quantity) and not element.unit else None
    if isinstance(symbol, Symbol):
        domains = domains_of(right, read)
        if domains and len(domains) == 1 and domains[0].names == (symbol.name,) and domains[0].within:
            return _limited(domains[0].within, within)
        condition = _intersected(read(right))
        return _limited(condition, within, symbol)
    domains = domains_of(right, read)
    return None if domains is None else Conditioned(element, domains, is_set=True)


def _intersected(condition: Value) -> Value:
    if not isinstance(condition, Several) or not condition.values or condition.bracket:
        return condition
    are_sets = all(isinstance(one, (Inequality, Interval, SetOperation)) for one in condition.values)
    return SetOperation("cap", condition.values) if are_sets else condition


def _limited(condition: Value, within: Value | None, symbol: Symbol | None = None) -> Value:
    """Return the set of those in `within` that fulfil a condition."""
    if within is None or within == REALS:
        return condition
    if within in (Words("ZZ"), Words("NN")) and isinstance(condition, Inequality):
        return integers(condition) or Conditioned(condition, (Domain((), within),), is_set=True)
    if isinstance(within, (Interval, SetOperation)):
        return SetOperation("cap", (within, condition))
    return Conditioned(condition, (Domain((symbol.name,) if symbol else (), within),), is_set=True)


def elements(tokens: Tokens, read: Read) -> list[Value] | None:
    r"""Return the elements of `1, 2, \ldots, 9`, or of "2 through 6"; None if there are no dots."""
    if not any(token.text in ("through", "ldots") for token in tokens):
        return None
    at = next((place for place, token in outer(tokens) if token.text == "through"), 0)
    parts = [tokens[:at], tokens[at + 1 :]] if at else split(tokens, {","})[0]
    places = [place for place, part in enumerate(parts) if len(part) == 1 and part[0].text == "ldots"]
    if (not places and not at) or any(not part for part in parts):
        return None
    values = [read(part) for at, part in enumerate(parts) if at not in places]
    numbers = [
        one.expression.value
        for one in values
        if isinstance(one, Quantity) and isinstance(one.expression, Number) and not one.unit
    ]
    at = places[0] if places else 1
    if len(numbers) != len(values) or len(places) > 1 or not 0 < at == len(values) - 1:
        return None
    step = numbers[1] - numbers[0] if at > 1 else Fraction(1)
    if step <= 0 or any(two - one != step for one, two in itertools.pairwise(numbers[:at])):
        return None
    count = (numbers[at] - numbers[0]) / step
    if count.denominator != 1 or not 0 < count <= MOST_ELEMENTS:
        return None
    return [Quantity(Number(numbers[0] + step * number)) for number in range(int(count) + 1)]


def endless(tokens: Tokens, read: Read) -> Value | None:
    r"""Return `1, 3, 5, \ldots` as a list that goes on; None if it is something else.

    Its rule counts where three terms show it; other lists that go on are compared by their terms. So is a
    list up to a term in letters, `1, 2, \ldots, n`, which needs only two.
    """
    if not any(token.text == "ldots" for _, token in outer(tokens)):
        return None
    parts = split(tokens, {","})[0]
    last = None
    if len(parts) >= _SHORTEST_ENDLESS and [token.text for token in parts[-2]] == ["ldots"] and parts[-1]:
        end = read(parts[-1])
        if not isinstance(end, Quantity) or end.unit or end.percent or not symbols(end.expression):
            return None
        parts, last = parts[:-1], end.expression
    if len(parts) < _SHORTEST_ENDLESS - (last is not None):
        return None
    if [token.text for token in parts[-1]] != ["ldots"]:
        return None
    values = [read(part) for part in parts[:-1] if part]
    terms = tuple(
        one.expression.value
        for one in values
        if isinstance(one, Quantity) and isinstance(one.expression, Number) and not one.unit
    )
    if len(terms) < len(parts) - 1:
        return None
    pairs = list(itertools.pairwise(terms))
    for kind, steps in (
        ("sum", {two - one for one, two in pairs}),
        ("product", {two / one for one, two in pairs} if all(terms) else set()),
    ):
        if len(steps) == 1 and len(pairs) > 1:
            return Progression(terms, kind, steps.pop(), last)
    return Progression(terms, "", Fraction(0), last)


def brackets(tokens: Tokens, read: Read) -> Value | None:
    """Return a tuple or an interval: brackets around it all, with a comma in them."""
    opening, last = tokens[0].text, tokens[-1].text
    turned = _turned(tokens)
    if turned is None and (opening not in ("(", "[") or closing(tokens, 0) != len(tokens) - 1):
        return None
    parts, commas = split(tokens[1:-1], {";"})
    if not commas:
        parts, commas = split(tokens[1:-1], {","})
    if not commas:
        inner = trimmed(tokens[1:-1])
        return read(inner) if opening + last in ("()", "[]") and _is_structure(inner) else None
    values = tuple(read(part) for part in parts if part)
    if len(values) != len(parts):
        raise UnreadableError("a bracket with an empty place")
    is_tuple = (opening == "(") == (last == ")") and turned is None
    if is_tuple and not any(map(_is_infinite, values)):
        return Several(values, opening)
    bounds = [value.expression for value in values if isinstance(value, Quantity) and not value.unit]
    if len(bounds) != 2 or len(values) != 2:
        raise UnreadableError("an interval without two bounds")
    low_closed, high_closed = turned or (opening == "[", last == "]")
    return Interval(bounds[0], bounds[1], low_closed, high_closed)


def straightened(tokens: Tokens) -> Tokens:
    r"""Return a union with round brackets for those that are turned outwards: `]-1, 2] \cup ]5, 6[`."""
    if not any(token.text in ("cup", "cap", "setminus") for token in tokens):
        return tokens
    changed, opened = list(tokens), False
    for at, token in enumerate(tokens):
        starts = not at or tokens[at - 1].text in ("cup", "cap", "setminus", "in", "=")
        if starts and token.text in ("]", "[", "("):
            opened = True
            changed[at] = token._replace(text="(") if token.text == "]" else token
        elif opened and token.text in ("[", "]", ")"):
            opened = False
            changed[at] = token._replace(text=")") if token.text == "[" else token
    return changed


def _turned(tokens: Tokens) -> tuple[bool, bool] | None:
    """Return which bounds of `]1, 2[` belong to it; None for usual brackets."""
    opening, last = tokens[0].text, tokens[-1].text
    inside = tokens[1:-1]
    balanced = len(tokens) > 4 and not any(token.text in ("[", "]") for _, token in outer(inside))
    if not balanced or not any(token.text in (",", ";") for _, token in outer(inside)):
        return None
    pairs = {("]", "["): (False, False), ("]", "]"): (False, True), ("[", "["): (True, False)}
    mixed = {("]", ")"): (False, False), ("(", "["): (False, False)}
    return pairs.get((opening, last)) or mixed.get((opening, last))


def _is_structure(tokens: Tokens) -> bool:
    """Return True if the content of brackets is more than an expression."""
    return any(token.text in _STRUCTURES for token in tokens) or tokens[0].kind == "word"


def _is_infinite(value: Value) -> bool:
    return isinstance(value, Quantity) and value.expression in (INFINITY, negative(INFINITY))


def is_row(value: Value) -> bool:
    """Return True for a tuple or a matrix."""
    return isinstance(value, Matrix) or (isinstance(value, Several) and value.bracket in ("(", "["))
