"""Read the verdict of a reply that was asked for in JSON: one object, in which nothing contradicts it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rule_rm.judge.reading.menu import JudgeVerdict, Menu, NoVerdictError, folded_word
from rule_rm.judge.reading.ratings import any_rating, ratings
from rule_rm.judge.reading.unwrapping import unwrapped
from rule_rm.structured.strict import DoubledKeyError, decode_at

_LANGUAGE = re.compile(r"[\w-]*")
"""The language of a fence: `json`."""
_OPENING_BRACE = re.compile(r"^\s*\{", re.MULTILINE)
"""A line that begins an object: `  {`."""
_BROKEN = re.compile(r"\{\s*[\"'}]")
"""The beginning of an object of JSON, as opposed to braces in prose: `{"verdict`."""
_MOST_OBJECTS = 20


def verdict_in_json(text: str, menu: Menu) -> JudgeVerdict | None:
    """Return the verdict of the object that the reply is, or ends with; None without such an object.

    Raises NoVerdictError if there is an object without a verdict on the menu, if objects contradict each
    other, or if an object before the last is broken: then it is not clear which is the judge's own.
    """
    objects, is_at_end = _objects(text.strip())
    if not is_at_end:
        return None
    *earlier, last = objects
    verdict = _verdict(last, menu)
    for other in earlier:
        if other is None:
            raise NoVerdictError("the JSON is broken")
        if _names(other) and _verdict(other, menu).value != verdict.value:
            raise NoVerdictError("the verdicts contradict each other")
    return verdict


def _objects(text: str) -> tuple[list[Any], bool]:
    """Return the objects that begin a line, None for a broken one, and True if one ends the text."""
    if text.endswith("```"):
        opening = text.rfind("```", 0, -3)
        inner = _LANGUAGE.sub("", text[opening + 3 : -3], count=1)
        text = (text[: max(opening, 0)] + "\n" + inner).strip()
    found: list[Any] = []
    place = 0
    while (brace := _OPENING_BRACE.search(text, place)) is not None and len(found) < _MOST_OBJECTS:
        start = brace.end() - 1
        try:
            value, place = decode_at(text, start)
        except DoubledKeyError:
            raise NoVerdictError("the JSON says two things under one name") from None
        except ValueError:
            place = start + 1
            if _BROKEN.match(text, start):
                found.append(None)
            continue
        found.append(value)
    is_at_end = bool(found) and found[-1] is not None and not text[place:].strip()
    return found, is_at_end


def _names(found: Mapping[str, Any]) -> list[str]:
    return [name for name in found if name.casefold() == "verdict"]


def _verdict(found: Mapping[str, Any], menu: Menu) -> JudgeVerdict:
    names = _names(found)
    if len(names) != 1:
        raise NoVerdictError("the JSON has no verdict" if not names else "the JSON has two verdicts")
    said = found[names[0]]
    if menu.dimensions:
        if not isinstance(said, dict):
            raise NoVerdictError("the JSON does not rate each dimension")
        return ratings(list(said.items()), menu)
    if menu.scale:
        return any_rating(said, menu.scale)
    if not isinstance(said, str):
        raise NoVerdictError("the verdict in the JSON must be a string")
    name = menu.label(unwrapped(said))
    if name is None:
        raise NoVerdictError(f"is none of {', '.join(menu.labels)}", folded_word(said))
    label = menu.labels[name]
    if label.value is None:
        raise NoVerdictError(f"the judge says {name!r}")
    return JudgeVerdict(label.value, name, label.is_answer)
