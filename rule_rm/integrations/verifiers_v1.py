"""verifiers v1 (0.2 and later): a reward for a Task, and its metrics.

    class Sums(vf.Task[...]):
        rule_rm = vf.reward(weight=1.0)(rule_rm.integrations.verifiers_v1.reward)

Its newer versions need no code where the environment is NeMo-Gym's: `resources_url` is then the server's URL.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rule_rm.errors import UnscoredError
from rule_rm.integrations.answering import answering, score_all
from rule_rm.integrations.rows import batch, plain, response_of


async def reward(task: Any, trace: Any) -> float:
    """Return the reward of a rollout.

    Raises UnscoredError if it is not scored. verifiers keeps it as an error of the trace. A None would be one
    too, without a reason.
    """
    detail = await asyncio.to_thread(_detail, task, trace)
    if detail["reward"] is None:
        why = detail["explanation"] or detail["status"]
        raise UnscoredError(f"the response was not scored: {why}")
    return float(detail["reward"])


async def metrics(task: Any, trace: Any) -> dict[str, float]:
    """Return the components of the reward by name."""
    return dict((await asyncio.to_thread(_detail, task, trace))["metrics"])


def _detail(task: Any, trace: Any) -> dict[str, Any]:
    """Return the score of the rollout; a task has the columns of its dataset, as fields or in `data`."""
    data = getattr(task, "data", task)
    row = plain(data.model_dump() if hasattr(data, "model_dump") else dict(getattr(data, "__dict__", {})))
    answer = getattr(data, "answer", None)
    if answer is not None:
        row = {**row, "answer": plain(answer)}
    prompt = getattr(data, "prompt_text", None) or getattr(data, "prompt", "")
    prompt = prompt if isinstance(prompt, str) else [_message(message) for message in prompt or ()]
    columns = batch([prompt], [response_of(_said(trace))], [row])
    return score_all(answering(), columns)[0]


def _said(trace: Any) -> Any:
    """Return the agent's reply, or the messages of the model with their reasoning and tool calls."""
    turns = getattr(trace, "assistant_messages", None)
    if not turns or getattr(trace, "root_reply", None) is not None:
        return getattr(trace, "last_reply", "") or ""
    return [_message(turn) for turn in turns]


def _message(message: Any) -> Any:
    return plain(message.model_dump() if hasattr(message, "model_dump") else message)
