"""Golden answers that no response can reach: targets of countdown, and schemas that no value keeps to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from rule_rm.settings import Settings
from rule_rm.workbench.dataset_check.findings import Finding, Numbered
from rule_rm.workbench.right_answers import MOST_NUMBERS, Kind, expressions, kind_of, schema_of

_NUMBERS = ("numbers", "nums")
_USE_ALL = "use_all"
"""The option of `countdown` without which some numbers may be left over."""
_RANGES = {
    "integer": (("minimum", "maximum"),),
    "number": (("minimum", "maximum"),),
    "string": (("minLength", "maxLength"),),
    "array": (("minItems", "maxItems"),),
    "object": (("minProperties", "maxProperties"),),
}
"""The keywords of the least and the greatest size of a value, by its type."""


def impossible(rows: Sequence[Numbered], settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each row that no response could be paid for."""
    leaves_over = settings.reward_config is not None or any(
        _USE_ALL in text for text in settings.reward_option
    )
    for numbered in rows:
        row = numbered.row
        puzzle = _puzzle(row.ground_truth, row.extra_info)
        if puzzle is not None:
            why = unreachable(*puzzle, leaves_over=leaves_over)
        elif kind_of(row.ground_truth, row.prompt) is Kind.JSON:
            why = unsatisfiable(schema_of(_value(row.ground_truth)))
        else:
            why = None
        if why is not None:
            yield Finding(numbered.index, "impossible", why)


def _value(truth: Any) -> Any:
    return json.loads(truth) if isinstance(truth, str) else truth


def _puzzle(truth: Any, extra_info: Mapping[str, Any]) -> tuple[int, list[int]] | None:
    """Return the target and the numbers of a countdown; None if it is another ground truth."""
    if not isinstance(truth, Mapping) or type(truth.get("target")) is not int:
        return None
    found = next((place[key] for place in (truth, extra_info) for key in _NUMBERS if key in place), None)
    if not isinstance(found, list) or not found or not all(type(one) is int for one in found):
        return None
    return truth["target"], found


def unreachable(target: int, numbers: Sequence[int], *, leaves_over: bool = False) -> str | None:
    """Return why no expression of the numbers has the target's value; None if one has, or if they are many.

    >>> unreachable(7, [2, 2]), unreachable(24, [4, 6, 8, 8])
    ('no expression of 2, 2 has the value 7', None)
    """
    if len(numbers) > MOST_NUMBERS:
        return None
    least = 1 if leaves_over else len(numbers)
    # A minus before a number can be moved before the whole.
    goals = (Fraction(target), Fraction(-target))
    for count in range(least, len(numbers) + 1):
        for chosen in combinations(numbers, count):
            if any(value in goals for value, _ in expressions(chosen)):
                return None
    return f"no expression of {', '.join(map(str, numbers))} has the value {target}"


def unsatisfiable(schema: Any, where: str = "the value") -> str | None:
    """Return why no value keeps to a schema; None if nothing shows that.

    >>> unsatisfiable({"type": "integer", "minimum": 5, "maximum": 3})
    'the value: minimum 5 is above maximum 3'
    """
    if schema is False:
        return f"{where}: the schema allows none"
    if not isinstance(schema, Mapping):
        return None
    if schema.get("enum") == []:
        return f"{where}: the list of possible values is empty"
    kind = schema.get("type")
    for low, high in _RANGES.get(kind, ()) if isinstance(kind, str) else ():
        least, most = schema.get(low), schema.get(high)
        if isinstance(least, (int, float)) and isinstance(most, (int, float)) and least > most:
            return f"{where}: {low} {least:g} is above {high} {most:g}"
    if kind == "object" and (why := _missing(schema, where)) is not None:
        return why
    parts = schema.get("allOf")
    inner = parts if isinstance(parts, list) else []
    return next(filter(None, (unsatisfiable(one, where) for one in inner)), None)


def _missing(schema: Mapping[str, Any], where: str) -> str | None:
    """Return why an object can't have a property that it must have."""
    known = schema.get("properties")
    properties = known if isinstance(known, Mapping) else {}
    required = schema.get("required")
    is_closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    for name in required if isinstance(required, list) else ():
        if name not in properties and is_closed:
            return f"{where}: {name!r} is required, and not among the properties that are allowed"
        if (why := unsatisfiable(properties.get(name), repr(name))) is not None:
            return why
    return None
