"""verifiers: a reward function for a Rubric.

Rubric(funcs=[rule_rm.integrations.verifiers.reward])
"""

from __future__ import annotations

import asyncio
from typing import Any

from rule_rm.integrations.answering import answering
from rule_rm.integrations.rows import plain, response_of, sample


async def reward(prompt: Any, completion: Any, answer: Any = None, info: Any = None) -> float:
    """Return the reward of one completion; the golden answer is `answer`, otherwise it comes from `info`."""
    row = plain(info) if isinstance(info, dict) else {}
    payload = sample(prompt, response_of(completion), row, answer or None)
    reply = await asyncio.to_thread(answering(), payload)
    return float(reply["score"])
