"""slime and miles: the import path to name as `--custom-rm-path`; `--rm-url` is the server.

--custom-rm-path rule_rm.integrations.slime.reward --rm-url http://…:6000
"""

from __future__ import annotations

import asyncio
from typing import Any

from rule_rm.integrations.answering import answering, check_keywords
from rule_rm.integrations.rows import batch, plain, response_of, sample
from rule_rm.integrations.unscored import with_group_means


async def reward(args: Any, sample: Any, **given: Any) -> Any:
    """Return the reward of a sample, or with `--group-rm` the list for a group; objects with `--reward-key`.

    A sample that is not scored is marked with `remove_sample`, and slime trains on none of its tokens. Its
    number still counts in the mean of its group, so with `--group-rm` it is the mean of the scored ones.
    """
    check_keywords(given, ("args", "sample"), theirs=("evaluation",))
    if isinstance(sample, list):
        return await asyncio.to_thread(_score_group, args, sample)
    return await asyncio.to_thread(_score, args, sample)


def _score(args: Any, given: Any) -> Any:
    payload = sample(given.prompt, response_of(given.response), _row(given), given.label)
    return _settled(args, given, answering(getattr(args, "rm_url", None))(payload))


def _score_group(args: Any, samples: list[Any]) -> list[Any]:
    """Return the rewards of a group, which is one request: rewards that compare its members see them all."""
    columns = batch(
        [given.prompt for given in samples],
        [response_of(given.response) for given in samples],
        [_row(given) for given in samples],
    )
    columns["golden_responses"] = [plain(given.label) for given in samples]
    ask = answering(getattr(args, "rm_url", None))
    replies = ask({**columns, "details": True})
    # They are one group, even if their prompts differ.
    rewards = with_group_means([detail["reward"] for detail in replies["details"]], ["group"] * len(samples))
    means = [
        number if mean is None else mean for mean, number in zip(rewards, replies["rewards"], strict=True)
    ]
    return [
        _settled(
            args, given, {"score": mean, "unscored": float(detail["reward"] is None), **detail["metrics"]}
        )
        for given, mean, detail in zip(samples, means, replies["details"], strict=True)
    ]


def _row(given: Any) -> dict[str, Any]:
    row = plain(given.metadata) if isinstance(given.metadata, dict) else {}
    length = getattr(given, "response_length", None)
    return {"response_length": length, **row} if isinstance(length, int) else row


def _settled(args: Any, given: Any, reply: dict[str, Any]) -> Any:
    """Mark a sample that was not scored, and return its reward in the form that slime reads."""
    if reply.get("unscored"):
        given.remove_sample = True
    score, key = reply.pop("score"), getattr(args, "reward_key", None)
    return {**reply, key: score} if key else score
