"""The registry of reward functions: `@register` puts them in, `--reward-type` takes them out.

Only names cross a process boundary. A worker finds a function by importing the module or the file that
registered it, so every entry knows its source.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import math
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache, partial, wraps
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar, cast

from rule_rm.errors import RegistrationError, UnknownRewardError
from rule_rm.registry.code_digest import code_digest
from rule_rm.registry.conventions import adapt, options_of, options_record, takes_groups
from rule_rm.registry.declaration import Declaration
from rule_rm.registry.resident import Resident
from rule_rm.registry.trainer_files import (
    declared_by,
    misfits,
    neighbours,
    reward_functions,
    swift_stand_in,
)
from rule_rm.types import Rollout, Score, Status
from rule_rm.version import __version__

F = TypeVar("F", bound=Callable[..., Any])
Work = Any
"""The value that a first step returns for a second one: anything that can be pickled, except a Score."""

# The name of a reward type, for example math_equal.
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_FILE_MODULE = "rule_rm_reward_file_"
ENTRY_POINTS = "rule_rm.rewards"
"""The group of entry points in which a package names the modules of its rewards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardFunction(Declaration):
    """A registered reward: its declaration, and how to call it in any convention."""

    call: Callable[..., Any]
    """Called as `(rollout, **options)`. Returns a Score; with `decide` it may return work instead."""
    source: str
    """The module or the file that registers it when imported."""
    version: str
    """A digest of the release and of all code that the function reaches in this package or next to its file.
    Equal versions give equal rewards, if the packages of others are the same."""
    defaults: Mapping[str, Any]
    """Its options, with their defaults."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Former names of options, each with the name of today."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options that were set."""
    opens: Callable[..., Resident] | None = None
    """Builds the resident from its options; None for a function."""
    parts: tuple[RewardFunction, ...] = ()
    """Functions that a resident asks for and that are not registered."""

    @property
    def least(self) -> float:
        """The reward of a response that takes too long to score; it must not exceed that of a wrong one."""
        if self.timeout_reward is not None:
            return self.timeout_reward
        return self.lowest(**{**self.defaults, **self.options}) if self.lowest else 0.0

    @property
    def is_resident(self) -> bool:
        """True if it must be opened, and scores in the server's process."""
        return self.opens is not None

    @property
    def is_pure(self) -> bool:
        """True if its scores may be remembered: equal rollouts, and equal work, have equal scores."""
        return self.linear or self.decide is not None

    def open(self) -> Resident:
        """Return the resident, opened with its options. Raises ConfigurationError if they are invalid."""
        if self.opens is None:
            raise RegistrationError(f"{self.name} is a function, not a resident")
        return self.opens(**self.options)

    def __call__(self, rollout: Rollout) -> Score:
        """Score one rollout, in both steps."""
        prepared = self.prepare(rollout)
        return prepared if isinstance(prepared, Score) else self.score_work(prepared)

    def prepare(self, rollout: Rollout) -> Score | Work:
        """Take the first step, in linear time. The work of a function with a single step is the rollout."""
        return self.call(rollout, **self.options) if self.is_pure else rollout

    def score_work(self, work: Work) -> Score:
        """Take the second step, which may take long."""
        if self.decide is None:
            score: Score = self.call(work, **self.options)
            return score
        return self.decide(work, **_accepted(self.decide, self.options))

    def with_options(self, texts: Iterable[str]) -> RewardFunction:
        """Return this function with options set, each `NAME=VALUE`.

        Raises RegistrationError if one is unknown or its value invalid.
        """
        options = dict(self.options)
        for text in texts:
            name, equals, value = text.partition("=")
            if name in self.renamed:
                new = self.renamed[name]
                raise RegistrationError(f"reward option {text!r}: {self.name} calls it {new} now")
            if not equals or name not in self.defaults:
                known = (
                    ", ".join(f"{key}={default}" for key, default in self.defaults.items()) or "no options"
                )
                raise RegistrationError(f"reward option {text!r}: {self.name} has {known}")
            options[name] = _option_value(text, value, self.defaults[name])
        if self.check is not None:
            self.check(**{**self.defaults, **options})
        return replace(self, options=options)

    def with_defaults(self, values: Mapping[str, Any]) -> RewardFunction:
        """Return this function with the values of its options of these names, where none was set."""
        known = {name: value for name, value in values.items() if name in self.defaults}
        return replace(self, options={**known, **self.options})


