r"""Find the arithmetic that an expression of a number leaves to be carried out.

`3+4`, `1\cdot 7`, `\sqrt{9}` and `|-7|` are work; `\frac{14}{4}`, `3+\sqrt2`, `25\pi` and `3\cdot 10^8` are
values. A single power, factorial, binomial, prime factorisation or function value is a *closed form*: a value
too, unless the question asks for more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from rule_rm.errors import InternalError
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.finality.shapes import Shape, parts, written
from rule_rm.math.values.expression import ZERO, Apply, Constant, Expression, Number, TooCostlyError

CLOSED = frozenset({"power", "factorial", "binomial", "nPr", "primes", "function", "scientific"})
"""The kinds of closed forms."""
_TRIGONOMETRIC = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_LARGEST_PRIME = 10_000
_LARGEST_MANTISSA = 1_000
"""The bound of the number before a power of ten: engineers write `384 \\times 10^3`."""


class WorkError(InternalError, ValueError):
    """Something in an expression that is not carried out; the message names it."""


def is_rational(expression: Expression) -> bool:
    """Return True if the value is a fraction that can be worked out."""
    return fraction(expression) is not None


def closed_form(expression: Expression) -> str | None:
    """Return the kind of a closed form, None for any other value. Raises WorkError if work is left.

    >>> closed_form(Apply("power", (Number(Fraction(2)), Number(Fraction(10)))))
    'power'
    """
    inner = unsigned(expression)
    kind = _closed(inner)
    if kind is None:
        _carry(inner)
    return kind


def unsigned(expression: Expression) -> Expression:
    """Return an expression without the signs before it."""
    while isinstance(expression, Apply) and expression.function in ("negative", "plus_minus", "minus_plus"):
        expression = expression.arguments[0]
    return expression


def _closed(expression: Expression) -> str | None:
    match expression:
        case Apply("power", (base, exponent)) if _is_plain(base) and _is_plain(exponent):
            return "power" if _is_power(base, exponent) else None
        case Apply("factorial" | "double factorial" | "binomial" | "nPr" as kind, arguments) if all(
            map(_is_whole, arguments)
        ):
            return kind.removeprefix("double ")
        case Apply("multiply" | "divide"):
            above, below = factors(expression)
            if not below and _is_scientific(above):
                return "scientific"
            if not below and _are_primes(above):
                return "primes"
            if _is_polar(above):
                return "function"
            return "power" if len(above) < 2 and len(below) == 1 and _is_quotient(above + below) else None
        case Apply("add", _) if _is_polar([expression]):
            return "function"
        case Apply(function, arguments) if function in _FUNCTIONS:
            for argument in arguments:
                _carry(argument)
            return "function"
    return None


_FUNCTIONS = _TRIGONOMETRIC | {
    *("asin", "acos", "atan", "acot", "asec", "acsc", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("log", "ln", "exp", "erf"),
}


def _is_plain(expression: Expression) -> bool:
    """Return True for a number, its negative, and a fraction of two integers."""
    match expression:
        case Number():
            return True
        case Apply("negative", (inner,)):
            return _is_plain(inner)
        case Apply("divide", (above, below)):
            return _is_whole(above) and _is_whole(below)
    return False


def _is_whole(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.value.denominator == 1 and not expression.decimals


def _is_power(base: Expression, exponent: Expression) -> bool:
    """Return True for a power that has to be there: not of 0 or 1, not to the first, no exact root."""
    value, power = fraction(base), fraction(exponent)
    if value in (None, 0, 1, -1) or power in (None, 0, 1) or value is None or power is None:
        return False
    return power.denominator == 1 or not is_rational(Apply("power", (base, exponent)))


def _is_scientific(above: list[Expression]) -> bool:
    r"""Return True for `3.2 \cdot 10^5`."""
    if len(above) != 2:
        return False
    mantissa, power = above
    if not isinstance(mantissa, Number) or not 1 <= abs(mantissa.value) < _LARGEST_MANTISSA:
        return False
    match power:
        case Apply("power", (Number(Fraction(numerator=10, denominator=1)), exponent)):
            value = fraction(exponent) if _is_plain(exponent) else None
            return value is not None and value.denominator == 1 and value not in (0, 1)
    return False


def _is_polar(above: list[Expression]) -> bool:
    r"""Return True for `2(\cos\frac{\pi}{3} + i\sin\frac{\pi}{3})`."""
    if not above or len(above) > 2 or not all(map(_is_plain, above[:-1])):
        return False
    match above[-1]:
        case Apply("add", (Apply("cos", (angle,)), Apply("multiply", second))):
            _carry(angle)
            return set(second) == {Constant("i"), Apply("sin", (angle,))}
    return False


def _are_primes(above: list[Expression]) -> bool:
    r"""Return True for `2^3 \cdot 3 \cdot 7`: ascending primes, one of them at least in a power."""
    bases, powers = [], 0
    for factor in above:
        base = factor
        if isinstance(factor, Apply) and factor.function == "power" and _is_whole(factor.arguments[1]):
            base, powers = factor.arguments[0], powers + 1
        if not isinstance(base, Number) or not is_prime(base.value):
            return False
        bases.append(base.value)
    return powers > 0 and len(bases) > 1 and bases == sorted(set(bases))


def is_prime(value: Fraction) -> bool:
    """Return True for a prime number."""
    if value.denominator != 1 or not 2 <= value <= _LARGEST_PRIME:
        return False
    return all(value.numerator % divisor for divisor in range(2, math.isqrt(value.numerator) + 1))


def _is_quotient(sides: list[Expression]) -> bool:
    r"""Return True for `\frac{3}{2^{10}}`: integers and powers of them, with nothing to be cancelled."""
    bases = []
    for side in sides:
        base = side
        if isinstance(side, Apply) and side.function == "power" and _is_whole(side.arguments[1]):
            base = side.arguments[0]
        if not _is_whole(base):
            return False
        bases.append(base)
    values = [int(base.value) for base in bases if isinstance(base, Number)]
    has_power = any(isinstance(side, Apply) for side in sides)
    return has_power and math.gcd(*values) == 1 if len(values) > 1 else has_power


def _carry(expression: Expression) -> None:
    """Raise WorkError if something in the expression of a number can be carried out."""
    match expression:
        case Apply("add", _):
            _carry_sum(expression)
        case Apply("negative" | "plus_minus" | "minus_plus", (inner,)):
            _carry(inner)
        case Apply("multiply" | "divide", _):
            _carry_product(expression)
        case Apply("power", (base, exponent)):
            _carry_power(base, exponent)
        case Apply("root", (base, degree)):
            _carry(base)
            _carry(degree)
            if is_rational(expression):
                raise WorkError("a root that is a fraction")
            if isinstance(base, Apply) and base.function == "power" and not is_rational(base):
                raise WorkError("a root of a power")
        case Apply(function, arguments):
            if function not in _FUNCTIONS:
                raise WorkError(f"{function}, not worked out")
            for argument in arguments:
                _carry(argument)


def _carry_sum(expression: Expression) -> None:
    if ZERO in terms(expression) and not _is_complex(expression):
        raise WorkError("a sum with nothing added")
    seen: set[Shape] = set()
    for term in terms(expression):
        _carry(term)
        kind = _irrational_part(term)
        if kind in seen:
            raise WorkError("a sum that is not carried out")
        seen.add(kind)


def _is_complex(expression: Expression) -> bool:
    """Return True if i occurs: `0 + 1i` is a complex number in its usual form."""
    return Constant("i") in parts(expression)


def terms(expression: Expression) -> Iterator[Expression]:
    """Yield the terms of a sum, without their signs."""
    match expression:
        case Apply("add", arguments):
            for argument in arguments:
                yield from terms(argument)
        case Apply("negative" | "plus_minus" | "minus_plus", (inner,)):
            yield from terms(inner)
        case _:
            yield expression


def _irrational_part(term: Expression) -> Shape:
    """Return a term without its rational factors: () for a fraction."""
    above, below = factors(term)
    kept = [
        sorted((written(one) for one in side if not is_rational(one)), key=repr) for side in (above, below)
    ]
    return tuple(map(tuple, kept)) if any(kept) else ()


def factors(expression: Expression) -> tuple[list[Expression], list[Expression]]:
    """Return the factors above and below the line of a product, without signs."""
    match expression:
        case Apply("multiply", arguments):
            sides = [factors(argument) for argument in arguments]
            return [one for above, _ in sides for one in above], [one for _, below in sides for one in below]
        case Apply("divide", (top, bottom)):
            (above, below), (under, over) = factors(top), factors(bottom)
            return above + over, below + under
        case Apply("negative", (inner,)):
            return factors(inner)
    return [expression], []


def _carry_product(expression: Expression) -> None:
    above, below = factors(expression)
    for side in (above, below):
        for factor in side:
            _carry(factor)
        if sum(map(is_rational, side)) > 1:
            raise WorkError("a product that is not carried out")
        if sum(isinstance(factor, Apply) and factor.function == "add" for factor in side) > 1:
            raise WorkError("a product of sums that is not carried out")
        degrees = [one.arguments[1] for one in side if isinstance(one, Apply) and one.function == "root"]
        if len(set(degrees)) < len(degrees):
            raise WorkError("a product of roots that is not carried out")
        names = [written(one) for one in side if not is_rational(one)]
        if len(set(names)) < len(names):
            raise WorkError("a product of the same factors")
    rational = [one for side in (above, below) for one in side if is_rational(one)]
    if all(map(is_rational, below)) and below and not all(map(_is_whole, rational)):
        raise WorkError("a quotient of decimals or powers that is not carried out")
    tops, bottoms = ({written(one) for one in side if not _is_whole(one)} for side in (above, below))
    if tops & bottoms:
        raise WorkError("a quotient that is not carried out")
    if any(_is_sum(one) for one in above) and any(_is_sum(one) for one in below):
        raise WorkError("a quotient of sums that is not carried out")


def _is_sum(expression: Expression) -> bool:
    return isinstance(expression, Apply) and expression.function == "add"


def cancels(expression: Expression) -> bool:
    r"""Return True for a product with integers above and below the line to be cancelled: `\frac{4\pi}{6}`."""
    above, below = factors(expression)
    sides = [[int(one.value) for one in side if isinstance(one, Number)] for side in (above, below)]
    return math.gcd(math.prod(sides[0]), math.prod(sides[1])) > 1


def _carry_power(base: Expression, exponent: Expression) -> None:
    _carry(base)
    _carry(exponent)
    if is_rational(base) and is_rational(exponent):
        if is_rational(Apply("power", (base, exponent))) or not _is_power(base, exponent):
            raise WorkError("a power that is not carried out")
    elif _is_sum(base) or base == Constant("i") or (isinstance(base, Apply) and base.function == "root"):
        raise WorkError("a power that is not carried out")


def fraction(expression: Expression) -> Fraction | None:
    """Return the value of an expression if it is a fraction, else None."""
    try:
        return exact(expression, {})
    except TooCostlyError:
        return Fraction(2)  # Some rational number: only whether it is one is asked where this is reached.
    except (InexactError, UndefinedError, KeyError):
        return None
