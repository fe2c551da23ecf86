"""What a model says in its turn, and what it only thinks: for responses and judges' replies alike.

The tags of all families count, and thinking that was opened in the prompt and only ends here. Thinking that
does not end has nothing behind it.
"""

from __future__ import annotations

import re

from rule_rm.messages.chat_templates import END_TOKENS

_TAGS = r"think(?:ing)?|thoughts?|reasoning|seed:think"
_OPENED = re.compile(rf"<(?:{_TAGS})>|\[THINK\]|◁think▷|<\|channel>thought", re.IGNORECASE)
_CLOSED = re.compile(rf"</(?:{_TAGS})>|\[/THINK\]|◁/think▷|<channel\|>", re.IGNORECASE)
_CHANNEL, _FINAL_CHANNEL = "<|channel|>", "<|channel|>final<|message|>"
_END_OF_TURN = re.compile("|".join(map(re.escape, (*END_TOKENS, "<|im_start|>", "<|start_header_id|>"))))


def without_thinking(text: str) -> str | None:
    """What follows the thinking, up to the end of the turn; None if the thinking is not closed.

    >>> without_thinking("<think>2 + 2</think>4<|im_end|>")
    '4'
    """
    split = split_thinking(text)
    return None if split is None else split[1]


def split_thinking(text: str) -> tuple[str, str] | None:
    """The thinking and what follows it; None if the thinking is not closed.

    >>> split_thinking("<think>2 + 2</think>4")
    ('2 + 2', '4')
    """
    thought = ""
    if _CHANNEL in text:
        thought, channel, text = text.rpartition(_FINAL_CHANNEL)
        if not channel:
            return None
    opened, closed = list(_OPENED.finditer(text)), list(_CLOSED.finditer(text))
    if opened and (len(opened) > len(closed) or opened[-1].start() > closed[-1].start()):
        return None
    if closed:
        thought = _OPENED.sub("", text[: closed[-1].start()]).strip()
        text = text[closed[-1].end() :]
    end = _END_OF_TURN.search(text)
    return thought, text[: end.start()] if end else text
