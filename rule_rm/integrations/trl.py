"""TRL: the import path to name as a reward function, `reward` or, beside other slow ones, `async_reward`.

    trl grpo --reward_funcs rule_rm.integrations.trl.reward

Both are plain functions, so they can be pickled. In a script of your own, `functools.partial` sets the URL
and the reward type: `partial(reward, rule_rm_url="http://…:6000", rule_rm_reward_type="math_equal")`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from rule_rm.integrations.answering import answering, score_all
from rule_rm.integrations.rows import batch, response_of, row


def reward(
    prompts: Sequence[Any],
    completions: Sequence[Any],
    *,
    rule_rm_url: str | None = None,
    rule_rm_reward_type: str | None = None,
    completion_ids: Any = None,
    **columns: Any,
) -> list[float | None]:
    """The reward of each completion, a text or a conversation; None, which TRL leaves out, if unscored.

    Rewards of the length get the number of tokens in `completion_ids`.
    """
    count = len(completions)
    if completion_ids is not None:
        columns = {"response_length": [len(ids) for ids in completion_ids], **columns}
    columns_sent = batch(
        prompts,
        [response_of(completion) for completion in completions],
        [row(columns, index, count) for index in range(count)],
    )
    details = score_all(answering(rule_rm_url, rule_rm_reward_type), columns_sent)
    return [detail["reward"] for detail in details]


async def async_reward(
    prompts: Sequence[Any], completions: Sequence[Any], **given: Any
) -> list[float | None]:
    """What `reward` returns, while other reward functions run."""
    return await asyncio.to_thread(reward, prompts, completions, **given)
