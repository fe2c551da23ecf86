"""Exclude modules that need torch from the doctests where torch is not installed."""

from __future__ import annotations

import importlib.util

WITH_TORCH = ("chat_server.py", "checkpoint.py", "generation.py", "scorer.py")

collect_ignore = (
    [] if importlib.util.find_spec("torch") else [f"rule_rm/models/{name}" for name in WITH_TORCH]
)
