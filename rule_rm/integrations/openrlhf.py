"""OpenRLHF and lmm-r1: the file to name as `--reward.remote_url`, in older versions `--remote_rm_url`.

--reward.remote_url "$(rule-rm path openrlhf)" --data.label_key answer
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rule_rm.integrations.answering import answering, check_keywords
from rule_rm.integrations.rows import plain, response_of


def reward_func(
    queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any] | None = None, **given: Any
) -> Any:
    """Return `rewards`, `scores` and `extra_logs`, each a float32 tensor with one number for each query.

    OpenRLHF before labels calls with two arguments and takes the tensor of rewards alone.
    """
    import torch

    check_keywords(given, ("queries", "prompts", "labels"))
    payload = {"query": [response_of(query) for query in queries], "prompts": plain(list(prompts))}
    reply = answering()(payload if labels is None else {**payload, "labels": plain(list(labels))})
    rewards = torch.tensor(reply["rewards"], dtype=torch.float32)
    if labels is None:
        return rewards
    logs = {name: torch.tensor(column, dtype=torch.float32) for name, column in reply["extra_logs"].items()}
    scores = torch.tensor(reply["scores"], dtype=torch.float32)
    return {"rewards": rewards, "scores": scores, "extra_logs": logs}
