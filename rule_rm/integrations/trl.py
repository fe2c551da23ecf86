"""TRL: reward functions to name, `reward` for the server's reward type, or one for each reward type.

    trl grpo --reward_funcs rule_rm.integrations.trl.reward

`rule_rm.integrations.trl.math_equal` is the reward type `math_equal`, with its own name in TRL's log, and
`async_math_equal` is the same while other slow ones run. `of` makes one for a reward type of your own, for
one of its components, or for another server. All of them can be pickled.
"""

from __future__ import annotations

import asyncio
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import Any

from rule_rm.integrations.answering import answering, check_keywords, score_all
from rule_rm.integrations.rows import batch, response_of, row
from rule_rm.integrations.unscored import with_group_means

OPTIONS = (
    "rule_rm_url",
    "rule_rm_reward_type",
    "rule_rm_component",
    "rule_rm_timeout",
    "rule_rm_retry_seconds",
)
MASKS_NONE = (1, 6)
"""The version of TRL from which GRPO and RLOO leave out None; they summed it as 0 before."""
_PREFIX = "async_"

Rewards = list[float | None]


def reward(
    prompts: Sequence[Any],
    completions: Sequence[Any],
    *,
    rule_rm_url: str | None = None,
    rule_rm_reward_type: str | None = None,
    rule_rm_component: str | None = None,
    rule_rm_timeout: float | None = None,
    rule_rm_retry_seconds: float | None = None,
    completion_ids: Any = None,
    **columns: Any,
) -> Rewards:
    """Return the reward of each completion, a text or a conversation; None if it is unscored.

    Where TRL would sum a None as 0, it is the mean of the scored completions of the same prompt instead.
    Rewards of the length get the number of tokens in `completion_ids`.
    """
    check_keywords(columns, OPTIONS)
    ask = answering(
        rule_rm_url, rule_rm_reward_type, timeout=rule_rm_timeout, retry_seconds=rule_rm_retry_seconds
    )
    details = score_all(ask, _request(prompts, completions, completion_ids, columns))
    _log(columns.get("log_metric"), rule_rm_reward_type or "rule_rm", details)
    rewards = [_value(detail, rule_rm_component) for detail in details]
    return with_group_means(rewards, prompts) if _sums_none(columns) else rewards


async def async_reward(prompts: Sequence[Any], completions: Sequence[Any], **given: Any) -> Rewards:
    """Return the rewards of `reward` while other reward functions run."""
    return await asyncio.to_thread(reward, prompts, completions, **given)


class Named:
    """A reward function of one reward type, under the name that TRL's log shows."""

    def __init__(self, name: str, **options: Any) -> None:
        self.__name__ = name
        self.options = options

    def __call__(self, prompts: Sequence[Any], completions: Sequence[Any], **given: Any) -> Rewards:
        """Return the rewards of `reward`."""
        return reward(prompts, completions, **self.options, **given)


def of(
    reward_type: str, *, component: str | None = None, url: str | None = None, name: str | None = None
) -> Named:
    """Return a reward function of a reward type, or of one of its components, under a name of its own.

    >>> of("math_verifier", component="format").__name__
    'math_verifier_format'
    """
    name = name or (f"{reward_type}_{component}" if component else reward_type)
    given = {"rule_rm_url": url, "rule_rm_component": component}
    chosen = {option: value for option, value in given.items() if value is not None}
    return Named(name, rule_rm_reward_type=reward_type, **chosen)


def __getattr__(name: str) -> Callable[..., Any]:
    """Return the reward function of a reward type of the package, made once so that it can be pickled."""
    reward_type = name.removeprefix(_PREFIX)
    if name.startswith("_") or reward_type not in _reward_types():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; see `of` for your own rewards")
    made = _asynchronous(reward_type) if name.startswith(_PREFIX) else _synchronous(reward_type)
    made.__name__ = made.__qualname__ = name
    return globals().setdefault(name, made)  # type: ignore[no-any-return]


def _synchronous(reward_type: str) -> Callable[..., Rewards]:
    def score(prompts: Sequence[Any], completions: Sequence[Any], **given: Any) -> Rewards:
        return reward(prompts, completions, rule_rm_reward_type=reward_type, **given)

    return score


def _asynchronous(reward_type: str) -> Callable[..., Any]:
    async def score(prompts: Sequence[Any], completions: Sequence[Any], **given: Any) -> Rewards:
        return await async_reward(prompts, completions, rule_rm_reward_type=reward_type, **given)

    return score


def _reward_types() -> set[str]:
    """Return the reward types of the package, each the name of a file, without importing any."""
    spec = importlib.util.find_spec("rule_rm.rewards")
    places = spec.submodule_search_locations if spec else None
    return {module.name for module in pkgutil.iter_modules(places)} if places else set()


def _request(
    prompts: Sequence[Any], completions: Sequence[Any], completion_ids: Any, columns: Mapping[str, Any]
) -> dict[str, list[Any]]:
    count = len(completions)
    if completion_ids is not None:
        # Functions may take the ids; rewards of the length take their number.
        lengths = [len(ids) for ids in completion_ids]
        columns = {"response_length": lengths, "completion_ids": list(completion_ids), **columns}
    rows = [row(columns, index, count) for index in range(count)]
    state = columns.get("trainer_state")
    step = getattr(state, "global_step", None)
    if isinstance(step, int):
        steps = {"global_step": step, "max_steps": getattr(state, "max_steps", None)}
        rows = [{**one, "trainer_state": steps} for one in rows]
    return batch(prompts, [response_of(completion) for completion in completions], rows)


def _value(detail: Mapping[str, Any], component: str | None) -> float | None:
    if component is None or detail["reward"] is None:
        return detail["reward"]  # type: ignore[no-any-return]
    value = detail["metrics"].get(component)
    return None if value is None else float(value)


def _sums_none(columns: Mapping[str, Any]) -> bool:
    """Return True if the trainer would take None for 0: TRL before 1.6, and its OnlineDPO."""
    try:
        version = tuple(int(part) for part in metadata.version("trl").split(".")[:2])
    except (metadata.PackageNotFoundError, ValueError):
        version = MASKS_NONE
    # GRPO and RLOO hand over `log_metric`, OnlineDPO the state alone.
    return version < MASKS_NONE or ("trainer_state" in columns and "log_metric" not in columns)


def _log(log_metric: Any, name: str, details: Sequence[Mapping[str, Any]]) -> None:
    """Log the mean of each component, and the share that is unscored, where TRL takes such figures."""
    if not callable(log_metric) or not details:
        return
    log_metric(f"{name}/unscored", sum(detail["reward"] is None for detail in details) / len(details))
    found: dict[str, list[float]] = {}
    for detail in details:
        for metric, value in detail["metrics"].items():
            found.setdefault(metric, []).append(value)
    for metric, values in found.items():
        log_metric(f"{name}/{metric}", sum(values) / len(values))
