r"""Boxes: `\boxed{…}` and its relatives, one of them or several, and the text around them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from rule_rm.extract.extraction import Extraction
from rule_rm.extract.places.anchors import claimed
from rule_rm.extract.places.box_sentences import sentence_in
from rule_rm.extract.places.prose import conclusion
from rule_rm.extract.places.rivals import rival_after, value_after
from rule_rm.extract.statements import claims, sequels
from rule_rm.extract.values.surroundings import statement
from rule_rm.extract.words import patterns, stance

_BRACES = re.compile(
    r"\\(?:boxed|fbox|framebox|Aboxed|boxed\*|doublebox|ovalbox|shadowbox|mathboxed"
    r"|fcolorbox\s*\{[^{}]*\}\s*\{[^{}]*\}|colorbox\s*\{[^{}]*\}|framebox\s*\[[^\]]*\])(?![a-zA-Z])\s*\{?|\\.|[{}]",
    re.DOTALL,
)
"""The start of a box, such as `\\boxed{`, an escaped character, or a brace."""
_BARE_BOX = re.compile(r"[^\s${}\\,;]+")
"""The content of a box without braces: the 7 of `\\boxed 7`."""
_JOINED = re.compile(
    patterns.run_of(
        "joint",
        r"\\[,;:!) ]|\\(?:quad|qquad|text|mathrm|textrm|\[|\]|\\)|[\s${},;~*\]，；、&]|\\\(|<br>"
        r"|and|or|y|und|et|или|и|或者?|和|与|且|及|以及|者|と|및|과|와|for|part|\([a-e1-9]\)",
    )
    + r"(?:\\?[a-zA-Z]+(?:_\{?\w+\}?)?(?:\([^()]{1,12}\))?\s*=\s*)?"
)
"""Text between two boxes that are one answer: `, ` or `$ and $y = `."""
_NAMED = re.compile(r"\\?[a-zA-Z]+(?:_\{?\w+\}?)?(?:\([^()]{1,12}\))?\s*=\s*\Z")
"""A name before a box: `\\theta = `."""
_CORRECTED = re.compile(
    r"\b(?:wait|actually|correct(?:ion|ed|ing)?|final(?:ly)?|mistakes?|error|re-?check(?:ing|ed)?|instead"
    r"|sorry|oops|re-?vis(?:e|ed|ing)|therefore|thus|hence|then|response|conclusion|overall|in total"
    r"|altogether)\b"
    r"|因此|所以|最终|更正|综上",
    re.IGNORECASE,
)
"""A word between two boxes that lets the last one count, such as "therefore"."""
_STARTS = (
    "\\boxed",
    "\\fbox",
    "\\framebox",
    "\\Aboxed",
    "\\fcolorbox",
    "\\colorbox",
    "\\ovalbox",
    "\\shadowbox",
)
_MOST_ALSO = 4
_MOST_READ = 24
_IS_VALUE = re.compile(r"\d|\\|^\W*[A-Za-z]\W*$")
"""A formula, a number or a single letter, such as `\\pi`."""
_ANSWER = re.compile(r"\b(?:answer|result)\b", re.IGNORECASE)
"""A word for the answer: "result"."""
_CONDITION = re.compile(
    r"\b(?:if|when|for|where|at|with|wenn|für|si|pour|para|se|per)\s*(?:\$[^$\n]*\$|\\\([^\n]*?\\\))",
    re.IGNORECASE,
)
"""A condition of a value: "when $x = 3$"."""
_STRAY = re.compile(r"\s*\}\s*\}")
"""Two closing braces after a box: `}}`."""
_EQUAL = re.compile(r"[\s$*]*(?:=|≈)")
"""A sign after a box that another form of its value follows: ` = `."""
_CHOICE = re.compile(
    r"[\s$*.,;]*(?:(?:which|that|it|this)\s+is\s+)?(?:(?:answer\s+)?(?:choice|option)\s+\(?|\()([A-Z])(?:\)|\b)",
    re.IGNORECASE,
)
"""The letter of a choice after a box: ` (C)`, `, option C`."""
_WITH_LETTER = re.compile(
    r"(?P<value>.*\w.*?)(?:\\q?quad|\\[ ,;:]|~|\s)+(?:\\(?:text|textbf|mathrm)\s*\{)?"
    r"\s*\((?P<letter>[A-Z])\)\}?",
    re.DOTALL,
)
"""A value and the letter of its choice: `12 \\quad (C)`."""
_NOTHING_SAID = re.compile(r"[\s$.*_\\\])}]*")
"""Marks that close a formula or a sentence, which say nothing of the box before them: `$.`."""
_ALPHANUMERIC = re.compile(r"\w")
"""A letter, a digit or an underscore: `a`."""


class Box(NamedTuple):
    """The start of a box, the start and end of its content, and the end of the box."""

    start: int
    content: int
    content_end: int
    end: int


def boxes(text: str) -> list[str]:
    r"""Return the contents of all complete boxes outside of other boxes, in order.

    >>> boxes(r"\boxed{1} \fbox{\frac{1}{2}} \boxed {x} \boxed{unclosed")
    ['1', '\\frac{1}{2}', 'x']
    """
    return [text[box.content : box.content_end] for box in box_spans(text)]


def box_spans(text: str) -> list[Box]:
    """Return the outermost complete boxes."""
    starts = [start for start in map(text.find, _STARTS) if start >= 0]
    if not starts:
        return []
    spans: list[Box] = []
    open_braces: list[tuple[int, int] | None] = []
    for match in _BRACES.finditer(text, min(starts)):
        mark = match.group()
        if mark == "{":
            open_braces.append(None)
        elif mark == "}":
            opened = open_braces.pop() if open_braces else None
            if opened is not None:
                while spans and spans[-1].start > opened[0]:
                    spans.pop()
                spans.append(Box(opened[0], opened[1], match.start(), match.end()))
        elif mark.endswith("{") and len(mark) > 2:
            open_braces.append((match.start(), match.end()))
        elif len(mark) > 2 and (inner := _BARE_BOX.match(text, match.end())):
            spans.append(Box(match.start(), inner.start(), inner.end(), inner.end()))
    return spans


def last_boxed(text: str) -> str | None:
    """Return the content of the last boxes of a text that is known to be right; None without a box."""
    spans = [box for box in box_spans(text) if text[box.content : box.content_end].strip()]
    return ", ".join(dict.fromkeys(_with_name(text, box) for box in _last_group(text, spans))) or None


def in_boxes(text: str, prompt: str = "") -> Extraction | None:
    """Return the answer in the boxes, if the text around them states it; None if there is no box."""
    every = box_spans(text)
    spans = [box for box in every if text[box.content : box.content_end].strip()]
    if not spans:
        return Extraction(None, "the box is empty") if every else None
    group = _last_group(text, spans)
    first = len(spans) - len(group)
    begin = spans[first - 1].end if first else 0
    end = group[-1].end
    if _STRAY.match(text, end) and text.count("{", 0, group[0].start) <= text.count("}", 0, group[0].start):
        return Extraction(None, "braces without a beginning follow the box")
    if _NOTHING_SAID.fullmatch(text, end):
        why, later = claims.lead(text, group[0].start, begin, prompt).reason, None
    else:
        why = claims.unstated(text, group[0].start, end, begin, prompt) or sequels.taken_back_later(text, end)
        later = _corrected(text[end:], why)
    if later is not None:
        return later
    if why is not None:
        return Extraction(None, f"the box is not stated as the answer: {why}")
    earlier = _stated(text, spans[:first], text[group[-1].content : group[-1].content_end], prompt)
    return _claim(text, earlier, group, prompt)


def _stated(text: str, earlier: list[Box], answer: str, prompt: str) -> list[Box]:
    """Return the earlier boxes that say something else and are stated; too many to read count as stated."""
    if not earlier:
        return []
    others = [
        (begin, box)
        for begin, box in zip([0, *(one.end for one in earlier)], earlier, strict=False)
        if bare(text[box.content : box.content_end]) != bare(answer)
    ]
    return [
        box
        for at, (begin, box) in enumerate(others)
        if at < len(others) - _MOST_READ or claims.unstated(text, box.start, box.end, begin, prompt) is None
    ]


def _last_group(text: str, spans: list[Box]) -> list[Box]:
    """Return the last boxes that are joined to one answer."""
    first = max(len(spans) - 1, 0)
    while first > 0 and _JOINED.fullmatch(text, spans[first - 1].end, spans[first].start):
        first -= 1
    return spans[first:]


def _corrected(rest: str, why: str | None) -> Extraction | None:
    """Return the answer of a text that corrects the box before it; `why` says that the box is not stated."""
    at = stance.correction(rest)
    later = conclusion(rest[at:]) if at is not None else None
    if later is None and (why is not None or at is not None):
        later = claimed(rest)
    if later is not None and later.answer is not None and _IS_VALUE.search(later.answer):
        return replace(later, reason="a correction after the box")
    if why is None and (retracted := sequels.retracted(rest, 0)) is not None:
        return Extraction(None, f"the box is not stated as the answer: {retracted}")
    return None


def _claim(text: str, earlier: list[Box], group: list[Box], prompt: str) -> Extraction:
    answer = _listed(text, group)
    if (said := sentence_in(answer, prompt)) is not None:
        if said.answer is None:
            return said
        answer = said.answer
    lettered = _WITH_LETTER.fullmatch(answer) if "(" in answer else None
    if lettered is not None and _offers(prompt, lettered["letter"]):
        answer, also = lettered["value"].strip(), [lettered["letter"]]
    else:
        also = []
    also += [*_alternatives(text, group), *_lettered(text, group[-1].end, prompt)]
    different = {bare(text[box.content : box.content_end]) for box in earlier} - {bare(answer)}
    if different:
        between = text[earlier[-1].end : group[0].start]
        hedged = stance.HEDGED.search(text, earlier[0].start, group[0].start)
        if hedged or not _CORRECTED.search(between):
            also += [text[box.content : box.content_end].strip() for box in earlier]
    also = [one for one in dict.fromkeys(also) if bare(one) != bare(answer)]
    if len(also) > _MOST_ALSO:
        return Extraction(None, "several different boxes")
    return Extraction(answer, "the boxes" if len(group) > 1 else "the box", tuple(also))


def _listed(text: str, group: list[Box]) -> str:
    """Return the statement of a box with its surroundings, or of several as a list."""
    if len(group) == 1:
        return statement(text, group[0].start, group[0].content, group[0].content_end, group[0].end)
    whole = statement(text, group[0].start, group[0].start, group[-1].end, group[-1].end)
    if whole != text[group[0].start : group[-1].end].strip():
        return whole
    return ", ".join(dict.fromkeys(_with_name(text, box) for box in group))


def _alternatives(text: str, group: list[Box]) -> list[str]:
    """Return the answers that a text names besides the boxes: after "or", in its sentence, or further on."""
    start, end = group[0].start, group[-1].end
    begin, stop = stance.sentence_around(text, start, end)
    value = _before_or(text[begin:start].rstrip(" $"))
    if _NOTHING_SAID.fullmatch(text, end):
        return [] if value is None else [value]
    found: list[str] = [] if value is None else [value]
    if (joined := stance.OR.match(text, end)) is not None and (value := rival_after(text, joined.end())):
        found.append(value)
    if (equal := _EQUAL.match(text, end)) is not None and (value := value_after(text, equal.end())):
        found.append(value)
    if (value := sequels.rival(text, end)) is not None:
        found.append(value)
    depends = stance.CONDITIONAL.search(text, begin, stop) or _ANSWER.search(text, end, stop)
    rest = _CONDITION.sub(" ", text[end:stop]) if depends else ""
    if rest and (other := conclusion(rest)) is not None and other.reason != "the last line":
        found += [other.answer] if other.answer and _ALPHANUMERIC.search(other.answer) else []
    found += sequels.sequel_values(text, end)
    if (later := claimed(text[end:])) is not None and later.answer is not None:
        found.append(later.answer)
    return found


def _lettered(text: str, end: int, prompt: str) -> list[str]:
    """Return the letter of the choice after a box, if the question has it: the C of "12 (C)"."""
    found = _CHOICE.match(text, end)
    return [found[1]] if found and _offers(prompt, found[1]) else []


def _offers(prompt: str, letter: str) -> bool:
    """Return True if a question has a choice with a letter."""
    return re.search(rf"(?<!\w){letter}[.):、]", prompt) is not None


def _before_or(before: str) -> str | None:
    """Return the value in "42 or" at the end of a text."""
    tail = before[-60:] + " "
    if not stance.ENDS_IN_OR.search(tail):
        return None
    joined = next((found for found in stance.OR.finditer(tail) if found.end() == len(tail)), None)
    if joined is None or not tail[: joined.start()].split():
        return None
    word = tail[: joined.start()].split()[-1]
    at = before.rfind(word)
    if at >= 0 and claims.lead(before, at, in_formula=False).reason is not None:
        return None
    return value_after(word.strip("$"), 0)


def _with_name(text: str, box: Box) -> str:
    """Return the content of one box of several, with the `x =` before it."""
    name = _NAMED.search(text, max(0, box.start - 40), box.start)
    return (name.group() if name else "") + text[box.content : box.content_end].strip()


def bare(text: str) -> str:
    """Return a text without the parts that don't matter when two answers of a response are compared."""
    return "".join(text.split()).strip("$.*")
