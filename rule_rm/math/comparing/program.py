"""Work two expressions out at many points: each distinct part once a point, and numbers once for all."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath

from rule_rm.errors import InternalError
from rule_rm.math.comparing.approximate import (
    DIGITS,
    as_float,
    finite,
    leaf_or_series,
    of_arguments,
    precision,
)
from rule_rm.math.comparing.exact import Values
from rule_rm.math.values.expression import Apply, Expression, symbols

_SERIES = ("sum", "prod")


class Program:
    """The distinct parts of expressions, arguments before what they are the arguments of."""

    def __init__(self, *sides: Expression) -> None:
        self.parts: list[tuple[Expression, tuple[int, ...]]] = []
        self._places: dict[Any, int] = {}
        self._numbers: dict[tuple[int, bool, int], Any] = {}
        self.expressions = sides
        self.sides = [self._place(side) for side in sides]

    def at(self, values: Values, digits: int = DIGITS, *, real: bool) -> Worked:
        """Return the values of the parts at a point, to a number of digits; see `approximate`."""
        return Worked(self, values, digits, real, self._numbers)

    def _place(self, expression: Expression) -> int:
        arguments: tuple[int, ...] = ()
        key: Any = expression
        if isinstance(expression, Apply) and expression.function not in _SERIES:
            arguments = tuple(map(self._place, expression.arguments))
            # Equal arguments have one place, so their places make the key: a whole tree costs more to hash.
            key = (expression.function, arguments)
        place = self._places.setdefault(key, len(self.parts))
        if place == len(self.parts):
            self.parts.append((expression, arguments))
        return place


class Worked:
    """The values of the parts of a program at one point, worked out when they are asked for."""

    def __init__(
        self,
        program: Program,
        values: Values,
        digits: int,
        real: bool,
        numbers: dict[tuple[int, bool, int], Any],
    ) -> None:
        self.program, self.values, self.digits, self.real = program, values, digits, real
        self._numbers = numbers
        self._found: dict[int, Any] = {}

    def side(self, number: int) -> Any:
        """Return the value of an expression. Raises UndefinedError or TooCostlyError if there is none."""
        return self.part(self.program.sides[number])

    def part(self, place: int) -> Any:
        """Return the value of a part. Raises UndefinedError or TooCostlyError if there is none."""
        with mpmath.workprec(precision(self.digits)):
            value = self._value(place)
            return value if self.real and isinstance(value, Fraction) else finite(as_float(value))

    def _value(self, place: int) -> Any:
        expression, arguments = self.program.parts[place]
        found: dict[Any, Any] = self._found
        key: Any = place
        if not symbols(expression):
            found, key = self._numbers, (self.digits, self.real, place)
        value = found.get(key)
        if value is None:
            try:
                value = self._worked_out(expression, arguments)
            except InternalError as error:
                value = error
            found[key] = value
        if isinstance(value, InternalError):
            raise value
        return value

    def _worked_out(self, expression: Expression, arguments: tuple[int, ...]) -> Any:
        if not isinstance(expression, Apply) or expression.function in _SERIES:
            return leaf_or_series(expression, self.values, self.real)
        return of_arguments(
            expression.function, [self._value(one) for one in arguments], self.values, self.real
        )
