"""The options of the `reward_model` reward: those of a model that is loaded here, and those of an engine."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from rule_rm.errors import ConfigurationError
from rule_rm.models.engine_api import APIS
from rule_rm.models.options import CHAT_TEMPLATES, ModelOptions
from rule_rm.models.remote import EngineOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardModelOptions(ModelOptions):
    """Either `reward_pretrain`, a model to load, or `rm_url`, an engine to ask."""

    reward_pretrain: str = ""
    rm_url: str = ""
    """The URL of an engine, or several of one model, separated by commas."""
    rm_api: str = "vllm_classify"
    rm_model: str = ""
    """The model's name on the engine; "" sends none."""
    rm_api_key_env: str = "RM_API_KEY"
    rm_activation: bool = False
    timeout: float = 60.0
    """Seconds that the engine may take for one text, retries included."""

    RENAMED: ClassVar[dict[str, str]] = {"rm_timeout": "timeout"}

    def __post_init__(self) -> None:
        if bool(self.reward_pretrain) == bool(self.rm_url):
            raise ConfigurationError(
                "reward_model needs either reward_pretrain, a model to load here, or rm_url, an engine to ask"
            )
        if self.reward_pretrain:
            ModelOptions.__post_init__(self)
            return
        if self.chat_template not in CHAT_TEMPLATES:
            known = ", ".join(CHAT_TEMPLATES)
            raise ConfigurationError(f"chat_template must be one of {known}, not {self.chat_template!r}")
        api = APIS.get(self.rm_api)
        if self.chat_template == "apply" and api is not None and not (api.takes_messages or api.takes_pairs):
            raise ConfigurationError(
                f"chat_template=apply: {self.rm_api} applies none; use another rm_api, or strip"
            )

    @property
    def loaded(self) -> ModelOptions:
        """The options of a model that is loaded here."""
        return ModelOptions(**{one.name: getattr(self, one.name) for one in fields(ModelOptions)})

    @property
    def engine(self) -> EngineOptions:
        """The options of an engine."""
        return EngineOptions(
            urls=tuple(url.strip() for url in self.rm_url.split(",") if url.strip()),
            api=self.rm_api,
            model=self.rm_model,
            api_key_env=self.rm_api_key_env,
            activation=self.rm_activation,
            timeout=self.timeout,
        )
