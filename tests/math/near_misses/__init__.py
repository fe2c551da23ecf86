r"""Pairs of formulas that are equal by a law, or differ where a few points would not show it.

Each family returns texts of one function, and texts that differ from it. They differ at one point, on half of
the domain, in the sign of a branch, or by 10^{-12}. The truth is known by construction. A seed gives the same
pairs.
"""

import itertools
import random
from collections.abc import Iterator
from typing import NamedTuple

from . import functions, numbers, steps, trigonometry  # noqa: F401 - they register their families
from .family import FAMILIES


class Pair(NamedTuple):
    """Two formulas of a family, and whether they are the same."""

    family: str
    golden: str
    answer: str
    is_same: bool


def pairs(seed: int, count: int) -> Iterator[Pair]:
    """Yield `count` pairs, as many equal as unequal, of every family in turn."""
    source = random.Random(seed)
    for number, name in zip(range(count), itertools.cycle(FAMILIES), strict=False):
        is_same = number // len(FAMILIES) % 2 == 0
        same, others = FAMILIES[name](source)
        golden = source.choice(same)
        answer = source.choice([form for form in same if form != golden] if is_same else others)
        yield Pair(name, golden, answer, is_same)
