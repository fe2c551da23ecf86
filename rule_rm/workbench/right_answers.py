"""Right answers to a row, made from its ground truth, as a perfect policy would state them.

The kind of the ground truth is read from its shape, as rewards read it. For tests the row needs a reference
solution; instructions have no right answer that could be made from them.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from itertools import permutations
from typing import Any

from rule_rm.extract import golden_answer
from rule_rm.sandbox.grading.formats import FormatError, read_tests
from rule_rm.sandbox.grading.strength import REFERENCES
from rule_rm.structured.coordinates import numbers_of
from rule_rm.workbench.instances import instance


class Kind(str, Enum):
    """The kind of an answer, by the ground truth."""

    TEXT = "text"
    """A number, a formula, a letter or a short text."""
    CODE = "code"
    SQL = "sql"
    JSON = "json"
    XML = "xml"
    CALLS = "calls"
    OTHER = "other"
    """No right answer is known."""


_XSD = "http://www.w3.org/2001/XMLSchema"
"""The namespace of an XML Schema."""
_ANSWERS = ("answer", "target", "ground_truth", "solution", "expected")
"""Keys of an object that has the answer in it."""
NUMBERS = ("numbers", "nums")
"""Columns of the numbers of a countdown."""
_OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_CORNERS = 4
"""Numbers of a box."""
MOST_NUMBERS = 4
"""Numbers of a countdown that are tried in every expression."""


def kind_of(ground_truth: Any, prompt: str = "") -> Kind:
    """Return the kind of answer that a ground truth asks for.

    >>> kind_of("42").value, kind_of({"inputs": ["1"], "outputs": ["2"]}).value
    ('text', 'code')
    """
    if not isinstance(ground_truth, str) and coordinates_of(ground_truth) is not None:
        return Kind.TEXT
    if isinstance(ground_truth, Mapping):
        return _kind_of_object(ground_truth, prompt)
    if ground_truth is None:
        return Kind.OTHER
    if isinstance(ground_truth, Sequence) and not isinstance(ground_truth, str):
        if all(isinstance(one, Mapping) and "name" in one for one in ground_truth):
            return Kind.CALLS
        return Kind.CODE if _are_tests(ground_truth, prompt) else Kind.TEXT
    text = str(ground_truth).strip()
    if text.startswith(("{", "[")):
        try:
            return kind_of(json.loads(text), prompt)
        except (ValueError, RecursionError):
            return Kind.TEXT
    if text.startswith("<") and _XSD in text:
        return Kind.XML
    is_code = "\n" in text or text.startswith(("assert ", "def "))
    return Kind.CODE if is_code and _are_tests(text, prompt) else Kind.TEXT


def _kind_of_object(truth: Mapping[str, Any], prompt: str) -> Kind:
    if "query" in truth:
        return Kind.SQL
    if "instruction_id_list" in truth:
        return Kind.OTHER
    if any(isinstance(truth.get(key), (str, int, float)) for key in ("answer", "target")):
        return Kind.TEXT
    if _are_tests(truth, prompt):
        return Kind.CODE
    if any(key in truth for key in ("$schema", "properties", "json_schema", "type", "enum", "anyOf")):
        return Kind.JSON
    return Kind.TEXT if any(key in truth for key in _ANSWERS) else Kind.OTHER


def _are_tests(ground_truth: Any, prompt: str) -> bool:
    try:
        read_tests(ground_truth, prompt)
    except (FormatError, ValueError, TypeError, RecursionError):
        return False
    return True


def right_answer(ground_truth: Any, prompt: str = "", row: Mapping[str, Any] | None = None) -> str | None:
    """Return a right answer without any marks around it; None if none can be made.

    >>> right_answer("He paid 18. #### 18"), right_answer(["Paris", "paris"])
    ('18', 'Paris')
    """
    kind = kind_of(ground_truth, prompt)
    if kind in (Kind.CODE, Kind.XML):
        return _solution(ground_truth, row or {})
    if (
        isinstance(ground_truth, str)
        and ground_truth.strip().startswith(("{", "["))
        and kind is not Kind.TEXT
    ):
        ground_truth = json.loads(ground_truth)
    if kind is Kind.SQL:
        return str(ground_truth["query"])
    if kind is Kind.CALLS:
        return "\n".join(f"<tool_call>{json.dumps(call)}</tool_call>" for call in ground_truth) or "None."
    if kind is Kind.JSON:
        made = instance(schema_of(ground_truth))
        return None if made is None else json.dumps(made[0])
    return _text(ground_truth, row or {}) if kind is Kind.TEXT else None


def right_answers(ground_truth: Any, prompt: str = "", row: Mapping[str, Any] | None = None) -> list[str]:
    """Return the answers of which one is right, the likeliest first; empty if none can be made.

    A list of numbers may be several golden answers, or one: the corners of a box, or any point in it. A box
    and a point may be objects too, as `{"bbox_2d": [5, 5, 80, 90]}`.

    >>> right_answers([5, 5, 80, 90])
    ['5', '[5, 5, 80, 90]', '{"bbox_2d": [5, 5, 80, 90]}', '[42.5, 47.5]', '{"point_2d": [42.5, 47.5]}']
    >>> right_answers(["Paris", "paris"])
    ['Paris']
    """
    first = right_answer(ground_truth, prompt, row)
    found = [] if first is None else [first]
    numbers = coordinates_of(ground_truth)
    if numbers is None:
        return found
    given = _parsed(ground_truth)
    found += [json.dumps(given)] if isinstance(given, Mapping) else []
    found += _stated(numbers)
    if len(numbers) == _CORNERS:
        left, top, right, bottom = numbers
        found += _stated([(left + right) / 2, (top + bottom) / 2])
    return list(dict.fromkeys(found))


def coordinates_of(value: Any) -> list[float] | None:
    """Return the numbers of a box or a point: a list, an object or either as JSON; None for other values.

    >>> coordinates_of({"bbox_2d": [5, 5, 80, 90]}), coordinates_of('{"x": 3, "y": 4}'), coordinates_of("5")
    ([5, 5, 80, 90], [3, 4], None)
    """
    given = _parsed(value)
    if not isinstance(given, (Mapping, list, tuple)):
        return None
    found = numbers_of(given, _CORNERS) or numbers_of(given, 2)
    # Integers are written as such: a response with `5.0` looks like no other.
    return None if found is None else [int(one) if one.is_integer() else one for one in found]


def _parsed(value: Any) -> Any:
    """Return the value of JSON in a string; other values as they are."""
    if not isinstance(value, str) or not value.strip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _stated(numbers: Sequence[float]) -> list[str]:
    """Return a box or a point as a list and as an object."""
    key = "bbox_2d" if len(numbers) == _CORNERS else "point_2d"
    return [json.dumps(numbers), json.dumps({key: numbers})]


def schema_of(truth: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema in a ground truth, which may be wrapped as an API's response format is."""
    inner = truth.get("json_schema", truth)
    return inner.get("schema", inner) if isinstance(inner, Mapping) else truth


