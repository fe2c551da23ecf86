"""The value of an expression as a fraction, where it is one.

Sizes are bounded before anything is computed, so that no expression takes long. The guard's promise is kept
here as well, where the true sizes are known.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from rule_rm.errors import InternalError
from rule_rm.math.comparing.divisors import at_divisors, at_prime_divisors
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, TooCostlyError

Values = Mapping[str, Fraction]

UNKNOWN = "unknown "
"""The first part of the name of a function of which no more is known than its arguments."""
_MOST_BITS = 60_000
LARGEST_FACTORIAL = 5_000
_LARGEST_ROOT = 64
_MOST_TERMS = 1_000
_LARGEST_STIRLING = 100
_MOST_NESTED_TERMS = 20_000
_MOST_OPEN_TERMS = 32
"""The terms of a sum up to a letter, which is worked out at many points."""


class InexactError(InternalError, ValueError):
    """The value is not a fraction, as far as this can be decided without approximating."""


class UndefinedError(InternalError, ValueError):
    """There is no value here: a division by zero, a logarithm of zero."""


def exact(expression: Expression, values: Values) -> Fraction:
    """Return the value as a fraction.

    Raises InexactError if it is not one, UndefinedError if there is no value, TooCostlyError if it is too
    large.

    >>> from rule_rm.math.values.expression import TWO
    >>> exact(Apply("root", (Number(Fraction(9, 4)), TWO)), {})
    Fraction(3, 2)
    """
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Symbol):
        return values[expression.name]
    if not isinstance(expression, Apply):
        raise InexactError(expression.name)
    if expression.function in _EXACT or expression.function.startswith(UNKNOWN):
        return applied(expression.function, [exact(argument, values) for argument in expression.arguments])
    match expression:
        case Apply("sum" | "prod" as function, (Symbol(name), low, high, body)):
            bounded(expression)
            terms = (exact(body, {**values, name: value}) for value in steps(low, high, values))
            return _small(folded(function, terms, Fraction))
    raise InexactError(expression.function)


def applied(function: str, arguments: Sequence[Fraction]) -> Fraction:
    """Return the value of a function of fractions. Raises the errors of `exact` if it has none."""
    if function.startswith(UNKNOWN):
        return _unknown(function, arguments)
    rule = _EXACT.get(function)
    if rule is None:
        raise InexactError(function)
    return _small(rule(*arguments))


def _unknown(function: str, arguments: Sequence[Fraction]) -> Fraction:
    r"""Return a value that an unknown function, such as the a of `a_k`, may have at a place."""
    digest = hashlib.blake2b(f"{function} {arguments}".encode(), digest_size=8).digest()
    return Fraction(int.from_bytes(digest, "big") % 9_000_000 + 1, 3_100_007)


def is_rational(expression: Expression) -> bool:
    """Return True if the value is a fraction, and its variables do not matter for that."""
    try:
        exact(expression, {})
    except (InexactError, UndefinedError, TooCostlyError, KeyError):
        return False
    return True


_SMALL = frozenset({"add", "negative", "multiply", "divide", "root", "abs", "plus_minus", "minus_plus"})
_LARGEST_SMALL_POWER = 64


def is_small(expression: Expression, *, in_power: bool = False) -> bool:
    """Return True if an expression is not too large to be worked out for any values of its variables.

    >>> from rule_rm.math.values.expression import TWO
    >>> is_small(Apply("power", (Symbol("x"), TWO))), is_small(Apply("factorial", (TWO,)))
    (True, False)
    """
    if not isinstance(expression, Apply):
        return True
    if expression.function in _SMALL:
        return all(is_small(argument, in_power=in_power) for argument in expression.arguments)
    match expression:
        case Apply("power", (base, Number(exponent))) if abs(exponent) <= _LARGEST_SMALL_POWER:
            return not in_power and not isinstance(base, Number) and is_small(base, in_power=True)
    return False


def bounded(expression: Expression) -> None:
    """Raise TooCostlyError for sums within sums of too many terms."""
    if terms_of(expression) > _MOST_NESTED_TERMS:
        raise TooCostlyError("a sum of too many terms")


def terms_of(expression: Expression) -> int:
    """Return how many terms have to be worked out for the sums within sums of an expression."""
    match expression:
        case Apply("sum" | "prod", (_, Number(low), Number(high), body)):
            return max(1, int(high - low + 1)) * terms_of(body)
        case Apply("sum" | "prod", (_, _, _, body)):
            return _MOST_OPEN_TERMS * terms_of(body)
        case Apply(_, arguments):
            return sum(map(terms_of, arguments)) if len(arguments) > 1 else terms_of(arguments[0])
    return 1


def steps(low: Expression, high: Expression, values: Values) -> Iterator[Fraction]:
    """Yield the integers that a sum runs over. Raises UndefinedError if a letter makes none of them."""
    first, last = exact(low, values), exact(high, values)
    is_open = not isinstance(low, Number) or not isinstance(high, Number)
    if first.denominator != 1 or last.denominator != 1 or (is_open and last < first):
        raise UndefinedError("a sum of no terms")
    if last - first > (_MOST_OPEN_TERMS if is_open else _MOST_TERMS):
        raise TooCostlyError("a sum of too many terms")
    value = first
    while value <= last:
        yield value
        value += 1


def folded(function: str, terms: Iterator[Any], zero: Callable[[int], Any]) -> Any:
    """Return the sum or the product of terms, kept small on the way."""
    result = zero(0 if function == "sum" else 1)
    for term in terms:
        result = result + term if function == "sum" else result * term
        if isinstance(result, Fraction):
            _small(result)
    return result


def _small(value: Fraction) -> Fraction:
    if value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
        raise TooCostlyError("a number of too many digits")
    return value


def _divide(left: Fraction, right: Fraction) -> Fraction:
    if not right:
        raise UndefinedError("a division by zero")
    return left / right


def _product(*factors: Fraction) -> Fraction:
    result = Fraction(1)
    for factor in factors:
        result = _small(result * factor)
    return result


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator > _LARGEST_ROOT:
        raise InexactError("an irrational power")
    if exponent.denominator != 1:
        return _root(_power(base, Fraction(exponent.numerator)), Fraction(exponent.denominator))
    if not base and exponent <= 0:
        raise UndefinedError("a power of zero")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and bits * abs(exponent) > _MOST_BITS:
        raise TooCostlyError("a power of too many digits")
    return base ** (int(exponent) if base not in (0, 1, -1) else int(exponent) % 2 + 2)


def _root(value: Fraction, degree: Fraction) -> Fraction:
    if degree.denominator != 1 or not 1 <= degree <= _LARGEST_ROOT or (value < 0 and degree > 1):
        raise InexactError("a root")
    above, below = _whole_root(value.numerator, int(degree)), _whole_root(value.denominator, int(degree))
    if above is None or below is None:
        raise InexactError("an irrational root")
    return Fraction(above, below)


def _whole_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = math.isqrt(value)
    else:
        root, high = 0, 1 << (value.bit_length() // degree + 1)
        while root < high:
            middle = (root + high + 1) // 2
            root, high = (middle, high) if middle**degree <= value else (root, middle - 1)
    return root if root**degree == value else None


def _factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < 0:
        raise InexactError("a factorial of a number that is not a natural number")
    if value > LARGEST_FACTORIAL:
        raise TooCostlyError("a factorial of too many digits")
    return Fraction(math.factorial(int(value)))


def _double_factorial(value: Fraction) -> Fraction:
    if value.denominator != 1 or value < -1:
        raise InexactError("a double factorial of a number that is not a natural number")
    if value > LARGEST_FACTORIAL:
        raise TooCostlyError("a double factorial of too many digits")
    return Fraction(math.prod(range(int(value), 1, -2)))


def _binomial(above: Fraction, below: Fraction) -> Fraction:
    if below.denominator != 1:
        raise InexactError("a binomial with a fraction below")
    if above.denominator != 1 or above < 0:
        return _falling(above, below)
    if not 0 <= below <= above:
        return Fraction(0)
    if above > 20_000 or min(below, above - below) > 5_000:
        raise TooCostlyError("a binomial of too many digits")
    return Fraction(math.comb(int(above), int(below)))


def _falling(above: Fraction, below: Fraction) -> Fraction:
    """Return the binomial of any number over a whole one, by its product."""
    if below > _LARGEST_ROOT:
        raise InexactError("a binomial of too many factors")
    if below < 0 and above < 0:
        # There are two conventions: 0, and the one that makes C(n, k) and C(n, n - k) the same for all n.
        raise UndefinedError("a binomial of two negative numbers")
    result = Fraction(0) if below < 0 else Fraction(1)
    for step in range(int(below)):
        result *= Fraction(above - step, step + 1)
    return result


def _stirling(kind: str) -> Callable[[Fraction, Fraction], Fraction]:
    """Return the numbers of partitions into blocks (brace) or of permutations with cycles (brack)."""

    def of(above: Fraction, below: Fraction) -> Fraction:
        if above.denominator != 1 or below.denominator != 1 or min(above, below) < 0:
            raise UndefinedError("a Stirling number of something else than natural numbers")
        if above > _LARGEST_STIRLING:
            raise TooCostlyError("a Stirling number of too many digits")
        row = [1]
        for size in range(int(above)):
            weights = [size] * (size + 2) if kind == "brack" else range(size + 2)
            row = [
                (row[at - 1] if at else 0) + (weights[at] * row[at] if at <= size else 0)
                for at in range(size + 2)
            ]
        return Fraction(row[int(below)] if below <= above else 0)

    return of


def _common(fold: Callable[..., int]) -> Callable[..., Fraction]:
    """Return gcd or lcm for fractions, as on a common denominator."""

    def of(*values: Fraction) -> Fraction:
        below = math.lcm(*(value.denominator for value in values))
        return Fraction(fold(*(int(value * below) for value in values)), below)

    return of


_EXACT: dict[str, Callable[..., Fraction]] = {
    "add": lambda *terms: sum(terms, Fraction(0)),
    "negative": lambda value: -value,
    "multiply": _product,
    "divide": _divide,
    "power": _power,
    "root": _root,
    "abs": abs,
    "sgn": lambda value: Fraction((value > 0) - (value < 0)),
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "mod": lambda left, right: left - right * math.floor(_divide(left, right)),
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
    "gcd": _common(math.gcd),
    "lcm": _common(math.lcm),
    "factorial": _factorial,
    "double factorial": _double_factorial,
    "binomial": _binomial,
    "nPr": lambda above, below: _binomial(above, below) * _factorial(below),
    "at divisors": at_divisors,
    "at prime divisors": at_prime_divisors,
    "stirling brace": _stirling("brace"),
    "stirling brack": _stirling("brack"),
}
