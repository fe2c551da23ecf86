"""Values with their variables renamed: every way to give them other names, or to exchange their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from rule_rm.math.values.answers import Value, mapped
from rule_rm.math.values.expression import Symbol, substitute

_MOST_NAMES = 3
"""Names above which no way is tried: there are six ways for three names, 24 for four."""


def renamings(value: Value, names: Sequence[str], wanted: Sequence[str]) -> Iterator[Value]:
    """Yield a value with its variables of some names under the wanted ones, in every way.

    Yields nothing unless both are as many, or if they are too many.
    """
    if len(names) != len(wanted) or len(names) > _MOST_NAMES:
        return
    for order in permutations(names):
        yield _renamed(value, order, wanted)


def exchanges(value: Value, names: Sequence[str]) -> Iterator[Value]:
    """Yield a value with the names of its variables in another order: `C_1` and `C_2` change places."""
    if not 2 <= len(names) <= _MOST_NAMES:
        return
    asides = [f"{name} aside" for name in names]
    aside = _renamed(value, names, asides)
    for order in permutations(names):
        if order != tuple(names):
            yield _renamed(aside, asides, order)


def _renamed(value: Value, names: Sequence[str], wanted: Sequence[str]) -> Value:
    """Return a value with each variable of one name under the other, one after another."""
    for old, new in zip(names, wanted, strict=True):
        value = mapped(value, lambda one, old=old, new=new: substitute(one, old, Symbol(new)))  # type: ignore[misc]
    return value
