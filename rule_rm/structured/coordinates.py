"""Read a box or a point of an image from a text or a dataset."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from rule_rm.structured.strict import strict_json

Numbers = tuple[float, ...]
_NUMBER = r"-?\d{1,9}(?:\.\d{1,9})?"
_LISTED = re.compile(rf"[\[(]\s*((?:{_NUMBER}\s*,\s*)+{_NUMBER})\s*[\])]")
"""Numbers in brackets: `[10, 20, 30.5, 40]`, `(10, 20)`."""
_PAIRS = re.compile(rf"\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)\s*,\s*\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)")
"""A box as two corners: `(10,20),(30,40)`."""
_NAMED = re.compile(rf"\b([xy])\s*[=:]\s*({_NUMBER})")
"""A coordinate by its name: `x=12`, `y: 40`."""
_KEYS = {
    4: ("bbox_2d", "bbox", "box", "box_2d"),
    2: ("point_2d", "point", "coordinate", "coordinates"),
}
"""Keys of objects for a box and for a point, as the models of usual families write them."""
_CORNERS = ("x1", "y1", "x2", "y2")


def numbers_of(value: Any, count: int) -> Numbers | None:
    """Return the `count` numbers of a value of a dataset: a list, an object, or a text; None without them.

    >>> numbers_of({"bbox_2d": [1, 2, 3, 4]}, 4), numbers_of("[1, 2]", 2), numbers_of([1, 2, 3], 4)
    ((1.0, 2.0, 3.0, 4.0), (1.0, 2.0), None)
    """
    if isinstance(value, str):
        try:
            return numbers_of(strict_json(value), count)
        except ValueError:
            found = groups_in(value, count)
            return found[0] if len(found) == 1 else None
    if isinstance(value, Mapping):
        names = _CORNERS if count == 4 else ("x", "y")
        if all(name in value for name in names):
            return numbers_of([value[name] for name in names], count)
        return next((numbers_of(value[key], count) for key in _KEYS[count] if key in value), None)
    if isinstance(value, (list, tuple)) and len(value) == 1 and not isinstance(value[0], (int, float)):
        return numbers_of(value[0], count)
    if not isinstance(value, (list, tuple)) or len(value) != count:
        return None
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in value):
        return None
    numbers = tuple(map(float, value))
    return numbers if all(map(math.isfinite, numbers)) else None


def groups_in(text: str, count: int) -> list[Numbers]:
    """Return the different groups of `count` coordinates in a text, in their order.

    >>> groups_in("It is [10, 20, 30, 40].", 4), groups_in("(1,2),(3,4)", 4), groups_in("x=5, y=6", 2)
    ([(10.0, 20.0, 30.0, 40.0)], [(1.0, 2.0, 3.0, 4.0)], [(5.0, 6.0)])
    """
    found: list[Numbers] = []
    if count == 4:
        found += [tuple(map(float, corners)) for corners in _PAIRS.findall(text)]
    for listed in _LISTED.findall(text):
        numbers = tuple(map(float, listed.split(",")))
        if len(numbers) == count:
            found.append(numbers)
    if count == 2:
        named = _NAMED.findall(text)
        # Each x is followed by its y.
        pairs = zip(named[::2], named[1::2], strict=False)
        found += [(float(x), float(y)) for (first, x), (second, y) in pairs if first + second == "xy"]
    return list(dict.fromkeys(found))
