"""verifiers 0.1: reward functions for a Rubric.

    Rubric(funcs=[rule_rm.integrations.verifiers.reward])
    Rubric(funcs=[rule_rm.integrations.verifiers.group_reward])

A Rubric logs any exception of a function and goes on with 0.0, a wrong answer's reward. So a failure is also
an error of the rollout's state: verifiers retries it, and prime-rl does not train on it. A group of
`group_reward` that fails gets equal rewards, which teach nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping, Sequence
from typing import Any

from rule_rm.errors import UnscoredError
from rule_rm.integrations.answering import answering, score_all
from rule_rm.integrations.rows import batch, plain, response_of, sample
from rule_rm.integrations.unscored import with_group_means
from rule_rm.types import Status

try:
    from verifiers.errors import InfraError
except ImportError:
    # The server and its tests need no verifiers.
    InfraError = UnscoredError

PASSING = frozenset({Status.ERROR, Status.CRASH, Status.EXPIRED, Status.UNAVAILABLE, Status.NO_VERDICT})
"""Statuses of unscored rollouts that another attempt may score. A row without a golden answer stays one."""

State = MutableMapping[str, Any]


async def reward(
    prompt: Any, completion: Any, answer: Any = None, info: Any = None, state: State | None = None
) -> float:
    """Return the reward of one completion; the golden answer is `answer`, otherwise it comes from `info`.

    An unscored one has the server's `--unscored-reward`. Its state gets an error if another attempt may help.
    """
    try:
        row = plain(info) if isinstance(info, dict) else {}
        payload = {**sample(prompt, response_of(completion), row, answer or None), "details": True}
        reply = await asyncio.to_thread(lambda: answering()(payload))
    except Exception as error:
        _fail([state], str(error))
        raise
    _tell(state, reply["details"][0])
    return float(reply["score"])


async def group_reward(
    prompts: Sequence[Any],
    completions: Sequence[Any],
    answers: Sequence[Any],
    infos: Sequence[Any],
    states: Sequence[State],
) -> list[float]:
    """Return the rewards of a group, whose members are compared by rewards that do so.

    An unscored one has the mean of the scored ones, and so no advantage.
    """
    try:
        rows = [plain(info) if isinstance(info, dict) else {} for info in infos]
        columns = batch(prompts, [response_of(completion) for completion in completions], rows)
        given = zip(answers, columns["golden_responses"], strict=True)
        columns["golden_responses"] = [plain(answer) if answer else golden for answer, golden in given]
        details = await asyncio.to_thread(lambda: score_all(answering(), columns))
    except Exception as error:
        _fail(states, str(error))
        raise
    for state, detail in zip(states, details, strict=True):
        _tell(state, detail)
    # They are one group, even if their prompts differ.
    rewards = with_group_means([detail["reward"] for detail in details], ["group"] * len(details))
    return [0.0 if reward is None else reward for reward in rewards]


def _tell(state: State | None, detail: Any) -> None:
    """Make an unscored rollout an error of its state, if another attempt may score it."""
    if detail["reward"] is None and detail["status"] in PASSING:
        _fail([state], f"the response was not scored: {detail['explanation'] or detail['status']}")


def _fail(states: Sequence[State | None], why: str) -> None:
    for state in states:
        # An earlier error of the rollout is the cause, and stays.
        if state is not None and state.get("error") is None:
            state["error"] = InfraError(why)
