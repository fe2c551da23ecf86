r"""Boxes: `\boxed{…}` and its relatives, one of them or several."""

from __future__ import annotations

import re

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.prose import HEDGED, later_answer

_BRACES = re.compile(r"\\(?:boxed|fbox|framebox)(?![a-zA-Z])\s*\{?|\\.|[{}]", re.DOTALL)
_BARE_BOX = re.compile(r"[^\s${}\\,;]+")
_JOINED = re.compile(
    r"(?:\\[,;:!) ]|\\(?:quad|qquad|text|mathrm|textrm|\[|\])|[\s${},;~*\]]|\\\("
    r"|and|or|或|和|与|者|for|part|\([a-e1-9]\))*(?:[a-zA-Z](?:_\{?\w+\}?)?\s*=\s*)?"
)
_NAMED = re.compile(r"[a-zA-Z](?:_\{?\w+\}?)?\s*=\s*\Z")
_DENIED_BEFORE = re.compile(r"(?:\bnot|n't|\bnever|\bwrong(?:ly)?|\bincorrect)\b[\s:$(\\]*\Z", re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"[\s$*]*\?|[^.!?\n]{0,100}\b(?:but|which|and|however|though)\b[^.!?\n]{0,60}"
    r"\b(?:wrong|incorrect|false|not (?:right|correct|the))\b",
    re.IGNORECASE,
)
_OR_ELSE = re.compile(
    r"[\s$\\)\].,;*]*(?:\b(?:or|alternatively|maybe|perhaps|possibly|could|might|also|else|it|is|be|even)\b[\s,$]*)+"
    r"(-?\d[\d.,/]*\d|-?\d)",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"\b(?:wait|actually|correct(?:ion|ed|ing)?|final(?:ly)?|mistakes?|error|re-?check(?:ing|ed)?|instead"
    r"|sorry|oops|re-?vis(?:e|ed|ing)|therefore|thus|hence|then|response|conclusion|overall|in total"
    r"|altogether)\b"
    r"|因此|所以|最终|更正",
    re.IGNORECASE,
)


def boxes(text: str) -> list[str]:
    r"""The contents of all complete boxes that stand in no other box, in order.

    >>> boxes(r"\boxed{1} \fbox{\frac{1}{2}} \boxed {x} \boxed{unclosed")
    ['1', '\\frac{1}{2}', 'x']
    """
    return [text[start:end] for _, start, end, _ in _box_spans(text)]


def _box_spans(text: str) -> list[tuple[int, int, int, int]]:
    """(start of the box, start and end of its content, end of the box) of each outermost complete box."""
    starts = (text.find("\\boxed"), text.find("\\fbox"), text.find("\\framebox"))
    if max(starts) < 0:
        return []
    first = min(start for start in starts if start >= 0)
    spans: list[tuple[int, int, int, int]] = []
    open_braces: list[tuple[int, int] | None] = []
    for match in _BRACES.finditer(text, first):
        mark = match.group()
        if mark == "{":
            open_braces.append(None)
        elif mark == "}":
            opened = open_braces.pop() if open_braces else None
            if opened is not None:
                while spans and spans[-1][0] > opened[0]:
                    spans.pop()
                spans.append((opened[0], opened[1], match.start(), match.end()))
        elif mark.endswith("{") and len(mark) > 2:
            open_braces.append((match.start(), match.end()))
        elif len(mark) > 2 and (bare := _BARE_BOX.match(text, match.end())):
            spans.append((match.start(), bare.start(), bare.end(), bare.end()))
    return spans


def in_boxes(text: str) -> Extraction | None:
    """The answer in the boxes; None if there is no box."""
    spans = _box_spans(text)
    if not spans:
        return None
    if len(spans) > 1 and len({bare(text[start:end]) for _, start, end, _ in spans}) > 1:
        found = _in_several_boxes(text, spans)
    else:
        found = Extraction(text[spans[-1][1] : spans[-1][2]].strip(), "the box")
    if found.answer == "":
        return Extraction(None, "the box is empty")
    start, end = spans[-1][0], spans[-1][3]
    if _DENIED_BEFORE.search(text, max(0, start - 30), start) or _DENIED_AFTER.match(text[end : end + 200]):
        return Extraction(None, "the box is said to be wrong")
    doubled = _OR_ELSE.match(text[end : end + 100])
    if found.answer is not None and doubled:
        return Extraction(f"{found.answer} or {doubled[1]}", "the box and what follows “or”")
    later = later_answer(text[end:])
    if found.answer is not None and later is not None and bare(later) not in bare(found.answer):
        return Extraction(None, "an answer after the box contradicts it")
    return found


def _in_several_boxes(text: str, spans: list[tuple[int, int, int, int]]) -> Extraction:
    """Boxes joined by a comma, "and" or "or" are one list; else the last counts only after a correction."""
    first = len(spans) - 1
    while first > 0 and _JOINED.fullmatch(text, spans[first - 1][3], spans[first][0]):
        first -= 1
    filled = [span for span in spans[first:] if text[span[1] : span[2]].strip()]
    listed = list(dict.fromkeys(_with_name(text, span) for span in filled))
    answer = ", ".join(listed)
    earlier = {bare(text[start:end]) for _, start, end, _ in spans[:first]} - {bare(answer)}
    if earlier:
        between = text[spans[first - 1][3] : spans[first][0]]
        hedged = HEDGED.search(text, spans[0][0], spans[first][0])
        if hedged or not _CORRECTED.search(between):
            return Extraction(None, "several different boxes")
    return Extraction(answer, "the boxes" if len(listed) > 1 else "the last box")


def _with_name(text: str, span: tuple[int, int, int, int]) -> str:
    """The content of one box of several, with the `x =` before it."""
    start, content, end, _ = span
    name = _NAMED.search(text, max(0, start - 20), start)
    return (name.group() if name else "") + text[content:end].strip()


def bare(text: str) -> str:
    """A text without what makes no difference when two answers of one response are compared."""
    return "".join(text.split()).strip("$.*")
