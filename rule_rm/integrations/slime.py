"""slime and miles: the import path to name as `--custom-rm-path`; `--rm-url` is the server.

--custom-rm-path rule_rm.integrations.slime.reward --rm-url http://…:6000
"""

from __future__ import annotations

import asyncio
from typing import Any

from rule_rm.integrations.answering import answering, check_keywords
from rule_rm.integrations.rows import plain, response_of, sample


async def reward(args: Any, sample: Any, **given: Any) -> Any:
    """Return the reward of a sample, or with `--group-rm` the list for a group; objects with `--reward-key`.

    A sample that is not scored is marked with `remove_sample`, and slime trains on none of its tokens.
    """
    check_keywords(given, ("args", "sample"), theirs=("evaluation",))
    if isinstance(sample, list):
        return await asyncio.gather(*(reward(args, one) for one in sample))
    return await asyncio.to_thread(_score, args, sample)


def _score(args: Any, given: Any) -> Any:
    row = plain(given.metadata) if isinstance(given.metadata, dict) else {}
    length = getattr(given, "response_length", None)
    if isinstance(length, int):
        row = {"response_length": length, **row}
    payload = sample(given.prompt, response_of(given.response), row, given.label)
    reply = answering(getattr(args, "rm_url", None))(payload)
    if reply.get("unscored"):
        given.remove_sample = True
    score, key = reply.pop("score"), getattr(args, "reward_key", None)
    return {**reply, key: score} if key else score
