"""Describe a value in words, for `explain` and for the explanation of a score."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import mpmath

from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.values.answers import (
    Based,
    Chain,
    Clock,
    Conditioned,
    Congruence,
    Date,
    Growth,
    Inequality,
    Interval,
    Logic,
    Matrix,
    Named,
    Piecewise,
    Progression,
    Quantity,
    Ratio,
    SetOperation,
    Several,
    Value,
    Words,
)
from rule_rm.math.values.expression import (
    INFINITY,
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    negative,
    symbols,
)
from rule_rm.math.values.units import Unit

_LONGEST = 60
_MOST = 10**_LONGEST
_SIGNS = {"le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "cup": "∪", "cap": "∩", "setminus": "∖"}
_INFIX = {"add": " + ", "multiply": "·", "divide": "/", "power": "^", "mod": " mod "}
_PAIRS = {"(": ")", "[": "]", "{": "}", "": "", "or": ""}


@lru_cache(maxsize=1024)  # A golden answer is described for every response of its group.
def describe(value: Value) -> str:
    r"""Return one line that shows the value in its normal form.

    >>> from rule_rm.math.reading.reader import read
    >>> describe(read(r"\frac{6}{4}")), describe(read(r"2\sqrt 2 \text{ cm}")), describe(read("(1, x]"))
    ('3/2', '2·root(2, 2) ≈ 2.828427 cm', '(1, x]')
    """
    text = _text(value)
    return text if len(text) <= 2 * _LONGEST else text[: 2 * _LONGEST] + "…"


def _text(value: Value) -> str:
    match value:
        case Quantity(expression, unit, percent):
            return _number(expression) + ("%" if percent else "") + (f" {_unit(unit)}" if unit else "")
        case Words(text):
            return f"“{text}”"
        case Several(values, bracket):
            joint = " or " if bracket == "or" else ", "
            return bracket.replace("or", "") + joint.join(map(_text, values)) + _PAIRS[bracket]
        case Named(name, inner):
            return f"{name} = {_text(inner)}"
        case Chain(members, signs):
            return _joined([_text(member) for member in members], signs)
        case Inequality(sides, signs):
            return _joined([_number(side) for side in sides], signs)
        case Interval(low, high, low_closed, high_closed):
            return f"{'[' if low_closed else '('}{_number(low)}, {_number(high)}{']' if high_closed else ')'}"
        case SetOperation(sign, sets):
            listed = map(_text, sets)
            return f" {_SIGNS[sign]} ".join(listed) if sign in _SIGNS else f"{sign} of {', '.join(listed)}"
        case Matrix(rows):
            return "[" + "; ".join(", ".join(map(_text, row)) for row in rows) + "]"
        case Based(digits, base):
            return f"{digits} in base {base}"
        case Ratio(terms):
            return " : ".join(map(_number, terms))
    return _thing(value)


def _thing(value: Value) -> str:
    match value:
        case Congruence(residue, modulus, symbol):
            return (
                f"{spelled(symbol) if symbol else ''} ≡ {_number(residue)} (mod {_number(modulus)})".strip()
            )
        case Progression(terms, last=last):
            return f"{', '.join(map(str, terms))}, …" + (f", {_number(last)}" if last is not None else "")
        case Clock(minutes, half):
            return f"{minutes // 60}:{minutes % 60:02}" + (f" ({half})" if half else "")
        case Date(month, day, year):
            return f"{year or '—'}-{month:02}-{day:02}"
        case Piecewise(rows):
            return "; ".join(f"{_text(one)} if {_text(when) if when else 'otherwise'}" for one, when in rows)
        case Conditioned(inner, domains, is_set):
            said = "; ".join(
                f"{', '.join(one.names)} in {_text(one.within) if one.within else 'any'}" for one in domains
            )
            return f"{{{_text(inner)} : {said}}}" if is_set else f"{_text(inner)} for {said}"
        case Logic(operator, parts):
            return f"{operator}({', '.join(map(_text, parts))})" if parts else operator
        case Growth(sign, expression):
            return f"{sign}({spelled(expression)})"
    raise TypeError(f"no value: {value!r}")


def _joined(members: list[str], signs: tuple[str, ...]) -> str:
    pairs = zip(signs, members[1:], strict=True)
    return members[0] + "".join(f" {_SIGNS.get(sign, sign)} {member}" for sign, member in pairs)


def _unit(unit: Unit) -> str:
    return unit.label or unit.name


def _number(expression: Expression) -> str:
    """Return the exact value if it is short, else the expression and its first digits."""
    if isinstance(expression, Number):
        return spelled(expression)
    if expression in (INFINITY, negative(INFINITY)):
        return "∞" if expression == INFINITY else "-∞"
    if symbols(expression):
        return spelled(expression)
    with suppress(InexactError, UndefinedError, TooCostlyError):
        value = exact(expression, {})
        if max(abs(value.numerator), value.denominator) < _MOST:
            return str(value)
    with suppress(UndefinedError, TooCostlyError):
        return f"{spelled(expression)} ≈ {mpmath.nstr(approximate(expression, {}), 7)}"
    return spelled(expression)


def spelled(expression: Expression) -> str:
    """Return an expression as plain text."""
    match expression:
        case Number(value):
            short = max(abs(value.numerator), value.denominator) < _MOST
            return str(value) if short else mpmath.nstr(mpmath.mpf(value.numerator) / value.denominator, 7)
        case Symbol(name) | Constant(name):
            return name
        case Apply("negative", (inner,)):
            return f"-{_inner(inner)}"
        case Apply(function, arguments) if function in _INFIX:
            return _INFIX[function].join(map(_inner, arguments))
        case Apply(function, arguments):
            return f"{function}({', '.join(map(spelled, arguments))})"


def _inner(expression: Expression) -> str:
    is_infix = isinstance(expression, Apply) and expression.function in _INFIX
    return f"({spelled(expression)})" if is_infix else spelled(expression)
