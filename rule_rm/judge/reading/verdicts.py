"""Read a judge's reply: a verdict, or the reason why there is no reliable one.

A reply is read as narrowly as it was asked for. The verdict is the last thing that it says, at the place that
the template names, and it is on the menu word by word. A reply that is cut off, contradicts itself or is off
the scale raises `NoVerdictError`. It is never bent into a number: a judge that failed says nothing about the
policy. A verdict within the judge's thinking counts for nothing, and a line that it quotes is not its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rule_rm.judge.client.question import Reply
from rule_rm.judge.reading.json_verdicts import verdict_in_json
from rule_rm.judge.reading.menu import (
    JudgeVerdict,
    Menu,
    NoVerdictError,
    Place,
    element_pattern,
    fold,
    folded_word,
    sentinel_pattern,
)
from rule_rm.judge.reading.ratings import rating, ratings, read_pairs
from rule_rm.judge.reading.reasoned import without_reason
from rule_rm.judge.reading.unwrapping import CLOSING_TAGS, INVISIBLE, split_marks, unwrapped, without_cells
from rule_rm.messages.turns import spoken

LONGEST_REPLY = 200_000
"""Characters; a judge that writes more has lost its way."""
_DECORATION = re.compile(r"[\s*_#`~-]*\Z")
"""A line that says nothing: `---`, "```"."""
_FENCE = re.compile(r"`{3,}[\w-]{0,20}\s*\Z")
"""A line that opens a fence: "```text"."""
_BEFORE = (
    r"(?:[\s*_#`~•-]|\d{1,3}[.)]\s|</?[a-z][\w-]{0,30}>)*"  # **, - , 2. , </analysis>, <b>
    r"(?:(?:(?:my|the)\s{1,4})?(?:final|overall)\s{1,4})?[*_`]*"  # Final
)
"""Text before the sentinel on its line: `2. **`, `</analysis>`, `My final `."""
_OPENED = re.compile(r"\s*<(?P<tag>[a-z][a-z_-]{0,30})>", re.IGNORECASE)
"""An element at the beginning of a reply, often thinking in a family's own tags: `<analysis>`."""
_ANNOUNCED = re.compile(
    r"\b(?:said|says?|wrote|writes?|claim(?:s|ed)?|states?|stated|quot(?:e|es|ed|ing))\b[^:]{0,60}:\W{0,4}\Z",
    re.IGNORECASE,
)
"""The end of a line that announces a quotation: `The candidate had said:`."""
_ANNOUNCEMENT = re.compile(
    r"[\s*_#]*(?:(?:the|my)\s+)?(?:(?:final|overall)\s+)?"
    r"(?:verdict|judgement|judgment|answer|decision|label|result|grade|evaluation|conclusion)[*_]{0,2}\s*[:：]",
    re.IGNORECASE,
)
"""The beginning of a whole reply that announces its verdict: `Final answer:`."""
_REPEATED = re.compile(r"([^:：(\n]+?)(?:\s*[:：(]|\s[-–—=]\s)\s*([^\n]+?)\)?\Z")
"""A label and, behind a mark, its repetition: `A: CORRECT`, `A (CORRECT)`."""
_VOID = frozenset({"br", "hr", "p", "li"})
_BOX = re.compile(r"\\boxed\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
r"""A box and its content: `\boxed{A}`, `\boxed{\text{A}}`."""
_TAIL = re.compile(r"[\s$*_`.)\]:;,–—-]*")
"""Text between a box and the word that repeats it: ` - `."""


def read_verdict(reply: Reply, menu: Menu, *, as_json: bool = False) -> JudgeVerdict:
    """Return the verdict of a reply. Raises NoVerdictError if there is no reliable one.

    With `as_json` the reply was asked for in JSON; a server that can't do that ignores it, so a line with the
    sentinel counts then too.

    >>> from rule_rm.judge.reading.menu import Label
    >>> menu = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0)})
    >>> said = "It says “VERDICT: CORRECT”.\\n**VERDICT: INCORRECT**"
    >>> read_verdict(Reply(said, None, "stop", None, 0, 0, ""), menu).value
    0.0
    """
    try:
        return replace(_verdict(reply, menu, as_json), reply=reply.text)
    except NoVerdictError as failure:
        failure.reply = reply.text
        raise


def _verdict(reply: Reply, menu: Menu, as_json: bool) -> JudgeVerdict:
    if reply.finish_reason != "stop":
        raise NoVerdictError("ended the reply before it was whole", reply.finish_reason or "nothing known")
    text = _visible(reply.text, menu.sentinel)
    if not text.strip():
        raise NoVerdictError("the reply is empty" + (" but for its thinking" if reply.reasoning else ""))
    if as_json and (found := verdict_in_json(text, menu)) is not None:
        return found
    if menu.place is Place.WHOLE:
        return _whole(_last_lines(text), menu)
    if menu.place is Place.BOXED:
        return _boxed(text, menu)
    return _read(*_after_sentinel(text, menu))


def _visible(text: str, sentinel: str) -> str:
    """Return the reply after its thinking, without invisible characters."""
    if len(text) > LONGEST_REPLY:
        raise NoVerdictError(f"the reply has more than {LONGEST_REPLY} characters")
    said = spoken(text)
    if said is None:
        raise NoVerdictError("the thinking is not closed")
    said = INVISIBLE.sub("", said)
    opened = _OPENED.match(said)
    if opened is None or opened["tag"].lower() in _VOID or element_pattern(sentinel).match(said):
        return said
    _, closing, after = said.rpartition(f"</{opened['tag']}>")
    if not closing:
        raise NoVerdictError("is opened and never closed", f"<{opened['tag']}>")
    return after if unwrapped(after) else said


def _after_sentinel(text: str, menu: Menu) -> tuple[str, Menu, set[bool]]:
    """Return the text after the last sentinel, which ends the reply, and the meaning of its emoji."""
    sentinel = sentinel_pattern(menu.sentinel).pattern
    begins = re.compile(_BEFORE + f"(?:{sentinel})", re.IGNORECASE)
    text = element_pattern(menu.sentinel).sub(rf"{menu.sentinel} \g<said>", fold(text))
    lines = [line for line in text.splitlines() if not _DECORATION.match(line)]
    stripped = [split_marks(without_cells(line)) for line in lines]
    lines = [line for line, _ in stripped]
    places = [place for place, line in enumerate(lines) if begins.match(line)]
    if menu.place is Place.WITHIN_LINE and lines and len(places) < 2:
        found = list(re.finditer(sentinel, lines[-1], re.IGNORECASE))
        if found:
            ends = [one.start() for one in found[1:]] + [len(lines[-1])]
            said = [lines[-1][one.end() : end] for one, end in zip(found, ends, strict=True)]
            if len({_first_line(one) for one in said}) > 1:
                raise NoVerdictError("the verdicts contradict each other")
            return said[-1], menu, stripped[-1][1]
    if not places:
        raise NoVerdictError(f"no line begins with {menu.sentinel!r}")
    said = ["\n".join(_without(begins, lines[place:])).strip() for place in places]
    for place, earlier in zip(places[:-1], said[:-1], strict=True):
        is_same = _first_line(earlier) == _first_line(said[-1])
        # Those right above the last one are part of the verdict; others were quoted or corrected.
        is_above = all(begins.match(line) for line in lines[place : places[-1]])
        is_quoted = bool(_ANNOUNCED.search(lines[places[-1] - 1])) and _is_better(said[-1], earlier, menu)
        if not is_same and (is_above or is_quoted):
            raise NoVerdictError("the verdicts contradict each other")
    return said[-1], menu, stripped[places[-1]][1]


def _is_better(said: str, other: str, menu: Menu) -> bool:
    try:
        return _read(said, menu).value > _read(other.partition("\n")[0], menu).value
    except NoVerdictError:
        return False


def _first_line(said: str) -> str:
    return folded_word(unwrapped(said.partition("\n")[0]))


def _without(pattern: re.Pattern[str], lines: list[str]) -> list[str]:
    match = pattern.match(lines[0])
    return [lines[0][match.end() if match else 0 :], *lines[1:]]


def _last_lines(text: str) -> str:
    """Return a reply that is a verdict as a whole, without the fence around it."""
    lines = [line for line in fold(text).splitlines() if not _DECORATION.match(line)]
    return "\n".join(line for line in lines if not _FENCE.match(line))


def _read(said: str, menu: Menu, marks: set[bool] | None = None) -> JudgeVerdict:
    """Return the verdict in the text at its place, which must be nothing else."""
    if menu.dimensions:
        return ratings(read_pairs(CLOSING_TAGS.sub("", said)), menu)
    said = said.strip()
    if "\n" in said:
        raise NoVerdictError("text follows the verdict")
    said, more = split_marks(said)
    said, inner = split_marks(unwrapped(said))
    said = unwrapped(said)
    if menu.scale:
        return rating(said, menu.scale)
    said = without_reason(said, menu) if menu.place is Place.LINE else said
    return _label(said, menu, (marks or set()) | more | inner)


def _label(said: str, menu: Menu, marks: set[bool]) -> JudgeVerdict:
    name = menu.label(said)
    if name is None:
        raise NoVerdictError(f"is none of {', '.join(menu.labels)}", said)
    label = menu.labels[name]
    if label.value is None:
        raise NoVerdictError(f"the judge says {name!r}")
    least, greatest = menu.worths
    if (True in marks and label.value <= least) or (False in marks and label.value >= greatest):
        raise NoVerdictError("the mark next to the verdict contradicts it", name)
    return JudgeVerdict(label.value, name, label.is_answer)


def _whole(said: str, menu: Menu) -> JudgeVerdict:
    """Return the verdict of a reply that says nothing else; it may announce it and repeat it in a synonym."""
    announced = _ANNOUNCEMENT.match(said)
    said = said[announced.end() :] if announced else said
    both = _REPEATED.match(unwrapped(said))
    label = menu.label(unwrapped(both[1])) if both and not menu.scale else None
    if both is None or label is None:
        return _read(said, menu)
    if menu.label(unwrapped(both[2])) != label:
        raise NoVerdictError("follows the verdict", both[2])
    return _read(both[1], menu)


def _boxed(text: str, menu: Menu) -> JudgeVerdict:
    """Return the verdict in the last box, which must be in the last line; a word may repeat it."""
    lines = [line for line in fold(text).splitlines() if not _DECORATION.match(line)]
    boxes = list(_BOX.finditer(lines[-1])) if lines else []
    if not boxes:
        raise NoVerdictError("the last line has no box")
    sentinel = sentinel_pattern(menu.sentinel)
    others = [
        box[1]
        for line in lines
        if (mark := sentinel.search(line)) is not None
        for box in list(_BOX.finditer(line, mark.end()))[:1]
    ]
    said = unwrapped(boxes[-1][1])
    if any(menu.label(unwrapped(other)) != menu.label(said) for other in others):
        raise NoVerdictError("the verdicts contradict each other")
    verdict = rating(said, menu.scale) if menu.scale else _label(said, menu, set())
    tail = unwrapped(lines[-1][boxes[-1].end() :][_end_of_tail(lines[-1], boxes[-1].end()) :])
    if tail and menu.label(tail) != verdict.said:
        raise NoVerdictError("follows the verdict", tail)
    return verdict


def _end_of_tail(line: str, start: int) -> int:
    match = _TAIL.match(line, start)
    return (match.end() if match else start) - start
