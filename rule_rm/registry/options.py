"""The options of rewards: which were chosen for each reward at start, and checks of their values.

`--reward-option format_weight=0.2` is for the reward type of the settings, `math_verifier.format_weight=0.2`
for that reward. The latter holds for a request for this reward and for a mixture that has it, unless the
mixture's file sets it. The checks are for `@register(check=…)`: an invalid value is an error at start.
"""

from __future__ import annotations

import hashlib
import importlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.registry.reward_function import RewardFunction
from rule_rm.settings import Settings, flag


def by_reward(settings: Settings) -> dict[str, list[str]]:
    """Return the options, each `NAME=VALUE`, for each reward type that has some.

    Raises ConfigurationError if one names no reward and there are several.

    >>> by_reward(Settings(reward_type="a b", reward_option=("a.weight=0.5", "b.depth=2", "a.strict=true")))
    {'a': ['weight=0.5', 'strict=true'], 'b': ['depth=2']}
    """
    served = settings.reward_types
    options: dict[str, list[str]] = defaultdict(list)
    for text in settings.reward_option:
        before, dot, option = text.partition(".")
        if dot and "=" not in before:
            options[before].append(option)
        elif len(served) == 1 and settings.reward_config is None:
            options[served[0]].append(text)
        else:
            example = "REWARD" if settings.reward_config else served[0]
            raise ConfigurationError(
                f"{flag('reward_option')} {text}: say which reward it is for, such as {example}.{text}"
            )
    return dict(options)


def set_options(
    options: Mapping[str, Sequence[str]], functions: Mapping[str, RewardFunction]
) -> dict[str, RewardFunction]:
    """Return the functions with these options.

    Raises UnknownRewardError if there is no such reward, RegistrationError if an option is invalid.
    """
    for name in options:
        if name not in functions:
            raise UnknownRewardError(name, functions)
    return {
        name: function.with_options(options[name]) if name in options else function
        for name, function in functions.items()
    }


def with_files(function: RewardFunction) -> RewardFunction:
    """Return the function with a version that also covers the files its options name, such as a rubric."""
    found = hashlib.sha256(function.version.encode())
    files = [value for value in function.options.values() if isinstance(value, str) and _is_file(value)]
    for path in files:
        found.update(Path(path).read_bytes())
    return replace(function, version=found.hexdigest()[:12]) if files else function


def _is_file(text: str) -> bool:
    try:
        return bool(text) and Path(text).is_file()
    except (OSError, ValueError):
        # Too long for a path, or with a NUL.
        return False


def one_of(name: str, value: str, known: Iterable[str]) -> None:
    """Raise ConfigurationError unless the value is one of those that are known."""
    known = tuple(known)
    if value not in known:
        raise ConfigurationError(f"reward option {name} must be one of {', '.join(known)}, not {value!r}")


def above(name: str, value: float, bound: float) -> None:
    """Raise ConfigurationError unless the value is above the bound."""
    if not value > bound:
        raise ConfigurationError(f"reward option {name} must be above {bound:g}, not {value!r}")


def within(name: str, value: float, least: float, most: float) -> None:
    """Raise ConfigurationError unless the value lies between the bounds, or on one."""
    if not least <= value <= most:
        raise ConfigurationError(f"reward option {name} must be from {least:g} to {most:g}, not {value!r}")


def package(module: str, reward: str, extra: str) -> Any:
    """Return a module of an optional package. Raises ConfigurationError, with its extra, if it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"{reward} needs a package: pip install 'rule-rm[{extra}]' ({error})"
        ) from None


def missing(extras: Iterable[tuple[str, str]]) -> list[str]:
    """Return the extras, each once, of those modules whose package is not installed.

    >>> missing([("json.decoder", "texts"), ("no_such_package.part", "xml")])
    ['xml']
    """
    return list(dict.fromkeys(extra for module, extra in extras if not find_spec(module.partition(".")[0])))


def listed(text: str) -> list[str]:
    """Return the parts of an option that is a list of strings separated by commas.

    >>> listed("one, two words,")
    ['one', 'two words']
    """
    return [part.strip() for part in text.split(",") if part.strip()]
