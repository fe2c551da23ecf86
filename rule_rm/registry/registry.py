"""The registry of reward functions: `@register` puts them in, `--reward-type` takes them out.

Only names cross a process boundary: a worker finds a function by importing the module or the file that
registered it, so every entry knows where it came from.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rule_rm.errors import RegistrationError, UnknownRewardError
from rule_rm.registry.conventions import adapt, options_of
from rule_rm.registry.resident import Resident
from rule_rm.registry.trainer_files import reward_functions, swift_stand_in
from rule_rm.types import Rollout, Score, Status
from rule_rm.version import __version__

F = TypeVar("F", bound=Callable[..., Any])
Condense = Callable[..., "Rollout | Score"]

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_FILE_MODULE = "rule_rm_reward_file_"


@dataclass(frozen=True, slots=True)
class RewardFunction:
    """A registered reward function, called as `(rollout) -> Score` whatever convention it was written in."""

    name: str
    summary: str
    call: Callable[..., Score]
    metrics: tuple[str, ...]
    """The names of the components: every reply has all of them, as trainers need a constant set of keys."""
    source: str
    """The module, or the file, whose import registers it."""
    version: str
    """A digest of the package's version and the text of the source. Within a release, equal versions give
    equal rewards; what a file of your own imports is not in it."""
    defaults: Mapping[str, Any]
    """The options it takes, with their defaults."""
    condense_call: Condense | None = None
    warm_up: Callable[[], object] | None = None
    timeout: float | None = None
    """Seconds that one rollout may take; None leaves it to the settings."""
    needs: tuple[str, ...] = ()
    """What the engine starts for it before any worker."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options that were set."""
    opens: Callable[..., Resident] | None = None
    """What makes it from its options, if it is a resident."""
    parts: tuple[RewardFunction, ...] = ()
    """Functions of its own that it asks for, if it is a resident."""
    check: Callable[..., object] | None = None
    """Called with all its options when some are set; raises ConfigurationError for what can't be meant."""
    lowest: Callable[..., float] | None = None
    """What it pays at least for a response that may take long to score, from all its options; None: 0."""

    @property
    def timeout_reward(self) -> float:
        """What a response earns that takes too long to score: that must not pay better than being wrong."""
        return self.lowest(**{**self.defaults, **self.options}) if self.lowest else 0.0

    @property
    def is_resident(self) -> bool:
        """True if it must be opened, and scores in the server's process."""
        return self.opens is not None

    def open(self) -> Resident:
        """The resident, with the options that were set. Raises ConfigurationError for those it can't take."""
        if self.opens is None:
            raise RegistrationError(f"{self.name} is no resident")
        return self.opens(**self.options)

    def __call__(self, rollout: Rollout) -> Score:
        """Score one rollout."""
        return self.call(rollout, **self.options)

    def condense(self, rollout: Rollout) -> Rollout | Score:
        """The score where the case is plain, else a smallest rollout that earns the same score."""
        return self.condense_call(rollout, **self.options) if self.condense_call else rollout

    @property
    def is_pure(self) -> bool:
        """True if equal condensed rollouts have equal scores, so that one verdict serves them all."""
        return self.condense_call is not None

    def with_options(self, texts: Iterable[str]) -> RewardFunction:
        """This function with options set, each `NAME=VALUE`. Raises ConfigurationError for a bad one."""
        options = dict(self.options)
        for text in texts:
            name, equals, value = text.partition("=")
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
        """This function with the values of its options of these names, unless they were set already."""
        known = {name: value for name, value in values.items() if name in self.defaults}
        return replace(self, options={**known, **self.options})


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


