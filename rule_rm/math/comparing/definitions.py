"""Read letters that are defined behind a formula: `p^kq^{n-k}, q = 1-p`."""

from __future__ import annotations

from rule_rm.math.values.answers import Named, Quantity, Several, Value, mapped, variables
from rule_rm.math.values.expression import Symbol, substitute, symbols


def with_definitions(reference: Value, candidate: Value) -> tuple[Value, Value]:
    """Return both with the letters replaced that one side defines and the other does not have."""
    if not isinstance(reference, Several) and not isinstance(candidate, Several):
        return reference, candidate
    return _defined(reference, variables(candidate)), _defined(candidate, variables(reference))


def _defined(value: Value, others: frozenset[str]) -> Value:
    """Return a formula with the letters put in that are defined behind it; any other value as it is."""
    if not isinstance(value, Several) or value.bracket or len(value.values) < 2:
        return value
    formula, *rest = value.values
    inner = formula.value if isinstance(formula, Named) else formula
    if not isinstance(inner, Quantity):
        return value
    for one in rest:
        if not isinstance(one, Named) or not isinstance(one.symbol, Symbol):
            return value
        name, said = one.symbol.name, one.value
        if not isinstance(said, Quantity) or said.unit or said.percent or name in symbols(said.expression):
            return value
        if name in others or name not in variables(formula):
            return value
        formula = mapped(
            formula,
            lambda part, name=name, said=said: substitute(part, name, said.expression),  # type: ignore[misc]
        )
    return formula
