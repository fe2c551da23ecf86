"""The register of the families of pairs, and texts of random parts."""

import random
from collections.abc import Callable
from fractions import Fraction

Forms = tuple[list[str], list[str]]
Family = Callable[[random.Random], Forms]
FAMILIES: dict[str, Family] = {}
TINY = "10^{-12}"


def family(function: Family) -> Family:
    FAMILIES[function.__name__] = function
    return function


def line(source: random.Random, names: str = "xyt") -> str:
    """Return a random linear function that has both signs."""
    name = source.choice(names)
    return source.choice(
        [name, f"{name}-{source.randint(1, 9)}", f"{source.randint(2, 5)}{name}+{source.randint(1, 9)}"]
    )


def signed(number: int) -> str:
    return f"{number:+d}"


def fraction(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    above, below = abs(value.numerator), value.denominator
    return f"{sign}{above}" if below == 1 else rf"{sign}\frac{{{above}}}{{{below}}}"


def near(value: float) -> str:
    """Return a fraction that agrees with an irrational number to about ten digits."""
    return fraction(Fraction(value).limit_denominator(10**5))
