"""Hold the forms of a golden answer: an answer in one of them is final."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

from rule_rm.math.comparing.approximate import approximate, same
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.finality.shapes import Shape, parts, size, written
from rule_rm.math.finality.work import (
    WorkError,
    closed_form,
    factors,
    is_prime,
    is_rational,
    unsigned,
)
from rule_rm.math.values.answers import Quantity, Value, expressions
from rule_rm.math.values.expression import Apply, Expression, Number, TooCostlyError, negative, symbols

_ARITHMETIC = frozenset(
    {"add", "negative", "multiply", "divide", "power", "root", "plus_minus", "minus_plus", "exp"}
)


class GoldenForms:
    """A golden answer, and the forms that it makes final. Each fact is worked out when it is asked for."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self.leaves = tuple(expressions(value))
        self.has_variables = has_variables(value)
        self.is_number = isinstance(value, Quantity) and value.unit is None and not self.has_variables

    @cached_property
    def forms(self) -> frozenset[tuple[Shape, int]]:
        """The shape and the size of each expression and its negative."""
        return frozenset(
            (written(form), _count(leaf)) for leaf in self.leaves for form in (leaf, negative(leaf))
        )

    @cached_property
    def parts(self) -> frozenset[Shape]:
        """The shapes of the expressions and of all parts of them."""
        return frozenset(written(part) for leaf in self.leaves for part in parts(leaf))

    @cached_property
    def numbers(self) -> list[Expression]:
        """The expressions without variables."""
        return [leaf for leaf in self.leaves if not symbols(leaf)]

    @cached_property
    def work(self) -> int:
        """The size of the longest expression that is not worked out."""
        return max((size(leaf) for leaf in self.numbers if left_in(leaf) is not None), default=0)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of the numbers."""
        return frozenset(kind_of(leaf) for leaf in self.numbers)

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions of all expressions."""
        return frozenset(name for leaf in self.leaves for name in functions_in(leaf))

    @cached_property
    def is_rational(self) -> bool:
        """Return True if all numbers are fractions."""
        return all(map(is_rational, self.numbers))

    @cached_property
    def is_whole(self) -> bool:
        """Return True if all numbers are integers."""
        return all(
            isinstance(leaf, Number) and leaf.decimals is None and leaf.value.denominator == 1
            for leaf in self.numbers
        )

    def has_form(self, expression: Expression) -> bool:
        """Return True if the golden answer has the expression in this form, without `+ 0` and `1 ·` added."""
        return (written(expression), _count(expression)) in self.forms

    def has_notation(self, expression: Expression) -> bool:
        r"""Return True for a notation of the golden answer's kind: `2 \cdot 2 \cdot 3` for `2^2 \cdot 3`.

        A binomial is a quotient of factorials as well, and so are permutations.
        """
        above, below = factors(expression)
        if "primes" in self.kinds and not below:
            return len(above) > 1 and all(map(_is_power_of_prime, above))
        return (
            bool(self.kinds & {"binomial", "nPr"})
            and bool(below)
            and all(map(_is_factorial, (*above, *below)))
        )

    def has_value(self, expression: Expression) -> bool:
        r"""Return True if an expression that is not a fraction has the value of one in the golden answer.

        That is `\sqrt{49}` for 7. The golden answer 2.828 is `2\sqrt{2}` rounded, which is another value.
        """
        if is_rational(expression):
            return False
        with suppress(UndefinedError, TooCostlyError):
            value = approximate(expression, {})
            return any(same(value, approximate(number, {})) for number in self.numbers)
        return False


def _is_power_of_prime(expression: Expression) -> bool:
    match expression:
        case Number(value):
            return is_prime(value)
        case Apply("power", (Number(value), Number(exponent))):
            return is_prime(value) and exponent.denominator == 1 and exponent > 0
    return False


def _is_factorial(expression: Expression) -> bool:
    match expression:
        case Apply("factorial", (Number(value),)):
            return value.denominator == 1
    return False


def _count(expression: Expression) -> int:
    return sum(not isinstance(part, Apply) for part in parts(expression))


def has_variables(value: Value) -> bool:
    """Return True if a value has variables."""
    return any(symbols(expression) for expression in expressions(value))


def kind_of(expression: Expression) -> str:
    """Return the kind of a value: a closed form, "fraction", "decimal", "mixed", "whole" or "number"."""
    expression = unsigned(expression)
    match expression:
        case Number(value, decimals):
            return "decimal" if decimals is not None else "whole" if value.denominator == 1 else "mixed"
        case Apply("divide", (Number(), Number())):
            return "fraction"
    try:
        return closed_form(expression) or "number"
    except WorkError:
        return "work"


def left_in(expression: Expression) -> str | None:
    """Return the operation that the expression of a number leaves open, or None."""
    try:
        closed_form(expression)
    except WorkError as error:
        return str(error)
    return None


def functions_in(expression: Expression) -> Iterator[str]:
    """Yield the names of the functions in an expression."""
    for part in parts(expression):
        if isinstance(part, Apply) and part.function not in _ARITHMETIC:
            yield part.function
