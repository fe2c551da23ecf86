"""Restore the thinking that a chat template opened in the prompt, which the response then seems to lack.

Templates of reasoning models end the prompt with `<think>`, or with an empty pair for an answer without
thinking. The policy continues from there, and every format reward would be 0 for text that it did not write.
"""

from __future__ import annotations

from dataclasses import replace

from rule_rm.messages.turns import OPENED_AT_END, opens_thinking
from rule_rm.types import Rollout

_TAIL = 64
"""How many characters at a prompt's end are looked at: the pattern must not search a long prompt."""


def with_opened_think(rollout: Rollout, prefilled: str) -> Rollout:
    """Return the rollout with the thinking that the prompt opened before its response.

    `auto` goes by the end of the prompt; `yes` is for prompts that are not sent or come cut. A response that
    opens its thinking itself stays as it is.

    >>> with_opened_think(Rollout("<|im_start|>assistant\\n<think>\\n", "1+1</think>2"), "auto").response
    '<think>\\n1+1</think>2'
    """
    if prefilled == "no" or opens_thinking(rollout.response):
        return rollout
    opened = OPENED_AT_END.search(rollout.prompt[-_TAIL:])
    if opened is None and prefilled == "auto":
        return rollout
    return replace(rollout, response=(opened[0] if opened else "<think>") + rollout.response)
