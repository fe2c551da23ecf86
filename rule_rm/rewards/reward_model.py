"""`reward_model`: the number that a reward model gives the conversation.

The model is loaded by a process of this server's, or served by an engine at `rm_url`. The scale is the
model's own: without a zero for wrong answers, a conversation that the model could not score is unscored.
"""

from __future__ import annotations

import math
from typing import Any

from rule_rm.models.conversation import as_engine_text, as_request
from rule_rm.models.host import ModelHost
from rule_rm.models.remote import ScoringEngine
from rule_rm.models.reward_options import RewardModelOptions
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status


@register("reward_model", summary="the score of a reward model, loaded here or served by an engine")
class RewardModel(Resident):
    """Scores conversations with a discriminative reward model."""

    def __init__(self, options: RewardModelOptions) -> None:
        """Load the model, or probe the engine. Raises ConfigurationError if it can't be used."""
        self._options = options
        self._model: ModelHost | ScoringEngine = (
            ScoringEngine(options.engine) if options.rm_url else ModelHost(options.loaded)
        )

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the model's number. Raises ModelError if none comes in time."""
        value: float | None
        was_cut = False
        try:
            if isinstance(self._model, ScoringEngine):
                value = self._model.score(as_engine_text(rollout, self._options.chat_template), ask.until)
            else:
                answer = self._model.score(as_request(rollout), ask.until)
                value, was_cut = answer.score, answer.was_cut
        except ValueError as error:
            return Score.unscored(Status.ERROR, str(error))
        if value is None or not math.isfinite(value):
            return Score.unscored(Status.ERROR, "the reward model gave no finite number")
        explanation = "the text was cut to max_len" if was_cut else None
        return Score(value, explanation=explanation)

    def state(self) -> dict[str, Any]:
        """Return the state of the model, or of the engine."""
        return self._model.state()

    def close(self) -> None:
        """End the model's process, or the connections to the engine."""
        self._model.close()
