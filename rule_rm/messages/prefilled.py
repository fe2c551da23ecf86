"""A `<think>` that the chat template opened: it stands in the prompt, so the response seems to lack it.

Templates of reasoning models end the prompt with `<think>`, or with an empty pair for an answer without
thinking. The policy goes on from there, and every format reward would be 0 for what it can't change.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rule_rm.types import Rollout

_OPENED = re.compile(r"<think>\s*(?:</think>\s*)?\Z")
_TAIL = 64
"""How many characters at a prompt's end are looked at: the pattern must not search a long prompt."""


def with_opened_think(rollout: Rollout, prefilled: str) -> Rollout:
    """The rollout with what the prompt opened before its response.

    `auto` tells by the end of the prompt; `yes` is for prompts that are not sent or come cut. A response that
    opens its thinking itself stays as it is.

    >>> with_opened_think(Rollout("<|im_start|>assistant\\n<think>\\n", "1+1</think>2"), "auto").response
    '<think>\\n1+1</think>2'
    """
    if prefilled == "no" or rollout.response.lstrip().startswith("<think>"):
        return rollout
    opened = _OPENED.search(rollout.prompt[-_TAIL:])
    if opened is None and prefilled == "auto":
        return rollout
    return replace(rollout, response=(opened[0] if opened else "<think>") + rollout.response)
