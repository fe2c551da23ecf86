"""Mixtures: several rewards as one, with weights, gates, bounds, and routes by the data source.

A mixture is itself a reward function, built at start from named ones. The engine, its cache and the wire
formats therefore know nothing of it, and an invalid mixture is an error before the first sample. If one of
its rewards is unscored, so is the whole: a sum without a part would be paid as if that part were 0.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NamedTuple

from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.registry.conventions import of_group
from rule_rm.registry.options import with_files
from rule_rm.registry.resident import Ask, Resident
from rule_rm.registry.reward_function import RewardFunction, Work
from rule_rm.settings import Settings, flag
from rule_rm.settings.file import MIXTURE
from rule_rm.settings.yaml_file import read_yaml
from rule_rm.types import Rollout, Score, Status

Bounds = tuple[float, float]
Route = tuple["Component", ...]
Functions = Mapping[str, RewardFunction]

CONFIGURED = "mixture"
"""The reward type of the mixture in a configuration file."""
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
"""A name of a component: `math_2`."""
_COMBINE = ("sum", "product")
_COMPONENT_KEYS = ("reward_type", "name", "weight", "gate", "clip", "options")


@dataclass(frozen=True, slots=True)
class Component:
    """One reward of a mixture."""

    function: RewardFunction
    name: str
    """The name of its reward among the metrics."""
    weight: float = 1.0
    gate: float | None = None
    """The least reward, before the weight, at which the components after this one count."""
    clip: Bounds | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The reward and the metrics of its function, under its own names."""
        return (self.name, *(f"{self.name}_{metric}" for metric in self.function.metrics))

    def ends(self, score: Score) -> bool:
        """Return True if no component after this one counts: this one failed, or its gate is closed."""
        if score.reward is None:
            return score.status is not Status.SKIPPED
        return self.gate is not None and _clipped(score.reward, self.clip) < self.gate


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
    mixing = _Mixing(routes, metrics, _bounds(description.get("clip"), f"{where}: clip"), is_product)
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
        opens=partial(_Opened, mixing, tuple(part.name for part in parts)) if has_residents else None,
        parts=tuple(parts) if has_residents else (),
        groups=any(part.groups for part in parts),
    )


def _named(component: Component, place: str, functions: Functions) -> Component:
    """Return the component under a name of its own, unless it is a registered reward with its own options."""
    if component.function == functions[component.function.name]:
        return component
    return replace(component, function=replace(component.function, name=f"{place}/{component.name}"))


class _Opened(Resident):
    """A mixture with a part that is a resident: each part is scored where it belongs, up to a closed gate."""

    def __init__(self, mixing: _Mixing, parts: tuple[str, ...]) -> None:
        self._mixing = mixing
        self.parts = parts

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        return self._mixing.score(rollout, lambda function, rollout: ask.score(function.name, rollout))


class _Prepared(NamedTuple):
    """The first steps of a route's components: their scores, and the work of those that need a worker."""

    route: str
    parts: tuple[Score | Work, ...]


