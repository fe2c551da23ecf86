"""SkyRL: an environment of one turn, whose reward is the server's.

    skyrl_gym.register(id="rule_rm", entry_point="rule_rm.integrations.skyrl:RuleRmEnv")

Each row names it as `env_class` and has its golden answer in `reward_spec`.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from rule_rm.integrations.answering import answering
from rule_rm.integrations.rows import plain, response_of, sample

try:
    from skyrl_gym.envs.base_text_env import BaseTextEnv
except ImportError:
    # The server and its tests need no SkyRL.
    BaseTextEnv = object

OPTIONS = ("url", "reward_type", "timeout", "retry_seconds")
ALMOST = 0.8
"""Similarity from which a column's name is a misspelt option: `reward_typ` has 0.95, `reward_model` 0.70."""


class RuleRmEnv(BaseTextEnv):  # type: ignore[misc]  # SkyRL has no types
    """An environment that ends with the policy's first turn and pays the server's reward for it.

    `url`, `reward_type`, `timeout` and `retry_seconds` may be in its configuration or in a row.
    Raises TypeError for a name in a row that is almost one of them.
    """

    def __init__(self, env_config: Mapping[str, Any] | None = None, extras: Mapping[str, Any] | None = None):
        super().__init__()
        self.row = dict(extras or {})
        _check_names(self.row)
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


def _check_names(row: Mapping[str, Any]) -> None:
    """Raise TypeError for a misspelt option; a row also has columns of its own, of any other name."""
    for name, value in row.items():
        if name in OPTIONS or not isinstance(value, (str, int, float)):
            continue
        nearest = get_close_matches(name, OPTIONS, 1, cutoff=ALMOST)
        if nearest:
            raise TypeError(f"there is no option {name!r}; did you mean {nearest[0]!r}?")
