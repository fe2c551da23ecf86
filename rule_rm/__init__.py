"""rule_rm: the reward service of a reinforcement-learning run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if sys.version_info < (3, 10):  # noqa: UP036 - a checkout can be imported by any Python; one line says more
    raise ImportError(f"rule_rm needs Python 3.10 or later, not {sys.version.split()[0]}")

from rule_rm.registry import register
from rule_rm.types import Rollout, Score, Status
from rule_rm.version import __version__

if TYPE_CHECKING:
    from rule_rm.client import RemoteRewardModel
    from rule_rm.engine import Engine
    from rule_rm.settings import Settings
    from rule_rm.web import start_server

__all__ = [
    "Engine",
    "RemoteRewardModel",
    "Rollout",
    "Score",
    "Settings",
    "Status",
    "__version__",
    "register",
    "start_server",
]

# Imported on first use: a trainer that wants the client, or a worker that wants `register`, needs no Flask.
_LAZY = {
    "Engine": "rule_rm.engine",
    "RemoteRewardModel": "rule_rm.client",
    "Settings": "rule_rm.settings",
    "start_server": "rule_rm.web",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LAZY[name]), name)
