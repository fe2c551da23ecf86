"""The registry of reward functions: `@register` puts them in, `--reward-type` takes them out.

Only names cross a process boundary. A worker finds a function by importing the module or the file that
registered it, so every entry knows its source.
"""

from __future__ import annotations

import hashlib
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from rule_rm.errors import RegistrationError, UnknownRewardError
from rule_rm.registry.code_digest import code_digest
from rule_rm.registry.conventions import adapt, options_of, options_record, takes_groups
from rule_rm.registry.declaration import Declaration
from rule_rm.registry.naming import RULE, as_name, is_name
from rule_rm.registry.resident import Resident
from rule_rm.registry.reward_function import RewardFunction
from rule_rm.types import Rollout, Score, Status
from rule_rm.version import __version__

F = TypeVar("F", bound=Callable[..., Any])
FILE_MODULE = "rule_rm_reward_file_"
"""How the names of the modules begin that reward files are imported as."""

_rewards: dict[str, RewardFunction] = {}
_unfit: dict[str, str] = {}
"""Functions of reward files that are not rewards, by the names that they would have, with the reasons."""
_frozen = threading.Event()


def freeze() -> None:
    """Refuse registrations from now on, since this process has begun to serve."""
    _frozen.set()


@contextmanager
def thawed() -> Iterator[None]:
    """Take registrations within the block, as before the service was started."""
    was_frozen = _frozen.is_set()
    _frozen.clear()
    try:
        yield
    finally:
        if was_frozen:
            _frozen.set()


@dataclass(frozen=True, slots=True)
class Registration(Declaration):
    """The decorator `@register("name", …)`: registers a function of any convention, or a `Resident`.

    Its arguments are those of `Declaration`. The decorated function is returned as it is. With `decide` it is
    returned as a function that takes both steps and returns a Score. Raises RegistrationError for a name that
    is taken or malformed, and for a signature of no known convention.
    """

    def __post_init__(self) -> None:
        """Raise RegistrationError for a decorator without its arguments, which is given the function."""
        if callable(self.name):
            name = getattr(self.name, "__name__", "my_rule")
            raise RegistrationError(f'register needs a name: @register("{name}", summary="what it pays")')

    def __call__(self, function: F) -> F:
        """Register the decorated function."""
        if not is_name(self.name):
            raise RegistrationError(f"reward type {self.name!r}: {RULE}")
        source = _source(function)
        if _frozen.is_set():
            raise RegistrationError(
                f"reward type {self.name!r} ({source}) is registered after the service was started; register "
                "it when its file is imported"
            )
        if self.name in _rewards:
            raise RegistrationError(
                f"reward type {self.name!r} is registered twice: {_rewards[self.name].source} and {source}"
            )
        _rewards[self.name] = registered = self._adapted(function, source)
        return cast(F, _in_two_steps(registered, function)) if self.decide is not None else function

    def _adapted(self, function: Callable[..., Any], source: str) -> RewardFunction:
        opens: Callable[..., Resident] | None = None
        renamed: Mapping[str, str] = {}
        call: Callable[..., Any]
        if isinstance(function, type) and issubclass(function, Resident):
            call, defaults = partial(_unopened, self.name), options_of(function)
            record = options_record(function)
            opens = function if record is None else partial(_opened, function, record)
            renamed = getattr(record, "RENAMED", {})
        else:
            where = f"reward type {self.name!r} ({source})"
            call, defaults = adapt(function, where, groups=self.groups, timeout=self.timeout)
            # The first of two steps may return work, which the adapted function would refuse.
            call = function if self.decide is not None else call
        declared = {one.name: getattr(self, one.name) for one in fields(Declaration)}
        if self.groups is None and opens is None and self.decide is None:
            declared["groups"] = takes_groups(function)
        declared["summary"] = self.summary or (inspect.getdoc(function) or "").partition("\n")[0]
        return RewardFunction(
            **declared,
            call=call,
            source=source,
            version=_digest(function),
            defaults=defaults,
            renamed=renamed,
            opens=opens,
        )


register = Registration


def add(name: str, function: Callable[..., Any], **declared: Any) -> None:
    """Register a function that can't be decorated."""
    register(name, **declared)(function)


def _in_two_steps(registered: RewardFunction, function: Callable[..., Any]) -> Callable[..., Score]:
    @wraps(function)
    def both(rollout: Rollout, **options: Any) -> Score:
        return replace(registered, options=options)(rollout)

    return both


def _opened(resident: Callable[..., Resident], record: type[Any], **options: Any) -> Resident:
    return resident(record(**options))


def _unopened(name: str, _rollout: Rollout, **_options: Any) -> Score:
    return Score.unscored(Status.ERROR, f"{name} is a resident; it scores in an engine that has opened it")


def get(name: str) -> RewardFunction:
    """Return the reward function of this name. Raises UnknownRewardError if there is none."""
    try:
        return _rewards[name]
    except KeyError:
        raise unknown(name, _rewards) from None


def unknown(name: str, known: Iterable[str]) -> UnknownRewardError:
    """Return the error for an unknown name, with the reason if a reward file has a function of that name."""
    return UnknownRewardError(name, known, _unfit.get(name) or _unfit.get(as_name(name), ""))


def unfit() -> dict[str, str]:
    """Return the functions of reward files that are not rewards, with the file and the reason of each."""
    return dict(_unfit)


def set_unfit(functions: Mapping[str, str]) -> None:
    """Enter the functions of reward files that are not rewards, in place of all entered before."""
    _unfit.clear()
    _unfit.update(functions)


def withdraw(names: Iterable[str]) -> None:
    """Remove the reward functions of these names, if they are there."""
    for name in [*names]:
        _rewards.pop(name, None)


def put_back(functions: Mapping[str, RewardFunction]) -> None:
    """Enter functions that were withdrawn."""
    _rewards.update(functions)


def registered() -> dict[str, RewardFunction]:
    """Return all reward functions by name, in alphabetical order."""
    return {name: _rewards[name] for name in sorted(_rewards)}


def _source(function: Callable[..., Any]) -> str:
    module = inspect.getmodule(function)
    name = getattr(function, "__module__", None) or "__main__"
    if name == "__main__" or name.startswith(FILE_MODULE):
        file = getattr(module, "__file__", None)
        return str(Path(file).resolve()) if file else "__main__"
    return name


def _digest(function: Callable[..., Any]) -> str:
    """Return the version of a function: of the code that its file reaches, or of its text without a file."""
    module = inspect.getmodule(function)
    file = getattr(module, "__file__", None)
    if file is not None and Path(file).is_file():
        return code_digest(Path(file))
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        text = repr(function)
    return hashlib.sha256(f"{__version__}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