@dataclass(frozen=True, slots=True)
class _Mixing:
    """How the rewards along a route become one."""

    routes: Mapping[str, Route]
    metrics: tuple[str, ...]
    clip: Bounds | None
    is_product: bool = False
    """True if the parts are multiplied, not added up."""

    def score(
        self,
        rollout: Rollout,
        score: Callable[[RewardFunction, Rollout], Score] = lambda function, rollout: function(rollout),
    ) -> Score:
        """Return the weighted sum along the rollout's route; `score` scores a component."""
        if rollout.group is not None:
            return self._of_group(rollout, rollout.group, score)
        pattern = self._pattern(rollout)
        if pattern is None:
            return _without_route(rollout)
        route = self.routes[pattern]
        return self._sum(route, (score(component.function, rollout) for component in route))

    def _of_group(
        self, rollout: Rollout, members: Sequence[Rollout], score: Callable[[RewardFunction, Rollout], Score]
    ) -> Score:
        """Return the score of a group, whose members have one route; parts that see groups see all of it."""
        pattern = self._pattern(rollout)
        if pattern is None:
            return _without_route(rollout)
        route = self.routes[pattern]
        columns = []
        for component in route:
            if component.function.groups:
                whole = score(component.function, rollout)
                columns.append(whole.members or (whole,) * len(members))
            else:
                columns.append(tuple(score(component.function, member) for member in members))
        return of_group([self._sum(route, parts) for parts in zip(*columns, strict=True)])

    def prepare(self, rollout: Rollout) -> Score | _Prepared:
        """Take the first step of every component, up to one after which nothing counts."""
        pattern = self._pattern(rollout)
        if pattern is None:
            return _without_route(rollout)
        parts: list[Score | Work] = []
        for component in self.routes[pattern]:
            parts.append(component.function.prepare(rollout))
            if isinstance(parts[-1], Score) and component.ends(parts[-1]):
                break
        if all(isinstance(part, Score) for part in parts):
            return self._sum(self.routes[pattern], parts)
        return _Prepared(pattern, tuple(parts))

    def decide(self, work: _Prepared) -> Score:
        """Take the second step of the components that have one left, up to the first closed gate."""
        route = self.routes[work.route]
        scores = (
            part if isinstance(part, Score) else component.function.score_work(part)
            for component, part in zip(route, work.parts, strict=False)
        )
        return self._sum(route, scores)

    def lowest(self) -> float:
        """Return the least that a route pays where each of its parts takes too long."""
        return min(_lowest(route, self.clip, self.is_product) for route in self.routes.values())

    def _pattern(self, rollout: Rollout) -> str | None:
        source = rollout.data_source or ""
        return next((pattern for pattern in self.routes if fnmatchcase(source, pattern)), None)

    def _sum(self, route: Route, scores: Iterable[Score]) -> Score:
        """Return the weighted sum of the scores, which are asked for up to the first gate that is closed.

        A part that skips the rollout is left out with its weight; one that fails leaves all of it unscored.
        """
        parts: dict[str, float] = {}
        found: dict[str, float] = {}
        counted: list[Score] = []
        skipped: Score | None = None
        for component, part in zip(route, scores, strict=False):
            if part.status is Status.SKIPPED:
                skipped = skipped or part
                continue
            if part.reward is None:
                return replace(part, explanation=f"{component.name}: {part.explanation}", metrics={})
            reward = _clipped(part.reward, component.clip)
            parts[component.name] = component.weight * reward
            found[component.name] = reward
            found |= {f"{component.name}_{metric}": value for metric, value in part.metrics.items()}
            counted.append(part)
            if component.ends(part):
                break
        if not counted:
            return skipped or Score.unscored(Status.SKIPPED, "no part of the mixture scores this rollout")
        total = math.prod(parts.values()) if self.is_product else sum(parts.values())
        reward = _clipped(total, self.clip)
        if not self.is_product and reward != total:
            parts["clip"] = reward - total
        return Score(
            reward,
            next((part.status for part in counted if part.status is not Status.OK), Status.OK),
            next((part.answer for part in counted if part.answer is not None), None),
            "; ".join(part.explanation for part in counted if part.explanation) or None,
            found,
            {} if self.is_product else parts,
            question=next((part.question for part in counted if part.question is not None), None),
            reply=next((part.reply for part in counted if part.reply is not None), None),
        )


def _without_route(rollout: Rollout) -> Score:
    source = rollout.data_source or ""
    return Score.unscored(Status.SKIPPED, f"the mixture has no route for the data source {source!r}")


def _lowest(route: Route, clip: Bounds | None, is_product: bool) -> float:
    parts = [part.weight * _clipped(part.function.least, part.clip) for part in route]
    return _clipped(min(math.prod(parts), *parts) if is_product else math.fsum(parts), clip)


def _clipped(reward: float, bounds: Bounds | None) -> float:
    return reward if bounds is None else min(max(reward, bounds[0]), bounds[1])


def _read(path: str) -> dict[str, Any]:
    """Return the mixture in a YAML file: all of it, or the key `mixture` of a configuration file."""
    content, lines = read_yaml(path)
    where = path
    if isinstance(content, dict) and MIXTURE in content:
        content, where = content[MIXTURE], f"{path}:{lines[MIXTURE]}"
    if not isinstance(content, dict) or not content.keys() & {"rewards", "routes"}:
        raise ConfigurationError(f"{where}: it must have `rewards`, `routes` or both")
    _check_keys(content, ("rewards", "routes", "clip", "combine"), where)
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
        raise ConfigurationError(f"{where}: rewards must be a list of at least one")
    route = tuple(_component(given, functions, f"{where}: reward {n}") for n, given in enumerate(rewards, 1))
    names = [component.name for component in route]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(f"{where}: {name!r} occurs twice; give one of them another `name`")
    return route


def _component(given: Any, functions: Functions, where: str) -> Component:
    if not isinstance(given, Mapping) or "reward_type" not in given:
        raise ConfigurationError(f"{where} must have a `reward_type`")
    _check_keys(given, _COMPONENT_KEYS, where)
    reward_type = str(given["reward_type"])
    if reward_type not in functions:
        raise UnknownRewardError(reward_type, functions)
    name = str(given.get("name", reward_type))
    if not _NAME.match(name):
        raise ConfigurationError(
            f"{where}: the name {name!r} must be lower-case letters, digits, underscores"
        )
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
