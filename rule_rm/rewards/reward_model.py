"""`reward_model`: the number that a reward model gives the conversation.

The model is loaded by a process of this server's, or served by an engine that is named by `rm_url`. The scale
is the model's own: there is no zero for a wrong answer, so what the model could not score is unscored.
"""

from __future__ import annotations

import math
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.models.conversation import as_engine_text, as_request
from rule_rm.models.engine_api import APIS
from rule_rm.models.host import ModelHost
from rule_rm.models.options import CHAT_TEMPLATES, ModelOptions
from rule_rm.models.remote import EngineOptions, ScoringEngine
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status


@register("reward_model", summary="the score of a reward model, loaded here or served by an engine")
class RewardModel(Resident):
    """Scores conversations with a discriminative reward model."""

    def __init__(
        self,
        *,
        reward_pretrain: str = "",
        max_len: int = 2048,
        batch_size: int = 64,
        max_batch_tokens: int = 0,
        param_dtype: str = "auto",
        device: str = "auto",
        attn_implementation: str = "",
        load_in_4bit: bool = False,
        normalize_reward: bool = False,
        value_head_prefix: str = "score",
        append_eos: bool = False,
        truncation_side: str = "auto",
        chat_template: str = "auto",
        trust_remote_code: bool = False,
        allow_download: bool = False,
        rm_url: str = "",
        rm_api: str = "vllm_classify",
        rm_model: str = "",
        rm_api_key_env: str = "RM_API_KEY",
        rm_activation: bool = False,
        rm_timeout: float = 60.0,
    ) -> None:
        """See docs/reward_model.md for the options. Raises ConfigurationError for wrong ones."""
        if bool(reward_pretrain) == bool(rm_url):
            raise ConfigurationError(
                "reward_model needs either reward_pretrain, a model to load here, or rm_url, an engine to ask"
            )
        self._chat_template = chat_template
        self._model: ModelHost | ScoringEngine
        if reward_pretrain:
            self._model = ModelHost(
                ModelOptions(
                    reward_pretrain=reward_pretrain,
                    max_len=max_len,
                    batch_size=batch_size,
                    max_batch_tokens=max_batch_tokens,
                    param_dtype=param_dtype,
                    device=device,
                    attn_implementation=attn_implementation,
                    load_in_4bit=load_in_4bit,
                    normalize_reward=normalize_reward,
                    value_head_prefix=value_head_prefix,
                    append_eos=append_eos,
                    truncation_side=truncation_side,
                    chat_template=chat_template,
                    trust_remote_code=trust_remote_code,
                    allow_download=allow_download,
                )
            )
            return
        _check_template(chat_template, rm_api)
        self._model = ScoringEngine(
            EngineOptions(
                urls=tuple(url.strip() for url in rm_url.split(",") if url.strip()),
                api=rm_api,
                model=rm_model,
                api_key_env=rm_api_key_env,
                activation=rm_activation,
                timeout=rm_timeout,
            )
        )

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """The model's number. Raises ModelUnavailable if it can't be had in time."""
        value: float | None
        was_cut = False
        try:
            if isinstance(self._model, ScoringEngine):
                value = self._model.score(as_engine_text(rollout, self._chat_template), ask.until)
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
        """The model, or the engine, and what it has done."""
        return self._model.state()

    def close(self) -> None:
        """End the model's process, or the connections to the engine."""
        self._model.close()


def _check_template(chat_template: str, rm_api: str) -> None:
    """Raise ConfigurationError for a template that nobody would apply."""
    if chat_template not in CHAT_TEMPLATES:
        raise ConfigurationError(
            f"chat_template must be one of {', '.join(CHAT_TEMPLATES)}, not {chat_template!r}"
        )
    api = APIS.get(rm_api)
    if chat_template == "apply" and api is not None and not (api.takes_messages or api.takes_pairs):
        raise ConfigurationError(f"chat_template=apply: {rm_api} applies none; use another rm_api, or strip")
