"""The length of a response, in a unit that is always named.

A service without the trainer's tokenizer can't count tokens. The trainer can: it sends the count, or the
tokens, in `extra_info`. Without either, the length in tokens is unknown, and so is a reward that depends on
it. Words in place of tokens would give three quarters of the length, without a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rule_rm.types import Rollout, Score, Status

UNITS = ("tokens", "words", "characters")
COUNTS = ("response_length", "completion_tokens")
"""The keys under which trainers send the number of tokens: verl's and slime's name, and OpenAI's."""
IDS = ("completion_ids", "response_token_ids")
"""The keys under which they send the tokens: TRL's name, and ms-swift's."""


def length(rollout: Rollout, unit: str) -> int | None:
    """Return the length of the response in one of `UNITS`; None if it is unknown.

    >>> length(Rollout("", "Two words."), "words"), length(Rollout("", "Two words."), "tokens")
    (2, None)
    >>> length(Rollout("", "", extra_info={"response_length": 3}), "tokens")
    3
    """
    if unit == "words":
        return len(rollout.response.split())
    if unit == "characters":
        return len(rollout.response)
    return _tokens(rollout.extra_info)


def unknown_length() -> Score:
    """Return the unscored score of a rollout whose tokens nobody has counted."""
    return Score.unscored(
        Status.ERROR,
        f"extra_info has no token count ({', '.join(COUNTS)}) and no tokens ({', '.join(IDS)}); send one, or "
        "measure in another unit: unit=words or unit=characters",
    )


def _tokens(extra_info: Mapping[str, Any]) -> int | None:
    for name in COUNTS:
        count = extra_info.get(name)
        if isinstance(count, (int, float)) and not isinstance(count, bool) and count >= 0 and count % 1 == 0:
            return int(count)
    for name in IDS:
        ids = extra_info.get(name)
        if isinstance(ids, (list, tuple)):
            return sum(len(turn) if isinstance(turn, (list, tuple)) else 1 for turn in ids)
    return None
