"""ms-swift: the file to name as `--external_plugins`; importing it registers its rewards.

    --external_plugins "$(rule-rm path swift)" --reward_funcs rule_rm

`rule_rm` is the reward type of the server, or of the settings. `rule_rm_async` is the same, but runs
concurrently with other slow rewards. `rule_rm_<reward type>` is a reward of the package, for
`--reward_weights`.

The same names are plugins of a reward model. For example, `--reward_model_plugin rule_rm_generative_rm`
replaces the forward pass of `--reward_model`, and scores messages and dataset columns.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm import registry, rewards
from rule_rm.integrations.answering import answering, score_all
from rule_rm.integrations.rows import batch, plain, response_of, row, split_messages
from rule_rm.integrations.unscored import with_group_means

try:
    from swift.rewards import ORM, AsyncORM, orms, rm_plugins
except ImportError:
    try:
        from swift.plugin import ORM, orms, rm_plugins

        AsyncORM = ORM
    except ImportError:
        # Without ms-swift the classes can still be used and tested; nothing has to be registered.
        ORM = AsyncORM = object
        orms, rm_plugins = {}, {}


class Reward(ORM):  # type: ignore[misc]
    """The rewards of completions; an unscored one has the mean of its group's scored ones."""

    reward_type: str | None = None

    def __init__(self, args: Any = None, **_: Any) -> None:
        self.args = args

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        """Return the rewards. The columns are those of the dataset; `messages` end with the completion."""
        count = len(completions)
        rows = [row(columns, index, count) for index in range(count)]
        prompts = [split_messages(row.pop("messages", None) or [])[0] for row in rows]
        return _score(
            prompts, [response_of(completion) for completion in completions], rows, self.reward_type
        )


class AsyncReward(AsyncORM):  # type: ignore[misc]
    """The rewards of `Reward`, computed while other reward functions run."""

    def __init__(self, args: Any = None, **_: Any) -> None:
        self.args = args

    async def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        """Do what `Reward` does."""
        return await asyncio.to_thread(Reward(), completions, **columns)


class RewardModelPlugin:
    """A replacement of a reward model's forward pass; the messages of a row end with a response."""

    reward_type: str | None = None

    def __init__(self, model: Any = None, template: Any = None) -> None:
        self.model = model
        self.template = template

    def __call__(self, inputs: Sequence[Mapping[str, Any]], **_: Any) -> Any:
        """Return a float32 tensor with a reward for each row; NaN if all of its prompt are unscored.

        Its keywords, which newer versions of ms-swift add, are the columns of the rows once more.
        """
        import torch

        rows = [plain(given) for given in inputs]
        split = [split_messages(row.pop("messages", None) or []) for row in rows]
        prompts, completions = [before for before, _ in split], [said for _, said in split]
        rewards = _score(prompts, completions, rows, self.reward_type)
        return torch.tensor(
            [math.nan if reward is None else reward for reward in rewards], dtype=torch.float32
        )


def _score(
    prompts: Sequence[Any], responses: Sequence[Any], rows: Sequence[dict[str, Any]], reward_type: str | None
) -> list[float | None]:
    details = score_all(answering(reward_type=reward_type), batch(prompts, responses, rows))
    # ms-swift sums None as 0, which would be the worst of its group.
    return with_group_means([detail["reward"] for detail in details], prompts)


def _register() -> None:
    orms["rule_rm"] = Reward
    orms["rule_rm_async"] = AsyncReward
    rm_plugins["rule_rm"] = RewardModelPlugin
    rewards.load()
    for name in registry.registered():
        # ms-swift names its figures after the class.
        orms[f"rule_rm_{name}"] = type(name, (Reward,), {"reward_type": name})
        rm_plugins[f"rule_rm_{name}"] = type(name, (RewardModelPlugin,), {"reward_type": name})


_register()
