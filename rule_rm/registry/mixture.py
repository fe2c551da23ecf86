"""Mixtures: several rewards as one, with weights, gates, bounds, and routes by the data source.

A mixture is itself a reward function, built at start from named ones. The engine, its cache and the wire
formats therefore know nothing of it, and an invalid mixture is an error before the first sample. If one of
its rewards is unscored, so is the whole: a sum without a part would be paid as if that part were 0.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import Any

from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.registry.mixing import Bounds, Component, Mixing, Opened, Route
from rule_rm.registry.naming import RULE, is_name
from rule_rm.registry.options import with_files
from rule_rm.registry.reward_function import RewardFunction
from rule_rm.settings import Settings, flag
from rule_rm.settings.file import MIXTURE
from rule_rm.settings.yaml_file import read_yaml

Functions = Mapping[str, RewardFunction]

CONFIGURED = "mixture"
"""The reward type of the mixture in a configuration file."""
_COMBINE = ("sum", "product")
_COMPONENT_KEYS = ("reward_type", "name", "weight", "gate", "clip", "options")


def describe(settings: Settings) -> dict[str, Any] | None:
    """Return the mixture that the settings ask for, as plain values; None if they name a single reward.

    Raises ConfigurationError if the file can't be read, or if there are not as many weights as rewards.
    """
    weights = settings.reward_weights
    if settings.reward_config is not None:
        if weights:
            raise ConfigurationError(f"{flag('reward_weights')} belong into {settings.reward_config}")
        return {"name": CONFIGURED, "where": settings.reward_config, **_read(settings.reward_config)}
    names = settings.reward_types
    if len(names) == 1 and not weights:
        return None
    if weights and len(weights) != len(names):
        raise ConfigurationError(
            f"{flag('reward_weights')} has {len(weights)} weights for the {len(names)} rewards of "
            f"{flag('reward_type')}"
        )
    rewards = [
        {"reward_type": name, "weight": weight}
        for name, weight in zip(names, weights or ("1",) * len(names), strict=True)
    ]
    return {"name": settings.reward_type, "where": flag("reward_type"), "rewards": rewards}


def add(description: Mapping[str, Any] | None, functions: Functions) -> dict[str, RewardFunction]:
    """Return the functions with the mixture, if there is one, and with the parts that it asks for by name."""
    if description is None:
        return dict(functions)
    built = build(description, functions)
    return {**functions, built.name: built, **{part.name: part for part in built.parts}}


def build(description: Mapping[str, Any], functions: Functions) -> RewardFunction:
    """Return the mixture as a reward function.

    Raises ConfigurationError if it is invalid, UnknownRewardError if it names an unknown reward.
    """
    where = description["where"]
    routes = {
        source: tuple(_named(component, f"{description['name']}/{source}", functions) for component in route)
        for source, route in _routes(description, functions, where).items()
    }
    components = [component for route in routes.values() for component in route]
    metrics = tuple(dict.fromkeys(name for component in components for name in component.metrics))
    parts = [component.function for component in components]
    combine = description.get("combine", "sum")
    if combine not in _COMBINE:
        raise ConfigurationError(f"{where}: combine must be one of {', '.join(_COMBINE)}, not {combine!r}")
    is_product = combine == "product"
    mixing = Mixing(routes, metrics, _bounds(description.get("clip"), f"{where}: clip"), is_product)
    version = json.dumps([description, [with_files(part).version for part in parts]], default=str)
    timeouts = [part.timeout for part in parts if part.timeout is not None]
    has_residents = any(part.is_resident for part in parts)
    is_pure = all(part.is_pure for part in parts)
    return RewardFunction(
        name=description["name"],
        summary=(" · " if is_product else " + ").join(
            f"{component.weight:g} · {component.name}" for component in components
        ),
        call=mixing.prepare if is_pure else mixing.score,
        decide=mixing.decide if is_pure else None,
        metrics=metrics,
        source=__name__,
        version=hashlib.sha256(version.encode()).hexdigest()[:12],
        defaults={},
        timeout=max(timeouts, default=None),
        needs=tuple(dict.fromkeys(need for part in parts for need in part.needs)),
        extras=tuple(dict.fromkeys(extra for part in parts for extra in part.extras)),
        lowest=mixing.lowest,
        opens=partial(Opened, mixing, tuple(part.name for part in parts)) if has_residents else None,
        parts=tuple(parts) if has_residents else (),
        groups=any(part.groups for part in parts),
    )


def _named(component: Component, place: str, functions: Functions) -> Component:
    """Return the component under a name of its own, unless it is a registered reward with its own options."""
    if component.function == functions[component.function.name]:
        return component
    return replace(component, function=replace(component.function, name=f"{place}/{component.name}"))


def _read(path: str) -> dict[str, Any]:
    """Return the mixture in a YAML file: all of it, or the key `mixture` of a configuration file."""
    content, lines = read_yaml(path)
    where = path
    if isinstance(content, dict) and MIXTURE in content:
        content, where = content[MIXTURE], f"{path}:{lines[MIXTURE]}"
    if isinstance(content, dict):
        _check_keys(content, ("rewards", "routes", "clip", "combine"), where)
    if not isinstance(content, dict) or not content.keys() & {"rewards", "routes"}:
        raise ConfigurationError(f"{where}: it must have `rewards`, `routes` or both")
    return content


def _routes(description: Mapping[str, Any], functions: Functions, where: str) -> dict[str, Route]:
    """Return the components for each pattern of data sources; those of `rewards` are for all others."""
    given = description.get("routes") or {}
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{where}: routes must be data sources with their rewards")
    listed = {**given, "*": description["rewards"]} if "rewards" in description else dict(given)
    return {str(source): _route(rewards, functions, where) for source, rewards in listed.items()}


def _route(rewards: Any, functions: Functions, where: str) -> Route:
    if not isinstance(rewards, list) or not rewards:
        raise ConfigurationError(
            f"{where}: rewards must be a list, with an item such as `- reward_type: math_equal` for each, "
            f"not {'an empty one' if rewards == [] else type(rewards).__name__}"
        )
    route = tuple(_component(given, functions, f"{where}: reward {n}") for n, given in enumerate(rewards, 1))
    names = [component.name for component in route]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"{where}: {name!r} occurs twice; give one of them another `name`")
    return route


def _component(given: Any, functions: Functions, where: str) -> Component:
    if isinstance(given, Mapping):
        _check_keys(given, _COMPONENT_KEYS, where)
    if not isinstance(given, Mapping) or "reward_type" not in given:
        raise ConfigurationError(f"{where} must have a `reward_type`")
    reward_type = str(given["reward_type"])
    if reward_type not in functions:
        raise UnknownRewardError(reward_type, functions)
    name = str(given.get("name", reward_type))
    if not is_name(name):
        raise ConfigurationError(f"{where}: the name {name!r} is invalid; {RULE}")
    options = given.get("options") or {}
    if not isinstance(options, Mapping):
        raise ConfigurationError(f"{where}: options must be names with their values")
    texts = [
        f"{option}={_option(value, functions[reward_type].defaults.get(str(option)), f'{where}: {option}')}"
        for option, value in options.items()
    ]
    gate = given.get("gate")
    return Component(
        functions[reward_type].with_options(texts),
        name,
        _number(given.get("weight", 1.0), f"{where}: weight"),
        None if gate is None else _number(gate, f"{where}: gate"),
        _bounds(given.get("clip"), f"{where}: clip"),
    )


def _option(value: Any, default: Any, where: str) -> str:
    """Return a value of YAML as `--reward-option` has it. Raises ConfigurationError if its type differs."""
    if isinstance(default, str) and isinstance(value, list):
        return ",".join(_option(part, default, where) for part in value)
    if isinstance(default, str) and not isinstance(value, str):
        raise ConfigurationError(f"{where} must be a string; quote it: '{value}'")
    if isinstance(default, (bool, int, float)) and isinstance(value, str):
        raise ConfigurationError(
            f"{where} must be a {type(default).__name__}, not a string: remove its quotes"
        )
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_keys(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            nearest = get_close_matches(str(key), known, 1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise ConfigurationError(f"{where}: {key!r} is none of {', '.join(known)}{hint}")


def _number(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ConfigurationError(f"{where} must be a number, not {value!r}") from None
    if not math.isfinite(number):
        raise ConfigurationError(f"{where} must be finite, not {value!r}")
    return number


def _bounds(value: Any, where: str) -> Bounds | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise ConfigurationError(f"{where} must be [least, greatest], not {value!r}")
    least, greatest = (_number(bound, where) for bound in value)
    if least > greatest:
        raise ConfigurationError(f"{where} must be [least, greatest], not {value!r}")
    return least, greatest
