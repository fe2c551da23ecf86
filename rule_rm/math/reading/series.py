r"""The terms of sums and products: their index, and what hangs on it."""

from __future__ import annotations

from rule_rm.math.values.expression import ONE, ZERO, Apply, Constant, Expression, Symbol, symbols

_PRIMES = frozenset({"p", "q"})
r"""Letters of a prime number, as in `\prod_{p \mid n}`."""


def over_divisors(name: str, index: str, whole: Expression, body: Expression) -> Expression:
    r"""Return a sum or a product over all divisors, or over the prime ones for the letter p.

    It is one over all integers up to the number, with 0 or 1 where there is no divisor.
    """
    kind = "at prime divisors" if index in _PRIMES else "at divisors"
    term = Apply(kind, (Symbol(index), whole, body, ZERO if name == "sum" else ONE))
    return Apply(name, (Symbol(index), ONE, whole, term))


def is_indexed(body: Expression, variable: str) -> bool:
    """Return True if the variable is an index, as in `a_k`, which is one of many unknowns."""
    return any("_" in name and variable in name.split("_", 1)[1] for name in symbols(body))


def of_index(body: Expression, variable: str) -> Expression:
    r"""Return the body of a sum with `a_k` and `f(k)` as unknown functions of its index."""
    match body:
        case Symbol(name) if name in (f"{name[0]}_{variable}", f"{name[0]}({variable})"):
            return Apply(f"unknown {name[0]}", (Symbol(variable),))
        case Apply(function, arguments):
            return Apply(function, tuple(of_index(argument, variable) for argument in arguments))
    return body


def as_variable(body: Expression, name: str) -> Expression:
    r"""Return the body of a sum with its index as a variable, also where it is read as `i` or `e`."""
    if body == Constant(name):
        return Symbol(name)
    if isinstance(body, Apply):
        return Apply(body.function, tuple(as_variable(argument, name) for argument in body.arguments))
    return body
