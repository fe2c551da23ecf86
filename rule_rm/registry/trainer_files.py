"""Find the reward functions in a file written for a trainer, under the names that the trainer uses.

- ms-swift: each entry of `orms`, by its key. A class derived from ORM that is not in it, by its own name.
  ms-swift need not be installed.
- OpenRLHF, verl and EasyR1 look for a fixed name, `reward_func` or `compute_score`. It goes by the name of
  the file, and a variant such as `compute_score_v2` by its own.
- SkyRL: a class derived from BaseTextEnv, one for each rollout.
- Otherwise every public function, callable instance and partial that fits a calling convention, by its own
  name. An imported function counts if the file has none of its own.

Constants of a file replace the arguments of `@register`, see `file_constants`.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from rule_rm.errors import RegistrationError
from rule_rm.registry.conventions import takes_groups
from rule_rm.registry.naming import as_name
from rule_rm.registry.swift_stand_in import swift_stand_in
from rule_rm.types import Rollout, Score

__all__ = ["misfits", "neighbours", "reward_functions", "swift_stand_in", "unfit"]

logger = logging.getLogger(__name__)

FIXED_NAMES = ("reward_func", "compute_score")
_ACCEPTED = "; accepted are "


def reward_functions(module: ModuleType, path: Path) -> dict[str, Callable[..., Any]]:
    """Return the reward functions of an imported file, by the names to register them under."""
    orms = getattr(module, "orms", None)
    registered = {key: entry for key, entry in orms.items() if _is_own(entry, module)} if orms else {}
    if registered:
        return _built({as_name(str(key)): entry for key, entry in registered.items()}, path)
    public = {name: entry for name, entry in vars(module).items() if name[0] != "_"}
    own = {name: entry for name, entry in public.items() if _is_own(entry, module) or _is_made(name, entry)}
    functions = {name: entry for name, entry in own.items() if _is_function(entry)}
    classes = {name: entry for name, entry in own.items() if inspect.isclass(entry)}
    orm_classes = {name: entry for name, entry in classes.items() if _derives(entry, "ORM", "AsyncORM")}
    functions |= {
        name: partial(_environment_score, entry)
        for name, entry in classes.items()
        if _derives(entry, "BaseTextEnv")
    }
    if not functions and not orm_classes:
        functions = {name: entry for name, entry in public.items() if _is_function(entry)}
    fixed = next((name for name in FIXED_NAMES if name in functions), None)
    if fixed is not None:
        # Others may be variants of it (`compute_score_v2`) or helpers.
        functions = {name: entry for name, entry in functions.items() if name.startswith(FIXED_NAMES)}
    named = {as_name(path.stem if name == fixed else name): entry for name, entry in functions.items()}
    return named | _built({as_name(name): entry for name, entry in orm_classes.items()}, path)


def misfits(module: ModuleType) -> str:
    """Return why the functions of a file are not reward functions, for an error."""
    reasons = [(name + reason, accepted) for name, reason, accepted in _misfits(module)]
    found = "; ".join(reason for reason, _ in reasons[:3])
    accepted = next((_ACCEPTED + accepted for _, accepted in reasons if accepted), "")
    return "; use @register" + (f" ({found}{accepted})" if reasons else "")


def unfit(module: ModuleType, path: Path) -> dict[str, str]:
    """Return the functions of a file that fit no calling convention, by name, each with the reason."""
    return {
        as_name(name): f"{path} has a function {name}, but it is not a reward{reason}"
        for name, reason, _ in _misfits(module)
    }


def _misfits(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Yield the functions of a file that are not rewards: name, reason and accepted forms of each."""
    for name, entry in vars(module).items():
        if name[0] != "_" and _is_own(entry, module) and inspect.isfunction(entry):
            try:
                takes_groups(entry)
            except (RegistrationError, ValueError) as error:
                reason, _, accepted = str(error).partition(_ACCEPTED)
                yield name, reason, accepted


@contextmanager
def neighbours(path: Path) -> Iterator[None]:
    """Let a file import others of its folder, now and while it scores; installed modules go first."""
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.append(folder)
    yield


def _is_own(entry: Any, module: ModuleType) -> bool:
    return getattr(entry, "__module__", None) == module.__name__


def _is_made(name: str, entry: Any) -> bool:
    """Return True if a file has made the callable: a partial, or a closure under a name of its own."""
    if isinstance(entry, partial):
        return True
    return inspect.isfunction(entry) and entry.__name__ != name


def _is_function(entry: Any) -> bool:
    if not callable(entry) or inspect.isclass(entry):
        return False
    try:
        takes_groups(entry)
    except (RegistrationError, TypeError, ValueError):
        return False
    return True


def _derives(entry: type, *names: str) -> bool:
    return any(base.__name__ in names for base in entry.__mro__[1:])


def _built(entries: Mapping[str, Any], path: Path) -> dict[str, Callable[..., Any]]:
    """Return the entries, classes as instances; one that can't be built is left out and logged."""
    built = {}
    for name, entry in entries.items():
        try:
            built[name] = _instance(entry)
        except Exception as error:
            if len(entries) == 1:
                raise
            logger.warning(
                "%s: %s can't be built and is left out: %s: %s", path, name, type(error).__name__, error
            )
    return built


def _instance(entry: Any) -> Any:
    """Return an instance as ms-swift makes it: with `args`, unless it is an older plugin."""
    if not inspect.isclass(entry):
        return entry
    create: Callable[..., Any] = entry
    try:
        inspect.signature(create).bind(args=None)
    except TypeError:
        return create()
    return create(args=None)


def _environment_score(environment: Callable[..., Any], rollout: Rollout) -> Score:
    """Return the reward of one step in an environment of SkyRL."""
    extras = {
        **rollout.extra_info,
        "reward_spec": {"method": "rule", "ground_truth": rollout.ground_truth},
        "data_source": rollout.data_source,
    }
    opened = environment(env_config={}, extras=extras)
    opened.init(list(rollout.messages or ({"role": "user", "content": rollout.prompt},)))
    try:
        step = opened.step(rollout.response)
    finally:
        opened.close()
    reward = step["reward"] if isinstance(step, Mapping) else step.reward
    return Score(float(reward))
