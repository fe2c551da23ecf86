"""verl: the module to name as `custom_reward_function.path`.

    reward.custom_reward_function.path="$(rule-rm path verl)"
    +reward.custom_reward_function.reward_kwargs.url=http://…:6000

Before verl 0.8 both keys begin without `reward.`. `name` is `compute_score` by default. With
`compute_score_async`, samples overlap in verl's event loop; `compute_score_batch` is for the batch manager of
older versions. Every result has the same keys, because verl looks for the keys of the first sample's in all
others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rule_rm.integrations.answering import answering, check_keywords
from rule_rm.integrations.rows import plain, response_of, sample

PROMPT_COLUMNS = ("question", "problem", "prompt")
"""The keys of the question in datasets for verl, which does not pass the prompt."""
CONCURRENT = 32
OPTIONS = ("url", "reward_type", "timeout", "retry_seconds")
THEIRS = (
    "reward_router_address",
    "reward_model_name",
    "sandbox_fusion_url",
    "memory_limit_mb",
    "return_dict",
    "continuous",
)
"""Plain values that verl's reward managers pass on their own initiative."""


def compute_score(
    data_source: Any = None,
    solution_str: str = "",
    ground_truth: Any = None,
    extra_info: Mapping[str, Any] | None = None,
    *,
    url: str | None = None,
    reward_type: str | None = None,
    timeout: float | None = None,
    retry_seconds: float | None = None,
    **given: Any,
) -> dict[str, float]:
    """Return `score` of one response, its metrics, and its failures as 0 or 1."""
    check_keywords(given, OPTIONS, THEIRS)
    row = plain(dict(extra_info or {}))
    prompt = next((row[name] for name in PROMPT_COLUMNS if isinstance(row.get(name), str)), "")
    payload = sample(prompt, response_of(solution_str), row, ground_truth)
    if data_source is not None:
        payload["data_source"] = str(data_source)
    ask = answering(url, reward_type, timeout=timeout, retry_seconds=retry_seconds)
    reply: dict[str, float] = ask(payload)
    return reply


def compute_float(*arguments: Any, **options: Any) -> float:
    """Return the score alone, for `reward_manager=prime` of older versions, which takes no dictionary."""
    return compute_score(*arguments, **options)["score"]


async def compute_score_async(
    data_source: Any = None,
    solution_str: str = "",
    ground_truth: Any = None,
    extra_info: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, float]:
    """Return the result of `compute_score`, without holding up the event loop."""
    return await asyncio.to_thread(
        compute_score, data_source, solution_str, ground_truth, extra_info, **options
    )


def compute_score_batch(
    data_sources: Sequence[Any],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Sequence[Mapping[str, Any] | None],
    **options: Any,
) -> list[dict[str, float]]:
    """Return the results of `compute_score` for a batch."""

    def score(arguments: tuple[Any, str, Any, Mapping[str, Any] | None]) -> dict[str, float]:
        return compute_score(*arguments, **options)

    batch = zip(data_sources, solution_strs, ground_truths, extra_infos, strict=True)
    with ThreadPoolExecutor(CONCURRENT) as threads:
        return list(threads.map(score, batch))
