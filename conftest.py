"""Exclude modules that need torch or Ray from the doctests where these are not installed."""

from __future__ import annotations

import importlib.util

WITH_TORCH = ("chat_server.py", "checkpoint.py", "generation.py", "scorer.py")

WITH_RAY = ("ray_node.py", "workforce.py")

collect_ignore = [
    *([] if importlib.util.find_spec("torch") else [f"rule_rm/models/{name}" for name in WITH_TORCH]),
    *([] if importlib.util.find_spec("ray") else [f"rule_rm/engine/cluster/{name}" for name in WITH_RAY]),
]
