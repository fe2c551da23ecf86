"""Chains of equations: `3/8 = 0.375` has to be true, and then it says its value."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rule_rm.math.comparing.amounts import same_quantity
from rule_rm.math.comparing.approximate import approximate
from rule_rm.math.values.answers import Chain, Quantity, Value
from rule_rm.math.values.expression import Apply, Expression, Number, UnreadableError, symbols


def settled_chain(chain: Chain) -> Value:
    """Return the first member, if all are the same; an equation in variables stays one.

    Raises UnreadableError if it is false.
    """
    first = chain.members[0]
    for sign, member in zip(chain.signs, chain.members[1:], strict=True):
        is_rounded = has_decimals(member.expression) and not has_decimals(first.expression)
        if sign == "approx" or (is_rounded and not symbols(first.expression)):
            if not is_near(first, member):
                raise UnreadableError("an approximation that is wrong")
        elif not same_quantity(first, member) and not same_quantity(_in_tens(first), _in_tens(member)):
            if is_line(chain):
                return chain
            if len(chain.members) > 2 or not (symbols(first.expression) | symbols(member.expression)):
                raise UnreadableError("an equation that is false")
            return chain
    if (
        symbols(first.expression)
        and "approx" not in chain.signs
        and first.expression == chain.members[-1].expression
    ):
        raise UnreadableError("an equation that says nothing")
    exact_members = [member for member in chain.members if not has_decimals(member.expression)]
    return exact_members[-1] if exact_members and "approx" not in chain.signs else first


def is_line(chain: Chain) -> bool:
    r"""Return True for a line in space, `\frac{x-1}{2} = \frac{y}{3} = z`: a variable for each side."""
    names = [symbols(member.expression) for member in chain.members]
    return (
        len(names) > 2
        and set(chain.signs) == {"="}
        and all(len(name) == 1 for name in names)
        and len(frozenset().union(*names)) == len(names)
    )


def _in_tens(quantity: Quantity) -> Quantity:
    r"""Return a quantity with `\log` as the logarithm to the base of ten."""
    return replace(quantity, expression=_logs_to_ten(quantity.expression))


def _logs_to_ten(expression: Expression) -> Expression:
    if not isinstance(expression, Apply):
        return expression
    arguments = tuple(map(_logs_to_ten, expression.arguments))
    if expression.function == "log" and len(arguments) == 1:
        arguments = (*arguments, Number(Fraction(10)))
    return Apply(expression.function, arguments)


def has_decimals(expression: Expression) -> bool:
    """Return True for a number with a decimal point."""
    return isinstance(expression, Number) and expression.decimals is not None


def is_near(first: Quantity, second: Quantity) -> bool:
    """Return True if the second is a rounding of the first, within one unit of its last digit."""
    shown, expression = second.expression, first.expression
    if symbols(expression) or symbols(shown):
        return False
    if first.unit and second.unit and first.unit != second.unit:
        return False
    decimals = shown.decimals if isinstance(shown, Number) else None
    shares = [100 if quantity.percent else 1 for quantity in (first, second)]
    gap = abs(approximate(expression, {}) / shares[0] * shares[1] - approximate(shown, {}))
    return bool(gap <= (1.01 * 10.0**-decimals if decimals else 0.51))
