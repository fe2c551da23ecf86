"""The figures of the first page, from the sums of the journals."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rule_rm.journal.bins import Bins
from rule_rm.journal.reader import Reader
from rule_rm.types import Status
from rule_rm.web.viewer.plots import SERIES, Plot, distribution, lines, shares

BINS = 60
"""Points of a plot, at most."""
WINDOWS = {
    "15m": 900.0,
    "1h": 3600.0,
    "6h": 21_600.0,
    "24h": 86_400.0,
    "7d": 604_800.0,
    "all": 0.0,
}
"""Seconds of the windows of time that can be chosen; 0 means from the first rollout on."""
OTHERS = "others"
UNNAMED = "(none)"
"""The data source of rollouts without one, as it is shown."""
_UNSCORED = frozenset(status.value for status in Status if not status.is_scored)
Sums = Mapping[tuple[str, str, str, int], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page's figures for a window of time."""

    since: float
    until: float
    tiles: list[tuple[str, float | None, str]]
    """Name, value and format of each main figure."""
    reward: Plot | None
    components: Plot | None
    groups: Plot | None
    rewards: Plot | None
    length: Plot | None
    speed: Plot | None
    statuses: list[tuple[str, float, float, bool]]
    """Status, rollouts, share, and whether it is unscored; those come first."""
    sources: list[tuple[str, float, float | None]]
    """Data source, rollouts and mean reward."""
    stages: list[tuple[str, float, float]]
    """Stage, mean seconds and their share."""


def overview(reader: Reader, window: str, source: str | None) -> Overview | None:
    """Return the figures of a window that ends now, or for `all` with the last rollout; None without any."""
    span = reader.span()
    if span is None:
        return None
    width = WINDOWS.get(window, 3600.0)
    until = time.time() if width else span[1]
    bins = Bins.of(until - width if width else span[0], until, BINS)
    since, count = bins.since, bins.number
    found = {
        name: _of(reader.sums(name, bins, prefix=name.endswith(" ")), source)
        for name in ("reward", "length", "status ", "component ", "group ", "value ", "request")
    }
    counts = _totals(found["status "])
    total = sum(n for n, _ in counts.values())
    scored = _totals(found["reward"]).get("reward", (0.0, 0.0))
    unscored = sum(n for name, (n, _) in counts.items() if name in _UNSCORED)
    kinds = {name: n for name, (n, _) in _totals(found["group "]).items()}
    grouped = sum(kinds.values())
    return Overview(
        since,
        until,
        [
            ("rollouts", total, "number"),
            ("mean reward", scored[1] / scored[0] if scored[0] else None, "number"),
            ("unscored", unscored / total if total else None, "share"),
            ("mixed groups", kinds.get("mixed", 0.0) / grouped if grouped else None, "share"),
            ("rollouts / s", total / max(until - since, 1.0), "number"),
        ],
        lines(_means(_by_source(found["reward"], count)), since, until, low=0.0),
        lines(_means(_by_name(found["component "], count)), since, until, low=0.0),
        shares(_groups(found["group "], count), since, until),
        distribution({float(name): n for name, (n, _) in _totals(found["value "]).items()}),
        lines(_means(_by_source(found["length"], count)), since, until, low=0.0),
        lines(_speed(found["length"], bins), since, until, low=0.0),
        sorted(
            ((name, n, n / total, name in _UNSCORED) for name, (n, _) in counts.items()),
            key=lambda row: (not row[3], -row[1]),
        ),
        _sources(found["length"], found["reward"]),
        _stages(reader.sums("stage ", Bins.of(since, until), prefix=True)),
    )


def choices(reader: Reader) -> dict[str, list[str]]:
    """Return the data sources, reward types and statuses that there are."""
    span = reader.span()
    found = reader.sums("status ", Bins.of(*span), prefix=True) if span is not None else {}
    return {
        "source": sorted({key[1] for key in found}),
        "reward_type": sorted({key[2] for key in found}),
        "status": sorted({key[0].partition(" ")[2] for key in found}),
    }


def _of(sums: Sums, source: str | None) -> Sums:
    return sums if source is None else {key: value for key, value in sums.items() if key[1] == source}


def _totals(sums: Sums) -> dict[str, tuple[float, float]]:
    """Return number and total by name, without the name's first word if it has two."""
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (name, *_), (n, total, _) in sums.items():
        numbers = found[name.partition(" ")[2] or name]
        numbers[0] += n
        numbers[1] += total
    return {name: (n, total) for name, (n, total) in found.items()}


def _by_source(sums: Sums, count: int) -> dict[str, list[list[float]]]:
    return _series({(key[1] or UNNAMED, key[2], key[3]): value for key, value in sums.items()}, count)


def _by_name(sums: Sums, count: int) -> dict[str, list[list[float]]]:
    found: dict[tuple[str, str, int], tuple[float, float, float]] = {}
    for (name, source, reward_type, place), value in sums.items():
        found[name.partition(" ")[2], f"{source} {reward_type}", place] = value
    return _series(found, count)


def _series(
    sums: Mapping[tuple[str, str, int], tuple[float, float, float]], count: int
) -> dict[str, list[list[float]]]:
    """Return number and total by name and bin: the most frequent names, and all others as one."""
    sizes: dict[str, float] = defaultdict(float)
    for (name, _, _), (n, _, _) in sums.items():
        sizes[name] += n
    order = sorted(sizes, key=lambda name: -sizes[name])
    named = sorted(order if len(order) <= SERIES else order[: SERIES - 1])
    found = {name: [[0.0, 0.0] for _ in range(count)] for name in named}
    if len(order) > len(named):
        found[OTHERS] = [[0.0, 0.0] for _ in range(count)]
    for (name, _, place), (n, total, _) in sums.items():
        numbers = found[name if name in found else OTHERS][place]
        numbers[0] += n
        numbers[1] += total
    return found


