"""Settle a value: write out its plus-minus signs, and check its equations."""

from __future__ import annotations

from collections.abc import Sequence

from rule_rm.math.comparing.amounts import same_value
from rule_rm.math.comparing.names import value_of_formula
from rule_rm.math.comparing.statements import settled_chain
from rule_rm.math.values.answers import (
    Chain,
    Conditioned,
    Named,
    Quantity,
    Several,
    Value,
    expressions,
    mapped,
)
from rule_rm.math.values.expression import Expression, UnreadableError, variants


def settled(value: Value) -> Value:
    """Return a value with its plus-minus signs written out and its true equations as their value."""
    match value:
        case Quantity(expression, unit, percent):
            both = variants(expression)
            if len(both) == 1:
                return value
            if same_value(*both):
                raise UnreadableError("a plus-minus sign that makes no difference")
            return Several(tuple(Quantity(one, unit, percent) for one in both))
        case Chain():
            return settled_chain(value)
        case Several(values, bracket) if not bracket or bracket == "{":
            parts: list[Value] = []
            for part in values:
                parts += _split_signs(part, settled(part))
            return Several(tuple(parts), bracket)
        case Several(values, bracket):
            return _settled_tuple(values, bracket)
        case Named(name, inner, symbol):
            if isinstance(inner, Quantity) and inner.expression == symbol:
                raise UnreadableError("an equation that says nothing")
            inner = value_of_formula(inner, symbol) if isinstance(inner, Chain) else inner
            return Named(name, settled(inner), symbol)
        case Conditioned(inner, domains, is_set):
            return Conditioned(settled(inner), domains, is_set)
    return value


def _split_signs(part: Value, whole: Value) -> Sequence[Value]:
    """Return the values of one element of a list, two if it has a plus-minus sign."""
    if (
        isinstance(part, Named)
        and isinstance(part.value, Quantity)
        and isinstance(whole, Named)
        and isinstance(whole.value, Several)
    ):
        return [Named(whole.name, one, whole.symbol) for one in whole.value.values]
    if isinstance(whole, Several) and (isinstance(part, Quantity) or _has_signs(part)):
        return whole.values
    return [whole]


def _has_signs(value: Value) -> bool:
    return any(len(variants(expression)) > 1 for expression in expressions(value))


def _settled_tuple(values: tuple[Value, ...], bracket: str) -> Value:
    """Return a tuple; one with plus-minus signs is two."""
    if not any(map(_has_signs, values)):
        return Several(tuple(map(settled, values)), bracket)

    def signed(at: int) -> Value:
        return Several(
            tuple(mapped(one, lambda expression: _variant(expression, at)) for one in values), bracket
        )

    return Several((signed(0), signed(1)))


def _variant(expression: Expression, at: int) -> Expression:
    both = variants(expression)
    return both[at % len(both)]
