"""Score a recorded rollout once more, by any reward that the service has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rule_rm.errors import RuleRmError
from rule_rm.types import Rollout, Score


@dataclass(frozen=True, slots=True)
class Again:
    """The rewards of a service, for rollouts that were scored before."""

    names: Callable[[], Sequence[str]]
    """Return the names of the reward types."""
    score: Callable[[Rollout, str], Score]


def scored_again(again: Again, recorded: Mapping[str, Any], reward_type: str) -> dict[str, Any]:
    """Return the fields of the new score, or under `error` why there is none."""
    if recorded["response"] is None:
        return {"error": "texts are not kept, so there is nothing to score", "reward_type": reward_type}
    rollout = Rollout(
        recorded["prompt"] or "",
        recorded["response"],
        recorded["ground_truth"] or None,
        recorded["source"] or None,
    )
    try:
        score = again.score(rollout, reward_type)
    except RuleRmError as error:
        return {"error": str(error), "reward_type": reward_type}
    return {
        "reward_type": reward_type,
        "reward": score.reward,
        "status": score.status.value,
        "answer": score.answer,
        "explanation": score.explanation,
        "components": score.metrics,
        "question": score.question,
        "reply": score.reply,
    }
