"""The token that ends a text and its turn, of a known template or of any."""

from __future__ import annotations

import re

from rule_rm.messages.templates import END_TOKENS, OPENING, ROLES, role_of

_LAST_TOKEN = re.compile(
    r"(?:<\|[^<>|\s]{2,64}\|?>|<｜[^<>｜\s]{2,64}｜>|\[\|[^\[\]|\s]{2,64}\|\]"  # <|return|>, <｜…｜>, [|…|]
    r"|<\|?\w*[:_▁](?:bos|eos|bot|eot|start|end|pad|of_turn)\|?>"  # <seed:eos>, <start_of_turn>
    r"|<(?:s|(?i:unk|sep|pad|bo[st]|eo[a-z]|step|end|end_?turn|(?:end|start|begin)[_▁]?of[_▁]?\w{1,20}))>"
    r"|\[(?:[BE]O[ST]|PAD|UNK|SEP|CLS)\]"  # <s>, <EOM>, <end_of_message>, [EOS]
    r"|<(?:SPECIAL|reserved|unused|extra_id)_?\d{1,6}>)\Z"  # <SPECIAL_12>
)
"""A token at the very end that looks like those of a chat template, whichever it is."""
_LONGEST = 80
_STOP = re.compile(
    r"(?<![^\s>])(?:### ?(?:(?:Instruction|User|Human|指示|指令|질문)[:：]?|End)?|@@ Instruction"
    r"|(?:User|Human|USER):)\Z"
)
"""The next turn of a template without tokens, in which nothing is said: `### End`, `Human:`, a bare `###`."""


def last_token(text: str, end: int) -> int | None:
    r"""Return the start of the token that ends `text[:end]` and its turn; None if there is none.

    A token that closes what the text has opened belongs to the text: `<|tool_call_begin|>…<|tool_call_end|>`.

    >>> last_token("4<|observation|>", 16), last_token("4 <|5|>", 7)
    (1, None)
    """
    if text.endswith(END_TOKENS, 0, end):
        return end - next(len(token) for token in END_TOKENS if text.endswith(token, 0, end))
    start = max(end - _LONGEST, 0)
    # The opening of a turn in which nothing is said, such as a trainer's stop string.
    marks = OPENING.finditer(text, start, end)
    empty = next((mark for mark in marks if mark.end() == end and role_of(mark) in ROLES), None)
    if empty is not None and not _closes_an_opened(empty[0], text):
        return empty.start()
    found = _LAST_TOKEN.search(text, start, end)
    if found is None:
        stop = _STOP.search(text, start, end)
        return stop.start() if stop else None
    return None if _closes_an_opened(found[0], text) else found.start()


def _closes_an_opened(token: str, text: str) -> bool:
    for word, openers in (("/", ("",)), ("end", ("begin", "start")), ("END", ("BEGIN", "START"))):
        if word in token and any(token.replace(word, opener, 1) in text for opener in openers):
            return True
    return "suffix" in token and token.replace("suffix", "prefix") in text
