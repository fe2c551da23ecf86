"""The rewards along a route of a mixture, as one: weighted, gated, bounded, and added up or multiplied."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from rule_rm.registry.conventions import of_group
from rule_rm.registry.resident import Ask, Resident
from rule_rm.registry.reward_function import RewardFunction, Work
from rule_rm.types import Rollout, Score, Status

Bounds = tuple[float, float]
Route = tuple["Component", ...]


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


class Opened(Resident):
    """A mixture with a part that is a resident: each part is scored where it belongs, up to a closed gate."""

    def __init__(self, mixing: Mixing, parts: tuple[str, ...]) -> None:
        self._mixing = mixing
        self.parts = parts

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the weighted sum, each part from where it is scored."""
        return self._mixing.score(rollout, lambda function, rollout: ask.score(function.name, rollout))


class _Prepared(NamedTuple):
    """The first steps of a route's components: their scores, and the work of those that need a worker."""

    route: str
    parts: tuple[Score | Work, ...]


@dataclass(frozen=True, slots=True)
class Mixing:
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
