r"""HyperCLOVA's thinking, which is a turn of its own before that of the answer.

<|im_start|>assistant/think\n2 + 2<|im_end|>\n<|im_start|>assistant\n4<|im_end|><|endofturn|>
"""

from __future__ import annotations

import re

_OPENED = re.compile(r"(?:<\|im_start\|>assistant)?/think\n")
"""The beginning of such a turn: `<|im_start|>assistant/think`, or its end where the prompt has the rest."""
_ANSWER = re.compile(r"(?:<\|im_end\|>\s*)?<\|im_start\|>assistant\n")
"""The end of the thinking and the opening of the answer: `<|im_end|>`, `<|im_start|>assistant`."""


def in_tags(response: str) -> str:
    r"""Return a response with such a turn as other models write it, with `<think>…</think>`.

    >>> in_tags("/think\n2 + 2<|im_end|>\n<|im_start|>assistant\n4"), in_tags("/think\n2 + 2<|im_end|>")
    ('<think>2 + 2</think>4', '<think>2 + 2<|im_end|>')
    """
    opened = _OPENED.match(response)
    if opened is None:
        return response
    answer = _ANSWER.search(response, opened.end())
    if answer is None:
        return f"<think>{response[opened.end() :]}"
    return f"<think>{response[opened.end() : answer.start()]}</think>{response[answer.end() :]}"
