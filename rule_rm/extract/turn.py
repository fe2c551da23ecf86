"""What a response says to its reader: neither what it thinks, nor what comes after the end of its turn."""

from __future__ import annotations

import re

_END_OF_TURN = re.compile(
    r"<\|(?:im_end|im_start|endoftext|eot_id|end_of_text|end|eom_id|start_header_id)\|>|</s>|<end_of_turn>"
    r"|<｜end▁of▁sentence｜>"
)


def spoken(response: str, last: int | None = None) -> str | None:
    """What follows the thinking, within the turn; None if the thinking is not closed, or closed too often.

    Of a long response only the `last` characters are looked at.

    >>> spoken("<think>5, or 6?</think> It is 6.<|im_end|> No, 5."), spoken("<think>It is 6.")
    (' It is 6.', None)
    """
    text = response if last is None else response[-last:]
    if "<|" in text or "</s>" in text or "<end_of_turn>" in text or "<｜" in text:
        end = _END_OF_TURN.search(text)
        text = text[: end.start()] if end else text
    if "</think>" in text:
        if text.count("</think>") > max(1, response.count("<think>")):
            return None
        text = text[text.rfind("</think>") + len("</think>") :]
    return None if "<think>" in text else text
