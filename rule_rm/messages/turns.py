"""The turns of a text, and the split of a model's turn into thinking and answer.

This is the one definition of both, for rewards, judges and reward models, for responses and judges' replies
alike. Answers in the thinking or after the end of the turn earn nothing.
"""

from __future__ import annotations

import re

from rule_rm.messages import harmony
from rule_rm.messages.first_marks import first_end, first_opening
from rule_rm.messages.templates import OPENING, TOKENS, role_of

_THINKING = re.compile(
    r"<(?P<tag_end>/?)(?P<tag>(?:[a-z]\w{0,20}[:_])?(?:think(?:ing)?|thoughts?|reasoning)"
    r"(?::[a-z]\w{0,20})?)>"  # </seed:think>, <think:opensource>
    r"|\[(?P<bracket_end>/?)THINK\]"  # [THINK]
    r"|◁(?P<kimi_end>/?)think▷"  # ◁think▷
    r"|<(?P<gemma>\|channel>thought)|<(?P<gemma_end>channel\|>)"
    r"|<\|(?P<token_end>/|end_|start_|begin_)?(?:of_)?(?P<token>think(?:ing)?|thought|reasoning)"
    r"(?P<token_side>_(?:start|begin|end))?\|>"  # <|START_THINKING|>, <|end_of_thought|>, <|think_end|>
    r"|<\|inner_(?P<inner>prefix|suffix)\|>"
    r"|\[unused1(?P<pangu>[67])\]"  # openPangu's [unused16] and [unused17]
    r"|<\|(?P<sided>open|close)\|>think<\|sep\|>"  # Kimi K3's
    r"|\[(?P<final>BEGIN FINAL RESPONSE)\]",  # Apriel's
    re.IGNORECASE,
)
_STARTS = "<[◁"
"""The characters that a tag of thinking begins with: few responses have one, and none of the tags without."""
_WRAPPED = re.compile(r"\s*<\|(?:START_RESPONSE|begin_of_solution|open\|>response<\|sep)\|>")
"""A marker that some templates write between thinking and answer: `<|START_RESPONSE|>`."""
_WRAP_END = re.compile(r"<\|(?:END_RESPONSE|end_of_solution)\|>")
"""The end of a wrapped answer: `<|END_RESPONSE|>`."""
_IN_TAGS = re.compile(r"\s*<response>(?P<said>.*)</response>\s*\Z", re.DOTALL)
"""An answer that Granite and ERNIE wrap behind their thinking: `<response>4</response>`."""
OPENED_AT_END = re.compile(
    rf"(?:{_THINKING.pattern})\s*(?:<channel\|>\s*|[<\[◁]\|?(?:/|end_)[^<>\[\]◁▷]{{1,40}}[>\]▷]\s*)?\Z"
    r"|<\|channel\|>analysis<\|message\|>\s*\Z"
    r"|(?<=<\|im_start\|>assistant)/think\n\Z",
    re.IGNORECASE,
)
"""Thinking that a prompt opens, and may close at once, at its very end: `<think></think>`, `[THINK]`."""


def turns(text: str) -> list[tuple[str, str]]:
    r"""Return the role and text of each turn; a text that begins as no template does is all the user's.

    An opening at the very end, with or without opened thinking, is no turn: the response follows.

    >>> turns("<|turn>system\nBe brief.<turn|>\n<|turn>user\n1+1?<turn|>\n<|turn>model\n")
    [('system', 'Be brief.'), ('user', '1+1?')]
    """
    marks = list(OPENING.finditer(text))
    before = bare(text[: marks[0].start()]) if marks else ""
    if not marks or (before and TOKENS.match(text.lstrip()) is None):
        return [("user", text)]
    found = [("system", before)] if before else []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        found.append((role_of(mark), bare(text[mark.end() : end])))
    role, last = found[-1]
    if role == "assistant" and (not last or OPENED_AT_END.match(last)):
        found.pop()
    return [(role, said) for role, said in found if said or role != "assistant"] or [("user", "")]


def bare(text: str) -> str:
    """Return the text without white space and the tokens of templates at both ends."""
    start, end = 0, len(text)
    while True:
        stripped = text[start:end].strip()
        start = text.find(stripped, start) if stripped else end
        end = start + len(stripped)
        head = TOKENS.match(text, start, end)
        start = head.end() if head else start
        tail = next(
            (mark for mark in TOKENS.finditer(text, max(end - 40, start), end) if mark.end() == end), None
        )
        if tail is not None:
            end = tail.start()
        elif head is None:
            return text[start:end]


