"""Tell text that a reader sees from text that only looks like nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

_BLANK = frozenset("\u2800\u3164\u115f\u1160\uffa0")
"""Blank characters that Unicode calls letters or symbols: the empty Braille pattern, the Hangul fillers."""


def is_visible(text: str) -> bool:
    r"""Return True if the text has a character with a shape of its own.

    Spaces, control and format characters, combining marks without a base, and blank letters have none.

    >>> is_visible("\u200b\u3164\x00 "), is_visible("\u200b7")
    (False, True)
    """
    return any(
        character not in _BLANK and unicodedata.category(character)[0] in "LNPS" for character in set(text)
    )


_MEANING = re.compile(
    r"FACE|HAND|PERSON|SHRUG|THUMBS|GESTUR|CROSS|QUESTION|PROHIBIT|WARNING|STOP|\bNO\b|NON-|KEYCAP|HUNDRED"
)
"""The name of a pictograph that may say something of the value before it: `THUMBS DOWN SIGN`."""
_CHEERFUL = re.compile(
    r"(?:SMILING|GRINNING|PARTY|HUGGING) FACE(?!.*(?:TEAR|SWEAT))|THUMBS UP|CLAPPING|POINTING"
)
"""The name of a pictograph that is glad of the value or points at it: `THUMBS UP SIGN`."""


def _ranges(codes: Iterable[int]) -> str:
    """Return the characters of a class of a regular expression, with ranges for neighbours.

    >>> _ranges([97, 98, 99, 101])
    'a-ce-e'
    """
    runs = [[*run] for _, run in groupby(enumerate(codes), lambda placed: placed[1] - placed[0])]
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs)


PICTURES = _ranges(
    code
    for code in range(0x1F300, 0x1FB00)
    if unicodedata.category(chr(code)) == "So"
    and (name := unicodedata.name(chr(code), "")) is not None
    and (not _MEANING.search(name) or _CHEERFUL.search(name))
)
"""Pictographs that only adorn, as the characters of a class of a regular expression."""
