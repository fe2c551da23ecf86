"""Tell the scripts of letters: Latin, Cyrillic, Han."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache


def letters_by_script(text: str) -> Counter[str]:
    """Return the number of letters of each script, by the first word of the Unicode names of its letters.

    >>> letters_by_script("so ist es: 是的")
    Counter({'latin': 7, 'cjk': 2})
    """
    found: Counter[str] = Counter()
    for character, count in Counter(text).items():
        if (script := script_of(character)) is not None:
            found[script] += count
    return found


@lru_cache(maxsize=8192)
def script_of(character: str) -> str | None:
    """Return the script of a letter in any style; None for other characters."""
    if not character.isalpha():
        return None
    plain = unicodedata.normalize("NFKC", character)[0]
    name = unicodedata.name(plain, "unknown").lower()
    return name.replace("-", " ").split()[0]
