"""Register reward functions and find them by name.

- `declaration`: the arguments of `@register`, one record
- `naming`: what a name may be, and how another text becomes one
- `reward_function`: a registered reward, with its options, to be called in any convention
- `registry`: the table itself: `@register`, `add`, `get`
- `loading`: import modules, reward files and installed packages; reward files again for a reload
- `code_digest`: the version of a reward, from all code that it reaches
- `mixture`: weighted, gated sets of rewards, described by options or a YAML file
- `mixing`: how the rewards of a mixture become one
- `options`: the options chosen for each reward, and checks of their values
- `file_packages`: packages around a reward file, for its relative imports
- `trainer_files`: reward files written for a trainer (TRL, verl, ms-swift, …)
- `file_constants`: arguments of `@register` that a file declares by constants, and names that are almost one
- `swift_stand_in`: import plugins of ms-swift where it is not installed
- `conventions`: adapt a function of any trainer's signature
- `signatures`: the calling conventions of all trainers
- `lone`: score a response without its group, unless the function compares
- `returned`: turn the result of such a function into a `Score`
- `learned_metrics`: names of components that a function returns without having declared them
- `resident`: rewards that hold a connection open and score in the server's process

Tests: `tests/registry/`.
"""

from rule_rm.registry.loading import load, load_installed, loading_anew
from rule_rm.registry.registry import add, freeze, get, register, registered, unfit, unknown
from rule_rm.registry.reward_function import RewardFunction, Work

__all__ = [
    "RewardFunction",
    "Work",
    "add",
    "freeze",
    "get",
    "load",
    "load_installed",
    "loading_anew",
    "register",
    "registered",
    "unfit",
    "unknown",
]