def spoken(response: str, last: int | None = None) -> str | None:
    """Return the text after the thinking, within the turn; None unless the thinking is closed exactly once.

    Of a long one only the `last` characters are returned.

    >>> spoken("<think>5, or 6?</think> It is 6.<|im_end|> No, 5."), spoken("<think>It is 6.")
    (' It is 6.', None)
    """
    if harmony.is_in(response):
        split = harmony.split(response)
        rest = split and split[1]
    else:
        text = first_turn(response)
        answer = _end_of_thinking(text)
        rest = None if answer is None else _rest(text, answer)
    return rest if rest is None or last is None else rest[-last:]


def split_thinking(response: str) -> tuple[str, str] | None:
    r"""Return the thinking and the rest of the turn; None unless the thinking is closed exactly once.

    The tags of all families count, and thinking that was opened in the prompt and only ends here.

    >>> split_thinking("[THINK]2 + 2[/THINK]4</s>"), split_thinking("◁think▷ 4")
    (('2 + 2', '4'), None)
    >>> split_thinking("<|channel|>analysis<|message|>2 + 2<|end|><|channel|>final<|message|>4")
    ('2 + 2', '4')
    """
    if harmony.is_in(response):
        return harmony.split(response)
    text = first_turn(response)
    answer = _end_of_thinking(text)
    if answer is None:
        return None
    return (_THINKING.sub("", text[:answer]).strip() if answer else ""), _rest(text, answer)


def _rest(text: str, answer: int) -> str:
    """Return the answer that begins at a place, without the tokens that wrap it."""
    wrapped = _WRAPPED.match(text, answer) if "<|" in text else None
    if wrapped is None:
        tagged = _IN_TAGS.match(text, answer) if answer else None
        return tagged["said"] if tagged else text[answer:]
    end = _WRAP_END.search(text, wrapped.end())
    return text[wrapped.end() : end.start() if end else len(text)]


def first_turn(response: str) -> str:
    """Return the response up to the first token that ends its turn or opens another."""
    ends = [found.start() for found in (first_end(response), first_opening(response)) if found]
    return response[: min(ends)] if ends else response


def _end_of_thinking(text: str) -> int | None:
    """Return where the answer begins: 0 without thinking, None if it is not closed or not clearly.

    Within thinking, tags of other families are words, and so is a second opening of the same. Each of these
    may be followed by an end of its own; one more end than that is ambiguous.
    """
    if not any(mark in text for mark in _STARTS):
        return 0
    opened: str | None = None
    closed = 0
    spare: dict[str, int] = {}
    for tag in _THINKING.finditer(text):
        family, is_end = _tag(tag)
        if opened is None and not is_end:
            opened = family
        elif opened == family and is_end:
            opened, closed = None, tag.end()
        elif opened == family:
            spare[family] = spare.get(family, 0) + 1
        elif opened is None and not closed:
            closed = tag.end()
        elif opened is None and spare.get(family, 0) > 0:
            spare[family] -= 1
            closed = tag.end()
        elif opened is None:
            return None
    return None if opened is not None else closed


def _tag(tag: re.Match[str]) -> tuple[str, bool]:
    """Return the family of a thinking tag, and True if it closes."""
    if tag["tag"]:
        return tag["tag"].lower(), bool(tag["tag_end"])
    if tag["token"]:
        side = (tag["token_end"] or tag["token_side"] or "").lower()
        return f"|{tag['token'].lower()}|", "end" in side or side == "/"
    if tag["gemma"] or tag["gemma_end"]:
        return "gemma", bool(tag["gemma_end"])
    if tag["pangu"]:
        return "pangu", tag["pangu"] == "7"
    if tag["inner"]:
        return "inner", tag["inner"].lower() == "suffix"
    if tag["sided"]:
        return "sided", tag["sided"].lower() == "close"
    if tag["final"]:
        return "final", True
    return (
        ("kimi", bool(tag["kimi_end"]))
        if tag["kimi_end"] is not None
        else ("bracket", bool(tag["bracket_end"]))
    )


def opens_thinking(response: str) -> bool:
    """Return True if the response begins with thinking that it opens itself, in any family's way."""
    text = response.lstrip()
    tag = _THINKING.match(text)
    return text.startswith("<|channel|>") or (tag is not None and not _tag(tag)[1])
