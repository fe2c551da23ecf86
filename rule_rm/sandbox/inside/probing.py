"""Whether an object of the program's equals data, by the object's own `__eq__`, which the program controls.

It is asked for a row of values in random order. The data is one of them, and each is a small change of the
one before. It has to agree to the data alone. So one that agrees to all is refused, and a guess is right once
in `ROW`.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from typing import Any

ROW = 32
"""Values that are asked for."""
_TRIES = 300
"""Changes that are tried before a value counts as one that has no others near it."""


def equals(agrees: Callable[[Any], bool], value: Any) -> bool | None:
    """Return whether an object agrees to a value alone; None if there are no values near it.

    >>> equals(lambda one: one == (1, 2), (1, 2)), equals(lambda one: True, 5), equals(bool, None)
    (True, False, None)
    """
    chance = random.Random()  # noqa: S311 - from the kernel's randomness, which no program sees
    row = _row(value, chance)
    if row is None:
        return None
    chance.shuffle(row)
    agreed = [one for one in row if agrees(one)]
    return len(agreed) == 1 and agreed[0] is value


def _row(value: Any, chance: random.Random) -> list[Any] | None:
    """Return values that differ from each other, with the given one somewhere between the others."""
    before, after = [value], [value]
    place = chance.randrange(ROW)
    for walk, steps in ((before, place), (after, ROW - 1 - place)):
        while len(walk) <= steps:
            new = next(filter(_is_new(before, after), _changes(walk[-1], chance)), None)
            if new is None:
                return None
            walk.append(new)
    return [*before[1:], *after]


def _is_new(*walks: list[Any]) -> Callable[[Any], bool]:
    return lambda one: one is not None and not any(one in walk for walk in walks)


def _changes(value: Any, chance: random.Random) -> Iterator[Any]:
    return (_changed(value, chance) for _ in range(_TRIES))


def _changed(value: Any, chance: random.Random) -> Any:
    """Return a value of the same type, a small change away; None if there is none."""
    step = chance.choice((-1, 1)) * chance.randint(1, 40)
    if type(value) is int:
        return value + step
    if type(value) is float:
        return value + step * max(abs(value), 1.0) / 32
    if not isinstance(value, (str, list, tuple, dict)) or not value:
        return None
    place = chance.randrange(len(value))
    if type(value) is str:
        return f"{value[:place]}{_letter(value[place], chance)}{value[place + 1 :]}"
    if type(value) is dict:
        key = list(value)[place]
        part = _changed(value[key], chance)
        return None if part is None else {**value, key: part}
    if type(value) not in (list, tuple):
        return None
    part = _changed(value[place], chance)
    return None if part is None else type(value)([*value[:place], part, *value[place + 1 :]])


def _letter(letter: str, chance: random.Random) -> str:
    """Return a character of the same kind; the same one if it is neither a letter nor a digit."""
    for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
        if letter in kind:
            return chance.choice(kind)
    return letter