def _means(series: Mapping[str, list[list[float]]]) -> dict[str, list[float | None]]:
    return {name: [total / n if n else None for n, total in bins] for name, bins in series.items()}


def _speed(sums: Sums, bins: Bins) -> dict[str, list[float | None]]:
    numbers: list[float | None] = [0.0] * bins.number
    for key, (n, _, _) in sums.items():
        numbers[key[3]] = (numbers[key[3]] or 0.0) + n / bins.seconds
    if not any(numbers):
        return {}
    if (last := numbers[-1]) is not None and bins.number > 1:
        # The latest span is still being filled, and would look like a fall.
        passed = bins.seconds - bins.width + bins.until % bins.width
        numbers[-1] = last * bins.seconds / passed if passed >= bins.width / 2 else None
    return {"rollouts / s": numbers}


def _groups(sums: Sums, count: int) -> dict[str, list[float]]:
    found = {
        f"all {kind}" if kind != "mixed" else kind: [0.0] * count for kind in ("right", "mixed", "wrong")
    }
    for (name, _, _, place), (n, _, _) in sums.items():
        kind = name.partition(" ")[2]
        found["mixed" if kind == "mixed" else f"all {kind}"][place] += n
    return found


def _sources(lengths: Sums, scored: Sums) -> list[tuple[str, float, float | None]]:
    sizes: dict[str, float] = defaultdict(float)
    for key, (n, _, _) in lengths.items():
        sizes[key[1]] += n
    rewards: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for key, (n, total, _) in scored.items():
        rewards[key[1]][0] += n
        rewards[key[1]][1] += total
    return [
        (name, size, rewards[name][1] / rewards[name][0] if rewards[name][0] else None)
        for name, size in sorted(sizes.items(), key=lambda item: -item[1])
    ]


def _stages(sums: Sums) -> list[tuple[str, float, float]]:
    means = [(name, total / n) for name, (n, total) in _totals(sums).items()]
    whole = sum(mean for _, mean in means) or 1.0
    order: dict[str, int] = {"read": 0, "golden": 1, "score": 2}
    means.sort(key=lambda item: order.get(item[0], 9))
    return [(name, mean, mean / whole) for name, mean in means]


def machine(state: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the lines on reload, workers, queue, sandbox, judges and journal, from the service's figures."""
    found: list[tuple[str, str]] = []
    if reload := state.get("reload"):
        found.append(("reload", f"under way for {reload['seconds']:.0f} s: {reload['waits_for']}"))
    if workers := state.get("workers"):
        found.append(("workers", _workers(workers)))
        jobs = state["jobs"]
        found.append(("runs", f"{jobs['run']:,}, {jobs['timeout']:,} timeouts, {jobs['crash']:,} crashes"))
        found.append(("waiting", f"{state['pending']} for workers, {state['residents_waiting']} for judges"))
        cache = state["cache"]
        asked = cache["hits"] + cache["misses"]
        found.append(("remembered", f"{100 * cache['hits'] / asked:.0f} % of verdicts" if asked else "–"))
    if sandbox := state.get("sandbox"):
        alive = "alive" if sandbox.get("alive", True) else "down"
        found.append(
            ("sandbox", f"{sandbox.get('backend', '')}, {alive}, {sandbox.get('restarts', 0)} restarts")
        )
    for name, resident in state.get("residents", {}).items():
        if "requests" in resident:
            cost = (
                f"{resident['requests']:,} requests, {resident['retries']:,} retries, "
                f"cost {resident['cost']:.2f}"
            )
            found.append((name, cost))
        if resident.get("overturn_rate") is not None:
            found.append((name, f"judge overturns {100 * resident['overturn_rate']:.1f} %"))
    if journal := state.get("journal"):
        waiting = f", {journal['waiting']:,} waiting" if journal["waiting"] else ""
        found.append(("journal", f"{journal['written']:,} written{waiting}, {journal['lost']:,} lost"))
        if journal["failure"]:
            found.append(("journal", f"fails: {journal['failure']}"))
    return found


def _workers(state: Mapping[str, int]) -> str:
    """Return how many workers there are, and why there are more than the setting says.

    >>> _workers({"configured": 1, "alive": 2, "idle": 1, "restarts": 0})
    '1 and a spare, 1 idle'
    >>> _workers({"configured": 2, "alive": 5, "idle": 0, "restarts": 0})
    '2, a spare and 2 for slow rollouts, 0 idle'
    >>> _workers({"configured": 4, "alive": 3, "idle": 1, "restarts": 1})
    '3 of 4, 1 idle, 1 restart'
    """
    if "nodes" in state:
        return f"{state['carried']} rollouts on {state['nodes']} nodes"
    configured, alive = state["configured"], state["alive"]
    if alive < configured:
        parts = f"{alive} of {configured}"
    elif alive == configured:
        parts = f"{configured}"
    elif alive == configured + 1:
        parts = f"{configured} and a spare"
    else:
        parts = f"{configured}, a spare and {alive - configured - 1} for slow rollouts"
    restarts = state["restarts"]
    again = f", {restarts:,} restart{'s' if restarts > 1 else ''}" if restarts else ""
    return f"{parts}, {state['idle']} idle{again}"