@cache
def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def _accepted(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that the function has parameters for."""
    return (
        {name: value for name, value in options.items() if name in _parameters(function)} if options else {}
    )


def _option_value(text: str, value: str, default: Any) -> Any:
    try:
        if isinstance(default, bool):
            return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
        option = type(default)(value)
        if isinstance(option, float) and not math.isfinite(option):
            raise ValueError
        return option
    except (KeyError, ValueError):
        kinds = {bool: "true or false", int: "a whole number", float: "a number"}
        kind = kinds.get(type(default), "a text")
        raise RegistrationError(f"reward option {text!r}: the value must be {kind}") from None


_rewards: dict[str, RewardFunction] = {}
_frozen = threading.Event()
_installed = threading.Event()
"""Set once the rewards of installed packages are registered."""


def freeze() -> None:
    """Refuse registrations from now on, since this process has begun to serve."""
    _frozen.set()


@dataclass(frozen=True, slots=True)
class Registration(Declaration):
    """The decorator `@register("name", …)`: registers a function of any convention, or a `Resident`.

    Its arguments are those of `Declaration`. The decorated function is returned as it is. With `decide` it is
    returned as a function that takes both steps and returns a Score. Raises RegistrationError for a name that
    is taken or malformed, and for a signature of no known convention.
    """

    def __call__(self, function: F) -> F:
        """Register the decorated function."""
        if not _NAME.match(self.name):
            raise RegistrationError(
                f"reward type {self.name!r}: a name is lower-case letters, digits and underscores"
            )
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
            call, defaults = adapt(function, f"reward type {self.name!r} ({source})")
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
        raise UnknownRewardError(name, _rewards) from None


def registered() -> dict[str, RewardFunction]:
    """All reward functions by name, in alphabetical order."""
    return {name: _rewards[name] for name in sorted(_rewards)}


def load(source: str) -> None:
    """Import a module by its name, or a file by its path (which has a `/` or ends in `.py`), once.

    A file without `@register` may be one written for a trainer, see `trainer_files`. Raises RegistrationError
    if the import fails or a file has no reward function.
    """
    if not (source.endswith(".py") or "/" in source):
        importlib.import_module(source)
        return
    path = Path(source).resolve()
    module_name = _FILE_MODULE + hashlib.sha256(str(path).encode()).hexdigest()[:12]
    if module_name in sys.modules:
        return
    if not path.is_file():
        raise RegistrationError(f"reward file {source}: there is no such file")
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise RegistrationError(f"reward file {source}: it is not a Python file")
    before = set(_rewards)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        with neighbours(path), swift_stand_in():
            spec.loader.exec_module(module)
            functions = reward_functions(module, path) if set(_rewards) == before else {}
        for name, function in functions.items():
            if name in before and _rewards[name].source.startswith("rule_rm."):
                raise RegistrationError(
                    f"reward file {source}: reward type {name!r} is registered twice, as the package has it; "
                    f'rename the file or the function, or use @register("my_{name}")'
                )
            add(name, function, **declared_by(module))
    except Exception as error:
        del sys.modules[module_name]
        for name in set(_rewards) - before:
            del _rewards[name]
        if isinstance(error, RegistrationError):
            raise
        raise RegistrationError(f"reward file {source}: {type(error).__name__}: {error}") from error
    if set(_rewards) == before:
        raise RegistrationError(f"reward file {source}: it has no reward function{misfits(module)}")


def load_installed() -> None:
    """Import the modules that installed packages name as entry points of the group `rule_rm.rewards`, once.

    Raises RegistrationError, which names the package, if one of them can't be imported.
    """
    if _installed.is_set():
        return
    for point in entry_points(group=ENTRY_POINTS):
        try:
            importlib.import_module(point.module)
        except Exception as error:
            package = point.dist.name if point.dist is not None else "an installed package"
            raise RegistrationError(
                f"rewards of {package} ({point.name} = {point.value}): {type(error).__name__}: {error}"
            ) from error
    _installed.set()


def _source(function: Callable[..., Any]) -> str:
    module = inspect.getmodule(function)
    name = getattr(function, "__module__", None) or "__main__"
    if name == "__main__" or name.startswith(_FILE_MODULE):
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