def register(
    name: str,
    *,
    summary: str = "",
    metrics: tuple[str, ...] = (),
    condense: Condense | None = None,
    warm_up: Callable[[], object] | None = None,
    timeout: float | None = None,
    needs: tuple[str, ...] = (),
    linear: bool = False,
    check: Callable[..., object] | None = None,
    lowest: Callable[..., float] | None = None,
) -> Callable[[F], F]:
    """Register the decorated function, of any convention in `conventions`, or `Resident`, as a reward type.

    `condense(rollout, **options)` runs in the server's own process before a worker is asked, so it must take
    linear time. It returns the Score where the case is plain, else a Rollout, as small as it can be, that
    earns the same score; equal ones are then scored once and remembered. `warm_up()` runs once before workers
    are forked: import there what takes long to import. `timeout` is for functions that rightly take longer
    than the service's rollout timeout, in seconds. `needs=("sandbox",)` has a sandbox started for it.
    `linear` says that it takes linear time, whatever the response: it is its own `condense` then and needs no
    worker. `check(**options)` raises ConfigurationError, at start, for options that can't be meant.
    `lowest(**options)` is the least that it pays, if that is not 0: what takes too long to score earns that.

    Raises RegistrationError for a name that is taken or malformed, or a signature of no known convention.
    """

    def decorate(function: F) -> F:
        add(
            name,
            function,
            summary=summary,
            metrics=metrics,
            condense=condense,
            warm_up=warm_up,
            timeout=timeout,
            needs=needs,
            linear=linear,
            check=check,
            lowest=lowest,
        )
        return function

    return decorate


def add(
    name: str,
    function: Callable[..., Any],
    *,
    summary: str = "",
    metrics: tuple[str, ...] = (),
    condense: Condense | None = None,
    warm_up: Callable[[], object] | None = None,
    timeout: float | None = None,
    needs: tuple[str, ...] = (),
    linear: bool = False,
    check: Callable[..., object] | None = None,
    lowest: Callable[..., float] | None = None,
) -> None:
    """Register a function: what `@register` does, for functions that can't be decorated."""
    if not _NAME.match(name):
        raise RegistrationError(f"reward type {name!r}: a name is lower-case letters, digits and underscores")
    source = _source(function)
    if name in _rewards:
        raise RegistrationError(
            f"reward type {name!r} is registered twice: {_rewards[name].source} and {source}"
        )
    opens: Callable[..., Resident] | None = None
    call: Callable[..., Score]
    if isinstance(function, type) and issubclass(function, Resident):
        opens, call, defaults = function, partial(_unopened, name), options_of(function)
    else:
        call, defaults = adapt(function, f"reward type {name!r} ({source})")
    _rewards[name] = RewardFunction(
        name=name,
        summary=summary or (inspect.getdoc(function) or "").partition("\n")[0],
        call=call,
        metrics=metrics,
        source=source,
        version=_digest(function),
        defaults=defaults,
        condense_call=call if linear else condense,
        warm_up=warm_up,
        timeout=timeout,
        needs=needs,
        opens=opens,
        check=check,
        lowest=lowest,
    )


def _unopened(name: str, _rollout: Rollout, **_options: Any) -> Score:
    return Score.unscored(Status.ERROR, f"{name} is a resident; it scores in an engine that has opened it")


def get(name: str) -> RewardFunction:
    """The reward function of this name. Raises UnknownRewardError, which names the nearest."""
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
        raise RegistrationError(f"reward file {source}: it is no Python file")
    before = set(_rewards)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        with swift_stand_in():
            spec.loader.exec_module(module)
        if set(_rewards) == before:
            for name, function in reward_functions(module, path).items():
                add(name, function)
    except Exception as error:
        del sys.modules[module_name]
        for name in set(_rewards) - before:
            del _rewards[name]
        if isinstance(error, RegistrationError):
            raise
        raise RegistrationError(f"reward file {source}: {type(error).__name__}: {error}") from error
    if set(_rewards) == before:
        raise RegistrationError(f"reward file {source}: it has no reward function; use @register")


def _source(function: Callable[..., Any]) -> str:
    module = inspect.getmodule(function)
    name = getattr(function, "__module__", None) or "__main__"
    if name == "__main__" or name.startswith(_FILE_MODULE):
        file = getattr(module, "__file__", None)
        return str(Path(file).resolve()) if file else "__main__"
    return name


def _digest(function: Callable[..., Any]) -> str:
    try:
        text = inspect.getsource(inspect.getmodule(function) or function)
    except (OSError, TypeError):
        text = repr(function)
    return hashlib.sha256(f"{__version__}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
