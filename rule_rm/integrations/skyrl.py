"""SkyRL: an environment of one turn, whose reward is the server's.

    skyrl_gym.register(id="rule_rm", entry_point="rule_rm.integrations.skyrl:RuleRmEnv")

Each row names it as `env_class` and has its golden answer in `reward_spec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rule_rm.integrations.answering import answering
from rule_rm.integrations.rows import plain, response_of, sample

try:
    from skyrl_gym.envs.base_text_env import BaseTextEnv
except ImportError:
    # The server and its tests need no SkyRL.
    BaseTextEnv = object

OPTIONS = ("url", "reward_type", "timeout", "retry_seconds")


class RuleRmEnv(BaseTextEnv):  # type: ignore[misc]  # SkyRL has no types
    """An environment that ends with the policy's first turn and pays the server's reward for it.

    `url`, `reward_type`, `timeout` and `retry_seconds` may be in its configuration or in a row.
    """

    def __init__(self, env_config: Mapping[str, Any] | None = None, extras: Mapping[str, Any] | None = None):
        super().__init__()
        self.row = dict(extras or {})
        self.options = {
            name: place[name] for place in (env_config or {}, self.row) for name in OPTIONS if name in place
        }
        self.prompt: Any = ""
        self.components: dict[str, float] = {}

    def init(self, prompt: Any) -> tuple[Any, dict[str, Any]]:
        """Return the prompt as it is."""
        self.prompt = prompt
        return prompt, {}

    def step(self, action: str) -> dict[str, Any]:
        """Return the reward of the policy's turn, with its metrics as metadata."""
        golden = (self.row.get("reward_spec") or {}).get("ground_truth")
        payload = sample(self.prompt, response_of(action), plain(self.row), golden)
        options = dict(self.options)
        ask = answering(options.pop("url", None), options.pop("reward_type", None), **options)
        self.components = ask(payload)
        reward = self.components["score"]
        return {"observations": [], "reward": reward, "done": True, "metadata": dict(self.components)}

    def get_metrics(self) -> dict[str, float]:
        """Return the components of the reward."""
        return {name: value for name, value in self.components.items() if name != "score"}
