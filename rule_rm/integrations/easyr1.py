"""EasyR1: the file to name as `worker.reward.reward_function`, with its function.

    worker.reward.reward_function="$(rule-rm path easyr1):compute_score"

EasyR1 loads the file by its path and calls the function with all responses of a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.integrations.answering import answering, check_keywords
from rule_rm.integrations.rows import batch, plain, response_of

REWARD_NAME = "rule_rm"
REWARD_TYPE = "batch"
OPTIONS = ("url", "reward_type", "timeout", "retry_seconds")


def compute_score(
    reward_inputs: Sequence[Mapping[str, Any]],
    *,
    url: str | None = None,
    reward_type: str | None = None,
    timeout: float | None = None,
    retry_seconds: float | None = None,
    **given: Any,
) -> list[dict[str, float]]:
    """Return `overall` of each response, its metrics, and `unscored`: 1 without a reward, else 0.

    EasyR1 passes no prompt and no other column.
    """
    check_keywords(given, OPTIONS)
    if not reward_inputs:
        return []
    rows = [{"response_length": one.get("response_length")} for one in reward_inputs]
    columns = batch([""] * len(rows), [response_of(one["response"]) for one in reward_inputs], rows)
    columns["golden_responses"] = [plain(one.get("ground_truth")) for one in reward_inputs]
    ask = answering(url, reward_type, timeout=timeout, retry_seconds=retry_seconds)
    reply = ask({**columns, "details": True})
    return [
        {**detail["metrics"], "unscored": float(detail["reward"] is None), "overall": float(number)}
        for number, detail in zip(reply["rewards"], reply["details"], strict=True)
    ]
