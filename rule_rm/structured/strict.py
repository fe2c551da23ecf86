"""Read JSON strictly, if a policy, a judge, a trainer or a dataset wrote it; nothing else reads such JSON.

Python's reader takes NaN, Infinity, 1e999 and the same key twice, and its `==` calls True and 1 equal. JSON
with two meanings is refused, and so is JSON that another reader would refuse.

Tests: `tests/structured/test_strict.py`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from rule_rm.errors import InternalError
from rule_rm.extract.extraction import Extraction
from rule_rm.extract.response.free_text import free_text

DEEPEST = 64
"""Levels of arrays and objects: more than any answer needs, and far from the interpreter's limit."""
_MOST_DIGITS = 400
"""Digits of an int: more than a float's largest (309), and cheap to convert."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
"""A string, so that brackets within it don't count, or a bracket: `"a[b"`, `{`."""
_FENCE = "```"


class DoubledKeyError(InternalError, ValueError):
    """An object has the same key twice."""


def strict_json(text: str) -> Any:
    """Return the value of a JSON text. Raises ValueError if it is not JSON, repeats a key or nests too deep.

    >>> strict_json('{"a": [1, null]}')
    {'a': [1, None]}
    >>> strict_json('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    rule_rm.structured.strict.DoubledKeyError: it has the key 'a' twice
    """
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")
    return _STRICT.decode(text)


def decode_at(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value that begins at a place of a text, and its end.

    Raises ValueError if there is none.
    """
    try:
        return _STRICT.raw_decode(text, start)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def decoder(
    *, repeated_keys: bool = False, parse_float: Callable[[str], Any] | None = None
) -> json.JSONDecoder:
    """Return a decoder that refuses NaN, numbers that are too large, and keys that are repeated.

    `repeated_keys` lets the last one of them count, for a reader that checks the keys itself. `parse_float`
    replaces the reading of numbers with a fraction or an exponent.
    """
    return json.JSONDecoder(
        object_pairs_hook=None if repeated_keys else _object,
        parse_float=parse_float or _finite,
        parse_constant=_finite,
        parse_int=_whole,
    )


def same_json(left: Any, right: Any) -> bool:
    """Return True if two JSON values are equal.

    1 and 1.0 are equal, 1 and true are not, and keys may be in any order.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same_json, left, right))
    return type(left) in (int, float, str, type(None)) and bool(left == right)


def json_answer(response: str) -> Extraction:
    r"""Return the text that should be JSON: that of the answer tag, of the only fenced block, or all of it.

    >>> json_answer("<think>{}</think>Here it is:\n```json\n[1]\n```").answer
    '[1]'
    """
    found = free_text(response)
    if found.answer is None:
        return found
    text = found.answer
    if not text.startswith(("{", "[", '"')) and _FENCE in text:
        pieces = text.split(_FENCE)
        if len(pieces) != 3:
            return Extraction(None, "there is more than one fenced block, or one that is not closed")
        language, newline, content = pieces[1].partition("\n")
        is_named = bool(newline) and (not language.strip() or language.strip().isalnum())
        text = (content if is_named else pieces[1]).strip()
    return Extraction(text, "the answer") if text else Extraction(None, "there is no answer")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DoubledKeyError(f"it has the key {key[:80]!r} twice")
        found[key] = value
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:80]} is not a number of JSON")
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of more than {_MOST_DIGITS} digits")
    return int(text)


_STRICT = decoder()
