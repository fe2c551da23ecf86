"""Find the choices of a question: in its fields, or as the last list of labelled lines in its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USUAL = 10
"""The first letters of `LETTERS`, which are choices if a question lists none."""
Choices = Mapping[str, str]
"""The text of each choice by its letter; empty if they are not known."""

MARKER = re.compile(r"(?<![\w\\(（])(?:[(（]([A-Z])[)）]|([A-Z])[).:、．：](?![A-Za-z]\.))[ \t]*")
"""The label of a choice, such as `(A)` or `B.`."""
_FIRST_MARKER = re.compile(r"A[)）.:、．：]")
"""The label of the first choice, without which there is no list: the `A.` of `A. 5`."""


def choices_of(prompt: str, extra_info: Mapping[str, Any]) -> Choices:
    r"""Return the choices: `extra_info["choices"]`, texts or an object of them by letter; else the prompt's.

    >>> choices_of("Which is prime?\nA) 4\nB) 5", {}), choices_of("Is it (A) 4 (B) 5?", {})
    ({'A': '4', 'B': '5'}, {'A': '4', 'B': '5?'})
    """
    given = extra_info.get("choices") or extra_info.get("options")
    if isinstance(given, Mapping) and isinstance(given.get("text"), list):
        given = given["text"]
    if isinstance(given, Mapping):
        return {str(name).strip().upper(): str(text) for name, text in given.items() if len(str(name)) == 1}
    if isinstance(given, (list, tuple)):
        return {letter: str(text) for letter, text in zip(LETTERS, given, strict=False)}
    return listed_in(prompt)


@lru_cache(maxsize=64)
def listed_in(text: str) -> Choices:
    """Return the last list of labelled choices of a text; empty without one."""
    found: dict[str, str] = {}
    if _FIRST_MARKER.search(text) is None:
        return found
    markers = list(MARKER.finditer(text))
    for at, marker in enumerate(markers):
        letter = marker[1] or marker[2]
        end = markers[at + 1].start() if at + 1 < len(markers) else len(text)
        if letter == "A":
            found = {}
        if letter == LETTERS[len(found) : len(found) + 1]:
            found[letter] = text[marker.end() : end].strip().partition("\n")[0].strip()
    return found if len(found) > 1 and all(found.values()) else {}