def _solution(ground_truth: Any, row: Mapping[str, Any]) -> str | None:
    for place in (ground_truth, row):
        if isinstance(place, Mapping):
            for key in (*REFERENCES, "solutions"):
                found = place.get(key)
                if isinstance(found, list) and found:
                    found = found[0]
                if isinstance(found, str) and found.strip():
                    return found
    return None


def _text(truth: Any, row: Mapping[str, Any]) -> str | None:
    if isinstance(truth, Mapping):
        listed = next(
            (place[key] for place in (truth, row) for key in NUMBERS if isinstance(place.get(key), list)),
            None,
        )
        if listed is not None and "target" in truth:
            return _countdown(truth["target"], listed)
        value = next((truth[key] for key in _ANSWERS if key in truth), None)
        unit = truth.get("unit")
        text = None if value is None else _text(value, row)
        return f"{text} {unit}" if text and isinstance(unit, str) else text
    if isinstance(truth, Sequence) and not isinstance(truth, str):
        return _text(truth[0], row) if truth else None
    return golden_answer(str(truth))


def _countdown(target: Any, numbers: Sequence[Any]) -> str | None:
    """Return an expression of all the numbers with the value of the target, if one is found soon."""
    if not 0 < len(numbers) <= MOST_NUMBERS:
        return None
    try:
        goal = Fraction(target)
        return next((text for value, text in expressions(numbers) if value == goal), None)
    except (ValueError, TypeError):
        return None


def expressions(numbers: Sequence[Any]) -> Iterator[tuple[Fraction, str]]:
    """Yield the value and the text of each expression that has every number once.

    >>> [text for value, text in expressions([3, 8]) if value == 5]
    ['8 - 3']
    """
    yield from _reduced([(Fraction(number), str(number)) for number in numbers])


def _reduced(terms: Sequence[tuple[Fraction, str]]) -> Iterator[tuple[Fraction, str]]:
    if len(terms) == 1:
        yield terms[0][0], _bare(terms[0][1])
        return
    for first, second in permutations(range(len(terms)), 2):
        rest = [terms[at] for at in range(len(terms)) if at not in (first, second)]
        (left, ours), (right, theirs) = terms[first], terms[second]
        for sign, apply in _OPERATIONS.items():
            # The others hold in either order.
            if (sign in "+*" and first > second) or (sign == "/" and right == 0):
                continue
            yield from _reduced([*rest, (apply(left, right), f"({ours} {sign} {theirs})")])


def _bare(text: str) -> str:
    """Return an expression without the brackets around all of it."""
    return text[1:-1] if text.startswith("(") else text
