"""Are two expressions the same function? Told by their values, exact ones where they are fractions.

Two expressions that differ do so at almost every point, so a handful of points decides, and one is enough
to prove a difference. The points come from a digest of the variable's name: the same for every process, every
order and every batch. Points where an expression has no real value are passed over, as `\\ln x^2` and
`2\\ln x` mean the same to whoever writes them; if too few are left, complex values are compared.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import lru_cache
from typing import Any

from rule_rm.math.comparing.approximate import approximate, is_real, same
from rule_rm.math.comparing.exact import InexactError, UndefinedError, exact
from rule_rm.math.values.expression import Expression, TooCostlyError, symbols, uses

_POINTS = 6
_CLOSER = 400


@lru_cache(maxsize=1024)
def point(name: str, number: int) -> Fraction:
    """The value of a variable at one of the points; every other point is positive throughout."""
    digest = hashlib.sha256(f"{name}:{number}".encode()).digest()
    size = Fraction(int.from_bytes(digest[:4], "big") % 9_000_000 + 1_000_003, 3_100_007)
    return -size if number % 2 and digest[4] % 2 else size


def identical(left: Expression, right: Expression) -> bool:
    """True if both have the same value wherever both have one.

    Raises UndefinedError if they have none anywhere, TooCostlyError if it is too large.
    """
    names = sorted(symbols(left) | symbols(right))
    is_complex = uses(left, "i") or uses(right, "i")
    real, not_real = [], []
    for number in range(_POINTS if names else 1):
        values = {name: point(name, number) for name in names}
        try:
            ours, theirs = _value(left, values), _value(right, values)
        except UndefinedError:
            continue
        agree = (
            ours == theirs
            if isinstance(ours, Fraction) and isinstance(theirs, Fraction)
            else same(ours, theirs)
        )
        if is_complex or not names or (is_real(ours) and is_real(theirs)):
            if not agree:
                return False
            real.append(agree)
        elif not is_real(ours) and not is_real(theirs):
            not_real.append(agree)
    if not real and not not_real:
        raise UndefinedError("neither has a value anywhere")
    return (bool(real) or all(not_real)) and _same_closer(
        left, right, {name: point(name, 0) for name in names}
    )


def _same_closer(left: Expression, right: Expression, values: dict[str, Fraction]) -> bool:
    """The same at one point, to far more digits: a difference of 10^-70 is one."""
    try:
        ours, theirs = approximate(left, values, _CLOSER), approximate(right, values, _CLOSER)
    except UndefinedError:
        return True
    return left == right or same(ours, theirs, _CLOSER)


def _value(expression: Expression, values: dict[str, Fraction]) -> Any:
    try:
        return exact(expression, values)
    except InexactError:
        return approximate(expression, values)
    except TooCostlyError:
        if not symbols(expression):
            raise
        return approximate(expression, values)
