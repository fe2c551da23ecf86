"""Score a recorded rollout once more, by any reward that the service has, with other options."""

from __future__ import annotations

import shlex
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
    score: Callable[[Rollout, str, Sequence[str]], Score]
    """Score a rollout by a reward type, with options in place of those of the service."""
    options: Callable[[str], Mapping[str, Any]]
    """Return the options of a reward type that may be changed, with their values now."""


def scored_again(
    again: Again, recorded: Mapping[str, Any], reward_type: str, given: str = ""
) -> dict[str, Any]:
    """Return the fields of the new score, or under `error` why there is none.

    `given` are options as on a command line: `format_weight=0.2 "language=en us"`.
    """
    asked = {"reward_type": reward_type, "given": given}
    if recorded["response"] is None:
        return {"error": "texts are not kept, so there is nothing to score", **asked}
    rollout = Rollout(
        recorded["prompt"] or "",
        recorded["response"],
        recorded["ground_truth"] or None,
        recorded["source"] or None,
    )
    try:
        score = again.score(rollout, reward_type, shlex.split(given))
    except ValueError as error:
        # A quote that is not closed.
        return {"error": f"the options can't be read: {error}", **asked}
    except RuleRmError as error:
        return {"error": str(error), **asked}
    return {
        **asked,
        "reward": score.reward,
        "status": score.status.value,
        "answer": score.answer,
        "explanation": score.explanation,
        "components": score.metrics,
        "question": score.question,
        "reply": score.reply,
    }
