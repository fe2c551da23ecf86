"""Expected values, which are linear: `E[2X+3]` is `2E[X]+3`."""

from __future__ import annotations

from rule_rm.math.values.expression import Apply, Expression, symbols


def expected(argument: Expression) -> Expression:
    """Return the expected value of an expression in those of its random variables, which are capitals."""
    if not _is_random(argument):
        return argument
    match argument:
        case Apply("add", terms):
            return Apply("add", tuple(map(expected, terms)))
        case Apply("negative", (inner,)):
            return Apply("negative", (expected(inner),))
        case Apply("divide", (above, below)) if not _is_random(below):
            return Apply("divide", (expected(above), below))
        case Apply("multiply", factors):
            fixed = tuple(factor for factor in factors if not _is_random(factor))
            random = tuple(factor for factor in factors if _is_random(factor))
            if fixed:
                inner = Apply("multiply", random) if len(random) > 1 else random[0]
                return Apply("multiply", (*fixed, expected(inner)))
    return Apply("unknown Expect", (argument,))


def _is_random(expression: Expression) -> bool:
    return any(name[:1].isupper() for name in symbols(expression))
