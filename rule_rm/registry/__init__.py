"""Register reward functions and find them by name.

- `declaration`: the arguments of `@register`, one record
- `registry`: the table itself: `@register`, `add`, `get`, `load`
- `code_digest`: the version of a reward, from all code that it reaches
- `mixture`: weighted, gated sets of rewards from a YAML file
- `options`: the options chosen for each reward, and checks of their values
- `trainer_files`: reward files written for a trainer (TRL, verl, ms-swift, …)
- `swift_stand_in`: import plugins of ms-swift where it is not installed
- `conventions`: adapt a function of any trainer's signature
- `returned`: turn what such a function returns into a `Score`
- `resident`: rewards that hold a connection open and score in the server's process

Tests: `tests/registry/`.
"""

from rule_rm.registry.registry import (
    RewardFunction,
    Work,
    add,
    freeze,
    get,
    load,
    load_installed,
    register,
    registered,
)

__all__ = [
    "RewardFunction",
    "Work",
    "add",
    "freeze",
    "get",
    "load",
    "load_installed",
    "register",
    "registered",
]
