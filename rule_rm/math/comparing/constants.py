r"""Letters that are arbitrary constants, not quantities: `C` in `x^2 + C`, but not in `\frac{q}{C}`."""

from __future__ import annotations

from rule_rm.math.values.answers import Named, Value, expressions
from rule_rm.math.values.expression import Apply, Expression, Symbol, negative, symbols

_PLAIN = frozenset({"abs", "add", "divide", "factorial", "minus_plus", "multiply", "negative", "plus_minus"})
"""Functions next to which a letter is a factor like any other."""
_SOLUTION = "y"
"""The name that the solution of a differential equation has by custom."""


def is_arbitrary(value: Value, name: str, question: str) -> bool:
    r"""Return True if a letter is where constants of integration are.

    That is a term of a sum with variables, or a factor of a function such as `e^x`. Next to a and b, a c is
    one of three coefficients. Numbered constants are judged together. A question shows what else is a
    constant, but never of a small c: `mc^2`.
    """
    is_numbered = name[-1].isdigit()
    is_small = name[0].islower() and not is_numbered
    if not is_small and (question or (isinstance(value, Named) and value.name[:1] == _SOLUTION)):
        return True
    found = list(expressions(value))
    letters = frozenset().union(*map(symbols, found))
    if is_small and {"a", "b"} <= letters:
        return False
    constants = [letter for letter in letters if letter[-1].isdigit()] if is_numbered else [name]
    return any(_is_placed(one, Symbol(constant)) for one in found for constant in constants)


def _is_placed(expression: Expression, constant: Symbol) -> bool:
    match expression:
        case Apply("add", terms) if constant in terms or negative(constant) in terms:
            return any(symbols(term) - {constant.name} for term in terms)
        case Apply("multiply", factors) if constant in factors:
            return any(_is_function(factor, constant) for factor in factors)
        case Apply("divide", (above, below)) if above == constant:
            return _is_function(below, constant)
        case Apply(_, arguments):
            return any(_is_placed(argument, constant) for argument in arguments)
    return False


def _is_function(expression: Expression, constant: Symbol) -> bool:
    """Return True for a function of a variable, or a power with one in its exponent: `e^x`, `\\sin x`."""
    match expression:
        case Apply("power", (_, exponent)):
            return bool(symbols(exponent) - {constant.name})
        case Apply(function, arguments) if function not in _PLAIN:
            return any(symbols(argument) - {constant.name} for argument in arguments)
        case Apply(_, arguments):
            return any(_is_function(argument, constant) for argument in arguments)
    return False
