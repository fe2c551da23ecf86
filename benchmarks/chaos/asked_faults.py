"""Faults of what the service asks: the judge and the reward model."""

from __future__ import annotations

import json
from contextlib import ExitStack

from benchmarks.chaos.asked import MOODS, Asked
from benchmarks.chaos.site import Site, say


def upset_judge(site: Site) -> None:
    """Have the judge misbehave while many ask it."""
    _upset(site, site.judge, "llm_judge")


def upset_model(site: Site) -> None:
    """Have the reward model misbehave while many ask it."""
    _upset(site, site.model, "reward_model")


def _upset(site: Site, asked: Asked, reward_type: str) -> None:
    asked.feel(site.chance.choice(MOODS))
    body = json.dumps({"query": ["what?4"], "prompts": ["what?"], "labels": ["4"]}).encode()
    head = f"POST /get_reward/{reward_type} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with ExitStack() as stack:
        say(site.connect(100, stack), head.encode() + body)
        site.nap(0.5, 3.0)
    asked.feel("fine")


FAULTS = (upset_judge, upset_model)
