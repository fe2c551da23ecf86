r"""Identities of complex variables and their conjugates, such as `z\bar z = |z|^2`."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import mpmath

from rule_rm.math.comparing.approximate import approximate, same
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.values.expression import Expression, symbols, uses

_BAR = "bar "
_COMPLEX = frozenset({"z", "w"})
"""Letters that are complex by custom: `|z|^2` differs from `z^2`."""
_POINTS = 8
_ENOUGH = 3
_PARTS = ("Re", "Im", "conjugate")
_INSIDE = ("abs", *_PARTS)


def is_about_conjugates(golden: Expression, answer: Expression) -> bool:
    r"""Return True if a real part or a conjugate is meant; `\bar x` alone may be the mean of x."""
    if any(uses(side, part) for side in (golden, answer) for part in _PARTS):
        return True
    both = symbols(golden) | symbols(answer)
    if both and both <= _COMPLEX and uses(golden, "abs"):
        return True
    paired = any(_BAR + name in both for name in both)
    return paired and any(uses(side, part) for side in (golden, answer) for part in _INSIDE)


def same_with_conjugates(golden: Expression, answer: Expression) -> bool:
    """Return True if both agree at complex points; a letter with a bar is the conjugate of the bare one."""
    names = {name.removeprefix(_BAR) for name in symbols(golden) | symbols(answer)}
    found = 0
    for number in range(_POINTS):
        values = {name: _point(name, number) for name in names}
        values |= {_BAR + name: mpmath.conj(value) for name, value in values.items()}
        try:
            pair = [approximate(side, values) for side in (golden, answer)]
        except UndefinedError:
            continue
        if not same(*pair):
            return False
        found += 1
    return found >= _ENOUGH


def _point(name: str, number: int) -> mpmath.mpc:
    digest = hashlib.sha256(f"complex {name}:{number}".encode()).digest()
    parts = [Fraction(int.from_bytes(digest[at : at + 4], "big") - (1 << 31), 700_000_007) for at in (0, 4)]
    return mpmath.mpc(*(mpmath.mpf(part.numerator) / part.denominator for part in parts))
