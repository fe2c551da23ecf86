"""Give expressions a shape: up to order and grouping (`written`), or with their arithmetic carried out.

Both are plain hashable tuples, so that two expressions have one shape if their tuples are equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from rule_rm.math.values.expression import ONE, ZERO, Apply, Constant, Expression, Number, Symbol

Shape = tuple[Any, ...]
"""A tuple of strings, fractions and shapes."""
_LARGEST_EXPONENT = 64
_MOST_BITS = 4_000
"""A power of more bits is left as it is."""


def written(expression: Expression) -> Shape:
    """Return the expression as it is written, up to order, grouping, signs, `+ 0` and `· 1`.

    >>> x = Symbol("x")
    >>> written(Apply("add", (x, ONE))) == written(Apply("add", (ONE, ZERO, x)))
    True
    """
    match expression:
        case Number(value, decimals):
            return ("number", value, decimals is not None)
        case Symbol(name) | Constant(name):
            return (type(expression).__name__, name)
        case Apply("add", arguments):
            terms = [term for argument in arguments for term in _terms(argument)]
            return _gathered("add", [term for term in terms if term != _NOTHING], _NOTHING)
        case Apply("multiply" | "divide" | "negative", _):
            return _product(expression)
        case Apply("power", (base, exponent)) if exponent == ONE:
            return written(base)
        case Apply(function, arguments):
            return (function, *map(written, arguments))
    raise TypeError(expression)


_NOTHING: Shape = ("number", Fraction(0), False)
_UNIT: Shape = ("number", Fraction(1), False)


def _terms(expression: Expression) -> Iterator[Shape]:
    if isinstance(expression, Apply) and expression.function == "add":
        for argument in expression.arguments:
            yield from _terms(argument)
    else:
        yield written(expression)


def _product(expression: Expression) -> Shape:
    above: list[Shape] = []
    below: list[Shape] = []
    negated = _factors(expression, above, below)
    above = [factor for factor in above if factor != _UNIT]
    below = [factor for factor in below if factor != _UNIT]
    if negated:
        number = next((at for at, factor in enumerate(above) if factor[0] == "number"), None)
        if number is None:
            above.append(("number", Fraction(-1), False))
        else:
            above[number] = ("number", -above[number][1], above[number][2])
    top = _gathered("multiply", above, _UNIT)
    return ("divide", top, _gathered("multiply", below, _UNIT)) if below else top


def _factors(expression: Expression, above: list[Shape], below: list[Shape]) -> bool:
    """Append the factors of a product, and return True if its sign is to be changed."""
    match expression:
        case Apply("multiply", arguments):
            return bool(sum(_factors(argument, above, below) for argument in arguments) % 2)
        case Apply("divide", (top, bottom)):
            return _factors(top, above, below) != _factors(bottom, below, above)
        case Apply("negative", (inner,)):
            return not _factors(inner, above, below)
        case Number(value, decimals) if value < 0:
            above.append(("number", -value, decimals is not None))
            return True
    above.append(written(expression))
    return False


def _gathered(function: str, parts: list[Shape], neutral: Shape) -> Shape:
    if not parts:
        return neutral
    return parts[0] if len(parts) == 1 else (function, *sorted(parts, key=repr))


def carried(expression: Expression) -> Shape:
    """Return the shape in which numbers are added and multiplied and like terms collected.

    Sums are not multiplied out, so `x(x + 1)` and `x^2 + x` differ; `2(x + 1)` is `2x + 2`.

    >>> x = Symbol("x")
    >>> carried(Apply("add", (x, x))) == carried(Apply("multiply", (x, Number(Fraction(2)))))
    True
    """
    return _frozen(_sum(expression))


_Sum = dict[Shape, Fraction]
"""The coefficient of each product of powers."""


def _frozen(terms: _Sum) -> Shape:
    return ("sum", *sorted(terms.items(), key=repr))


def _sum(expression: Expression) -> _Sum:
    match expression:
        case Number(value):
            return {(): value} if value else {}
        case Symbol() | Constant():
            return {((written(expression), Fraction(1)),): Fraction(1)}
        case Apply("add", arguments):
            return _added(_sum(argument) for argument in arguments)
        case Apply("negative", (inner,)):
            return {term: -value for term, value in _sum(inner).items()}
        case Apply("multiply", arguments):
            return _multiplied([_sum(argument) for argument in arguments])
        case Apply("divide", (top, bottom)):
            return _multiplied([_sum(top), _raised(_sum(bottom), Fraction(-1))])
        case Apply("power", (base, Number(exponent))) if abs(exponent) <= _LARGEST_EXPONENT:
            return _raised(_sum(base), exponent)
        case Apply("root", (base, Number(degree))) if degree and abs(degree) <= _LARGEST_EXPONENT:
            return _raised(_sum(base), 1 / degree)
        case Apply(function, arguments):
            return {(((function, *map(carried, arguments)), Fraction(1)),): Fraction(1)}
    raise TypeError(expression)


def _added(sums: Iterator[_Sum]) -> _Sum:
    total: _Sum = {}
    for terms in sums:
        for term, value in terms.items():
            total[term] = total.get(term, Fraction(0)) + value
    return {term: value for term, value in total.items() if value}


def _multiplied(sums: list[_Sum]) -> _Sum:
    coefficient = Fraction(1)
    powers: dict[Shape, Fraction] = {}
    for terms in sums:
        if not terms:
            return {}
        factor, content = _content(terms)
        coefficient *= content
        for base, exponent in factor:
            powers[base] = powers.get(base, Fraction(0)) + exponent
    return _spread(powers.items(), coefficient)


def _spread(powers: Iterable[tuple[Shape, Fraction]], coefficient: Fraction) -> _Sum:
    """Return a product of powers; a mere number times a sum is multiplied out."""
    factors = tuple(sorted(((base, power) for base, power in powers if power), key=repr))
    if len(factors) == 1 and factors[0][1] == 1 and factors[0][0][0] == "sum":
        return {term: value * coefficient for term, value in factors[0][0][1:]}
    return {factors: coefficient}


def _content(terms: _Sum) -> tuple[Shape, Fraction]:
    """Return the factors of a sum, and its leading coefficient, by which a proper sum is divided."""
    if len(terms) == 1:
        ((factors, value),) = terms.items()
        return factors, value
    ordered = sorted(terms.items(), key=repr)
    content = ordered[0][1]
    return ((("sum", *((term, value / content) for term, value in ordered)), Fraction(1)),), content


def _raised(terms: _Sum, exponent: Fraction) -> _Sum:
    if not terms:
        return {((("power", _frozen(terms), exponent), Fraction(1)),): Fraction(1)}
    factors, content = _content(terms)
    powers = tuple((base, power * exponent) for base, power in factors)
    bits = (content.numerator.bit_length() + content.denominator.bit_length()) * abs(exponent)
    if content == 1:
        return _spread(powers, Fraction(1))
    if exponent.denominator == 1 and bits <= _MOST_BITS:
        return _spread(powers, content ** int(exponent))
    return _spread((*powers, (("number", content), exponent)), Fraction(1))


def size(expression: Expression) -> int:
    """Return the number of numbers and letters in an expression, without `+ 0` and `· 1`."""
    match expression:
        case Apply("add", arguments):
            return sum(size(argument) for argument in arguments if argument != ZERO)
        case Apply("multiply" | "divide", arguments):
            return sum(size(argument) for argument in arguments if argument != ONE) or 1
        case Apply(_, arguments):
            return sum(map(size, arguments)) or 1
    return 1


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all expressions in it."""
    yield expression
    if isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from parts(argument)
