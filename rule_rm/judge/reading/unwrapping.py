"""Take off the wrapping that judges put around a verdict: bold, quotes, brackets, boxes, tags, marks.

Trimming must not change a value. Brackets and tags therefore come off only in pairs (`[ ] CORRECT` is an
unticked box). A full stop comes off only at the right and never before a digit (`.5`). A sign that can negate
stays: `!`, `~`, `-`, `¬`.
"""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f]")
"""Characters without a width, such as a zero-width space. Directions are kept, as they change the reading."""
_LEFT = " \t*_#`\"'“”‘’«»‹›\u200e\u200f"
"""Decoration at the ends of a verdict. A mark of direction there has nothing to turn."""
_RIGHT = _LEFT + "!！。।"
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "「": "」", "『": "』", "《": "》", "【": "】", "（": "）"}
_MACRO = re.compile(
    r"\\(?:boxed|fbox|text(?:bf|it|rm|tt|sf)?|math(?:rm|bf|it|sf|tt)|operatorname|underline|emph)\s*\{(.*)\}\Z",
    re.DOTALL,
)
r"""A LaTeX macro around all of a text: `\boxed{CORRECT}`, `\textbf{7}`."""
_MATHS = re.compile(r"(?P<mark>\$\$?)(.+)(?P=mark)\Z|\\\((.+)\\\)\Z|\\\[(.+)\\\]\Z", re.DOTALL)
r"""Mathematics around all of a text: `$7$`, `\(7\)`, `\[7\]`."""
_ELEMENT = re.compile(r"<(?P<tag>[A-Za-z][\w-]{0,30})>(.*)</(?P=tag)>\Z", re.DOTALL)
"""An element around all of a text: `<answer>CORRECT</answer>`."""
CLOSING_TAGS = re.compile(r"(?:\s*</[A-Za-z][\w-]{0,30}>)+\s*\Z")
"""Tags at the end that close an element from before the sentinel: `CORRECT</b>`."""
_YES = frozenset("✅✔☑👍💯🎉🟢")
_NO = frozenset("❌✗✘❎🚫👎⛔✖🔴")
_ROW = re.compile(r"\s*\|([^|]+)\|(?:([^|]+)\|)?\s*\Z")
"""A row of a table with one cell or two: `| VERDICT: | CORRECT |`."""
MOST_LAYERS = 8


def without_cells(line: str) -> str:
    """Return a line without the bars of a table; a row of more than two cells stays as it is.

    >>> without_cells("| VERDICT: | CORRECT |"), without_cells("VERDICT: CORRECT | INCORRECT")
    ('VERDICT: CORRECT', 'VERDICT: CORRECT | INCORRECT')
    """
    row = _ROW.match(line)
    return " ".join(cell.strip() for cell in row.groups("")).strip() if row else line


def unwrapped(text: str) -> str:
    r"""Return a verdict without the decoration around it.

    >>> unwrapped(r" **$\boxed{\text{CORRECT}}$.** "), unwrapped("[ ] CORRECT")
    ('CORRECT', '[ ] CORRECT')
    >>> unwrapped(".5."), unwrapped("!7")
    ('.5', '!7')
    """
    for _ in range(MOST_LAYERS):
        before = text
        text = _without_full_stop(text.lstrip(_LEFT).rstrip(_RIGHT))
        text = CLOSING_TAGS.sub("", text) if not text.startswith("<") else text
        for pattern in (_MACRO, _MATHS, _ELEMENT):
            if (match := pattern.match(text)) is not None:
                text = next(group for group in reversed(match.groups()) if group is not None)
        text = _without_brackets(text)
        if text == before:
            break
    return text.strip()


def _without_full_stop(text: str) -> str:
    """Return a text without its last full stop; three of them are an ellipsis."""
    if text.endswith(".") and not text.endswith(".."):
        return text[:-1].rstrip(_RIGHT)
    return text


def _without_brackets(text: str) -> str:
    inner = text[1:-1]
    if len(text) > 2 and _PAIRS.get(text[0]) == text[-1] and _is_balanced(inner, text[0], text[-1]):
        return inner
    if text and text[-1] in _PAIRS.values() and not any(opening in text for opening in _PAIRS):
        # It closes a bracket from before the sentinel: (VERDICT: CORRECT)
        return text[:-1]
    return text


def _is_balanced(inner: str, opening: str, closing: str) -> bool:
    depth = 0
    for character in inner:
        depth += (character == opening) - (character == closing)
        if depth < 0:
            return False
    return depth == 0


def split_marks(text: str) -> tuple[str, set[bool]]:
    """Return a text without the emoji at both ends, and their meaning: True for yes, False for no.

    >>> split_marks("✅ CORRECT 🎯")
    ('CORRECT', {True})
    """
    said: set[bool] = set()
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or _is_mark(text[start])):
        said |= _meaning(text[start])
        start += 1
    while end > start and (text[end - 1].isspace() or _is_mark(text[end - 1])):
        end -= 1
        said |= _meaning(text[end])
    return text[start:end], said


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("So", "Sk") or character in _YES or character in _NO


def _meaning(character: str) -> set[bool]:
    return {True} if character in _YES else {False} if character in _NO else set()
