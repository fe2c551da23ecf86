"""Several values that commas, "and" or "or" join: a list, a union, a set without some values, pairs."""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.reading.brackets import Tokens
from rule_rm.math.reading.parser import parse
from rule_rm.math.reading.quantities import together
from rule_rm.math.values.answers import (
    REALS,
    Chain,
    Inequality,
    Interval,
    Named,
    Quantity,
    SetOperation,
    Several,
    Value,
    variables,
)
from rule_rm.math.values.expression import Apply, Number, UnreadableError


def joined(values: list[Value], marks: set[str], *, is_logic: bool = False) -> Value:
    """Return several values, or the one value that they are together: a set, a quantity, a pair."""
    if len(values) == 1:
        return values[0]
    names = [value.name for value in values if isinstance(value, Named)]
    if is_logic and "and" in marks and len(set(names)) < len(names):
        raise UnreadableError("two values of one name")
    if marks == {"and"} and (whole := together(values)) is not None:
        return whole
    one = _excluded(values) or _conditions(values, marks) or _by_repeated_name(values)
    if one is None and marks == {"or"} and len(names) == len(values) == len(set(names)):
        return Several(tuple(values), "or")
    return one or Several(tuple(_with_shared_name(values)))


def mixed(tokens: Tokens) -> Value | None:
    """Return "3 and 1/2", or "3 and a half", as one number; None for two."""
    if (
        len(tokens) < 3
        or tokens[0].kind != "number"
        or tokens[1].text != "and"
        or not tokens[0].text.isdigit()
    ):
        return None
    if [token.text.lower() for token in tokens[2:]] == ["a", "half"]:
        return Quantity(Number(Fraction(tokens[0].text) + Fraction(1, 2)))
    if tokens[2].text != "frac" or any(token.text in (",", "and", "or") for token in tokens[2:]):
        return None
    match parse(tokens[2:]):
        case Apply("divide", (Number(above), Number(below))) if 0 < above < below:
            return Quantity(Number(Fraction(tokens[0].text) + above / below))
    return None


def _excluded(values: list[Value]) -> Value | None:
    """Return `x \\ne 1, 2` as the set without both."""
    first = values[0]
    if not isinstance(first, Inequality) or first.signs != ("ne",) or len(values) < 2:
        return None
    others = [one.expression for one in values[1:] if isinstance(one, Quantity) and not one.unit]
    if len(others) < len(values) - 1:
        return None
    return SetOperation("cap", (first, *(Inequality((first.members[0], other), ("ne",)) for other in others)))


def with_equals(parts: list[Tokens]) -> list[Tokens]:
    """Return the parts with an equals sign for each colon after a name: `a:3, b:5`."""
    if len(parts) > 1 and all(
        len(part) > 2 and part[0].kind == "letter" and part[1].text == ":" for part in parts
    ):
        return [[part[0], part[1]._replace(text="="), *part[2:]] for part in parts]
    return parts


def _conditions(values: list[Value], marks: set[str]) -> Value | None:
    """Read `x < 1 or x > 2` as a union, `x > 1 and x < 2` as an intersection."""
    conditions = (Inequality, Interval, SetOperation)
    if "or" in marks:
        values = _with_points(values)
    elif (
        values[0] == REALS and len(values) > 1 and all(isinstance(value, Inequality) for value in values[1:])
    ):
        # All numbers are real here.
        values, marks = values[1:], {"and"}
        if len(values) == 1:
            return values[0]
    if not all(isinstance(value, conditions) or _is_point(value) for value in values) or (
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


def _is_point(value: Value) -> bool:
    return isinstance(value, Several) and value.bracket == "{" and len(value.values) == 1


def _with_points(values: list[Value]) -> list[Value]:
    """Return conditions on a variable with a set for each value that it may have: `2 < x < 5 or x = 7`."""
    names = {name for value in values if isinstance(value, Inequality) for name in variables(value)}
    if len(names) != 1:
        return values
    return [
        Several((value.value,), "{")
        if isinstance(value, Named) and value.name in names and isinstance(value.value, Quantity)
        else value
        for value in values
    ]


def _by_repeated_name(values: list[Value]) -> Value | None:
    """Read `p = 5, q = 2 and p = 7, q = 2` as two pairs."""
    names = [value.name for value in values if isinstance(value, Named)]
    if len(names) != len(values) or names.count(names[0]) < 2 or len(set(names)) < 2:
        return None
    starts = [at for at, name in enumerate(names) if name == names[0]]
    groups = [values[start:end] for start, end in zip(starts, [*starts[1:], len(values)], strict=True)]
    return Several(tuple(Several(tuple(group)) for group in groups))


def _with_shared_name(values: list[Value]) -> list[Value]:
    """Give the name in `n = 1, 2, 3` to all values."""
    first = values[0]
    if isinstance(first, Named) and not any(isinstance(value, (Named, Chain)) for value in values[1:]):
        return [first.value, *values[1:]]
    return values
