"""AReaL: the import path to name as the reward function of a workflow.

    RLVRWorkflow(reward_fn="rule_rm.integrations.areal.reward", …)

AReaL calls it in processes of its own and waits for 15 seconds. After four calls that are too late it takes
0. An error rejects the episode instead, so the functions give up earlier. An episode whose response is not
scored is rejected by `rejecting(RLVRWorkflow)(reward_fn="rule_rm.integrations.areal.scored_reward", …)`.
"""

from __future__ import annotations

import os
from typing import Any, TypeVar

from rule_rm.errors import UnscoredError
from rule_rm.integrations.answering import TIMEOUT_VARIABLE, answering
from rule_rm.integrations.rows import plain, response_of, sample

T = TypeVar("T", bound=type)
PATIENCE = 12.0
"""Seconds for a call where RULE_RM_TIMEOUT says nothing else: below the 15 of AReaL."""


def reward(
    prompt: Any, completions: Any, prompt_ids: Any = None, completion_ids: Any = None, **row: Any
) -> float:
    """Return the reward of one completion, the server's `--unscored-reward` if it is not scored."""
    return float(_reply(prompt, completions, completion_ids, row)["score"])


def scored_reward(
    prompt: Any, completions: Any, prompt_ids: Any = None, completion_ids: Any = None, **row: Any
) -> float:
    """Return the reward of one completion. Raises UnscoredError if it is not scored."""
    reply = _reply(prompt, completions, completion_ids, row)
    if reply["unscored"]:
        raise UnscoredError("the response was not scored; the server's log says why")
    return float(reply["score"])


def rejecting(workflow: T) -> T:
    """Return the workflow class with episodes that are not scored rejected: AReaL trains on none of them."""

    class Rejecting(workflow):  # type: ignore[valid-type, misc]
        async def arun_episode(self, *args: Any, **kwargs: Any) -> Any:
            try:
                return await super().arun_episode(*args, **kwargs)
            except UnscoredError:
                return None

    return Rejecting  # type: ignore[return-value]


def _reply(prompt: Any, completions: Any, completion_ids: Any, row: dict[str, Any]) -> dict[str, float]:
    columns = plain(row)
    if completion_ids is not None:
        columns = {"response_length": len(completion_ids), **columns}
    ask = answering(timeout=None if os.environ.get(TIMEOUT_VARIABLE) else PATIENCE)
    reply: dict[str, float] = ask(sample(prompt, response_of(completions), columns))
    return reply
