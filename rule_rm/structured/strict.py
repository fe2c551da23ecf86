"""JSON as it is defined, from texts that nobody vouches for.

Python's reader takes NaN, Infinity, 1e999 and the same key twice, and Python's `==` calls True and 1 equal. A
policy must not be able to say two things at once, nor to write what no other reader of JSON would take.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from rule_rm.extract import spoken, tag_contents
from rule_rm.extract.extraction import Extraction

DEEPEST = 64
_MOST_DIGITS = 400
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_FENCE = "```"


def strict_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError for what is no JSON, repeats a key or is nested too deep.

    >>> strict_json('{"a": [1, null]}')
    {'a': [1, None]}
    >>> strict_json('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: the key 'a' stands there twice
    """
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")
    return json.loads(
        text, object_pairs_hook=_object, parse_float=_finite, parse_constant=_finite, parse_int=_whole
    )


def same_json(left: Any, right: Any) -> bool:
    """True if two JSON values are equal: 1 and 1.0 are, 1 and true are not, keys may be in any order."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same_json, left, right))
    return type(left) in (int, float, str, type(None)) and bool(left == right)


def json_answer(response: str) -> Extraction:
    r"""The text that should be JSON: of the answer tag, of the only fenced block, else all of the response.

    >>> json_answer("<think>{}</think>Here it is:\n```json\n[1]\n```").answer
    '[1]'
    """
    text = spoken(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    if "<answer>" in text or "</answer>" in text:
        contents = tag_contents(text, "answer")
        if len(contents) != 1 or text.count("<answer>") != 1 or text.count("</answer>") != 1:
            return Extraction(None, "there is more than one answer tag, or one that is not closed")
        text = contents[0]
    text = text.strip()
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
            raise ValueError(f"the key {key[:80]!r} stands there twice")
        found[key] = value
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:80]} is no number of JSON")
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of more than {_MOST_DIGITS} digits")
    return int(text)
