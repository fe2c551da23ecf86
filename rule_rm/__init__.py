"""rule_rm: the reward service of a reinforcement-learning run.

From top to bottom:

- `run_reward_server`, `cli`: the commands
- `workbench`: attack, check and explain rewards, from files and in Python
- `web`, `integrations`: the ways in, over HTTP or from a trainer in this process
- `service`: from a request to its reply
- `editions`: the rewards and golden data of now, and their reload
- `engine`: score rollouts in worker processes and residents
- `rewards`, `protocols`: one file for each reward function and for each wire format
- `graders`: graders in OpenAI's JSON
- `math`, `golden`, `journal`, `sandbox`, `judge`, `models`: the parts that they are made of
- `structured`, `extract`, `registry`, `messages`: read responses, options and conversations
- `client`, `http`: `RemoteRewardModel`, and the HTTP client of all
- `processes`: start, watch and end child processes
- `token`, `settings`, `redaction`, `errors`, `types`, `version`: the ground floor

The tests are in `tests`, in the same folders.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if sys.version_info < (3, 10):  # noqa: UP036 - a checkout can be imported by any Python; one line says more
    raise ImportError(f"rule_rm needs Python 3.10 or later, not {sys.version.split()[0]}")

from rule_rm.errors import (
    ConfigurationError,
    DatasetError,
    OverloadedError,
    RegistrationError,
    RemoteRewardError,
    RuleRmError,
    UnavailableError,
    UnscoredError,
)
from rule_rm.processes import interrupts as _interrupts  # noqa: F401 - before the imports that take long
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.types import Rollout, Score, Status
from rule_rm.version import __version__

if TYPE_CHECKING:
    from rule_rm.client import RemoteRewardModel
    from rule_rm.engine import Engine
    from rule_rm.settings import Settings
    from rule_rm.web import start_server
    from rule_rm.workbench.in_python import explain, score

__all__ = [
    "Ask",
    "ConfigurationError",
    "DatasetError",
    "Engine",
    "OverloadedError",
    "RegistrationError",
    "RemoteRewardError",
    "RemoteRewardModel",
    "Resident",
    "Rollout",
    "RuleRmError",
    "Score",
    "Settings",
    "Status",
    "UnavailableError",
    "UnscoredError",
    "__version__",
    "explain",
    "register",
    "score",
    "start_server",
]

# Imported on first use: a trainer that wants the client, or a worker that wants `register`, needs no Flask.
_LAZY = {
    "Engine": "rule_rm.engine",
    "RemoteRewardModel": "rule_rm.client",
    "Settings": "rule_rm.settings",
    "explain": "rule_rm.workbench.in_python",
    "score": "rule_rm.workbench.in_python",
    "start_server": "rule_rm.web",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LAZY[name]), name)
