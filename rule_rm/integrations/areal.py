"""AReaL: the import path to name as the reward function of a workflow.

    RLVRWorkflow(reward_fn="rule_rm.integrations.areal.reward", …)

AReaL calls it in processes of its own and waits for 15 seconds; a server by RULE_RM_URL spares each of them
an engine.
"""

from __future__ import annotations

from typing import Any

from rule_rm.integrations.answering import answering
from rule_rm.integrations.rows import plain, response_of, sample


def reward(
    prompt: Any, completions: Any, prompt_ids: Any = None, completion_ids: Any = None, **row: Any
) -> float:
    """The reward of one completion; `row` is the dataset's."""
    payload = sample(prompt, response_of(completions), plain(row))
    return float(answering()(payload)["score"])
