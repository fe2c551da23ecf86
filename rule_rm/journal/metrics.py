"""The page that Prometheus reads: the tallies of the journal, and the state of engine and HTTP server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from rule_rm.journal.journal import Journal
from rule_rm.journal.tallies import Histogram
from rule_rm.version import __version__

__all__ = ["CONTENT_TYPE", "exposition"]

PREFIX = "rule_rm_"
Figures = Mapping[str, Any]
_JUDGE = {
    "calls": "questions to the judge",
    "cached": "questions answered from the cache",
    "requests": "requests to the judge's servers",
    "retries": "requests that were sent again",
    "prompt_tokens": "tokens of questions",
    "completion_tokens": "tokens of replies",
    "cost": "cost in the currency of the prices",
}
"""Counts of a judge's client, by their names in `/health`."""


def exposition(
    journal: Journal,
    *,
    engine: Figures | None = None,
    http: Figures | None = None,
    is_ready: bool = True,
    seconds_up: float = 0.0,
) -> bytes:
    """Return the metrics in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Page(journal, engine or {}, http or {}, is_ready, seconds_up))
    return generate_latest(registry)


@dataclass(frozen=True, eq=False)
class _Page(Collector):
    journal: Journal
    engine: Figures
    http: Figures
    is_ready: bool
    seconds_up: float

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        yield InfoMetricFamily(PREFIX + "build", "version of the service", {"version": __version__})
        yield _gauge("ready", "1 if a rollout would be scored now", float(self.is_ready))
        yield _gauge("up_seconds", "seconds since the service was started", self.seconds_up)
        yield from self._scored()
        yield from self._kept()
        yield from _engine(self.engine)
        yield from _residents(self.engine.get("residents", {}))
        yield _each("http", "connections by state, and counts of outcomes", "figure", self.http)

    def _scored(self) -> Iterator[Metric]:
        tallies = self.journal.tallies
        with tallies.lock:
            yield _each(
                "requests", "scored requests", "reward_type", tallies.requests, kind=CounterMetricFamily
            )
            rollouts = CounterMetricFamily(
                PREFIX + "rollouts", "scored rollouts", labels=("reward_type", "data_source", "status")
            )
            for labels, count in tallies.rollouts.items():
                rollouts.add_metric(labels, count)
            yield rollouts
            lookups = CounterMetricFamily(
                PREFIX + "golden_lookups", "how golden answers were found", labels=("reward_type", "tier")
            )
            for names, count in tallies.lookups.items():
                lookups.add_metric(names, count)
            yield lookups
            yield _histograms("reward", "rewards", ("reward_type", "data_source"), tallies.rewards)
            yield _histograms("component", "components", ("reward_type", "component"), tallies.components)
            stages = {(stage,): histogram for stage, histogram in tallies.stages.items()}
            yield _histograms("stage_seconds", "seconds of requests, by stage", ("stage",), stages)

    def _kept(self) -> Iterator[Metric]:
        if self.journal.bell is not None:
            alarms = self.journal.bell.counts
            yield _each("alarms", "alarms", "kind", alarms, kind=CounterMetricFamily)
        if self.journal.keeper is not None:
            state = self.journal.keeper.state()
            figures = {name: state[name] for name in ("written", "waiting", "lost")}
            yield _each("journal_rollouts", "rollouts of the journal", "state", figures)


def _engine(state: Figures) -> Iterator[Metric]:
    if not state:
        return
    yield _each("workers", "worker processes", "state", state["workers"])
    yield _gauge("pending", "rollouts that wait for a worker", state["pending"])
    yield _gauge("residents_pending", "rollouts that wait for a judge or model", state["residents_waiting"])
    yield _each(
        "jobs", "runs in workers; a timeout is a kill", "outcome", state["jobs"], kind=CounterMetricFamily
    )
    cache = {name: state["cache"][name] for name in ("hits", "misses")}
    yield _each("cache", "verdicts that were remembered", "outcome", cache, kind=CounterMetricFamily)
    yield _gauge("cache_size", "verdicts that are remembered", state["cache"]["size"])
    if "shared_verdicts" in state:
        shared = {name: count for name, count in state["shared_verdicts"].items() if name != "rests"}
        yield _each("shared_verdicts", "verdicts in the Redis", "outcome", shared, kind=CounterMetricFamily)
    if "sandbox" in state:
        sandbox = state["sandbox"]
        yield _gauge("sandbox_alive", "1 if the sandbox's host is alive", float(sandbox.get("alive", True)))
        yield CounterMetricFamily(
            PREFIX + "sandbox_restarts", "starts of the host again", sandbox.get("restarts", 0)
        )


def _residents(residents: Mapping[str, Figures]) -> Iterator[Metric]:
    """Yield the figures of judges and models: the judge's by name, every number under `figure`."""
    figures = GaugeMetricFamily(
        PREFIX + "resident", "figures of judges and models, as in /health", labels=("reward_type", "figure")
    )
    breakers = GaugeMetricFamily(
        PREFIX + "judge_breaker_open",
        "1 if no questions are sent to the server",
        labels=("reward_type", "endpoint"),
    )
    judge = {
        name: CounterMetricFamily(f"{PREFIX}judge_{name}", text, labels=("reward_type",))
        for name, text in _JUDGE.items()
    }
    for reward_type, state in residents.items():
        for name, value in state.items():
            if isinstance(value, (int, float)):
                figures.add_metric((reward_type, name), value)
        if "endpoints" not in state:
            continue
        for name, family in judge.items():
            family.add_metric((reward_type,), state.get(name, 0))
        for endpoint, server in state["endpoints"].items():
            breakers.add_metric((reward_type, endpoint), float(server["breaker"] != "closed"))
    yield from (figures, breakers, *judge.values())


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, text, value)


def _each(
    name: str,
    text: str,
    label: str,
    figures: Figures,
    kind: type[GaugeMetricFamily] | type[CounterMetricFamily] = GaugeMetricFamily,
) -> Metric:
    family = kind(PREFIX + name, text, labels=(label,))
    for key, value in figures.items():
        family.add_metric((key,), value)
    return family


def _histograms(name: str, text: str, labels: Sequence[str], histograms: Mapping[Any, Histogram]) -> Metric:
    family = HistogramMetricFamily(PREFIX + name, text, labels=labels)
    for key, histogram in histograms.items():
        family.add_metric(key, histogram.buckets(), histogram.total)
        if histogram.bounds[0] < 0:
            # The library leaves them out, as a sum of negative numbers may fall; means need them.
            names = dict(zip(labels, key, strict=True))
            family.add_sample(f"{family.name}_count", names, sum(histogram.counts))
            family.add_sample(f"{family.name}_sum", names, histogram.total)
    return family
