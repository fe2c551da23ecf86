"""Compare two scores of each rollout: count the flips in each direction, and quote some of each kind."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from rule_rm.errors import ConfigurationError

Result = Mapping[str, Any]
Pair = tuple[Result, Result]
"""The score before and after, of one rollout; the second has the rollout too."""
HIGHER, LOWER = "higher", "lower"
NOW_SCORED, NOW_UNSCORED = "now scored", "now unscored"
KINDS = (HIGHER, LOWER, NOW_SCORED, NOW_UNSCORED)
_EXAMPLES = 20
"""Rollouts of each kind that are kept as examples."""
_RELATIVE, _ABSOLUTE = 1e-5, 1e-6
"""Differences that a trainer's float32 explains."""
_PAIRS = 4096
"""Different pairs of rewards that are counted."""


@dataclass(slots=True)
class Flips:
    """The rollouts whose reward changed."""

    compared: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    sources: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, list[Pair]] = field(default_factory=dict)
    """The first rollouts of each kind."""
    before: float = 0.0
    """The sum of the rewards before, of rollouts that are scored both times."""
    after: float = 0.0
    both: int = 0
    pairs: Counter[tuple[float, float]] = field(default_factory=Counter)
    """The rewards before and after, of rollouts that are scored both times. Beyond a number no new ones."""

    def add(self, before: Result, after: Result) -> None:
        """Count one rollout."""
        self.compared += 1
        if before.get("reward") is not None and after["reward"] is not None:
            self.both += 1
            self.before += before["reward"]
            self.after += after["reward"]
            pair = (before["reward"], after["reward"])
            if pair in self.pairs or len(self.pairs) < _PAIRS:
                self.pairs[pair] += 1
        kind = kind_of(before.get("reward"), after["reward"])
        if kind is None:
            return
        self.kinds[kind] += 1
        self.sources.setdefault(after.get("data_source") or "-", Counter())[kind] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < _EXAMPLES:
            examples.append((before, after))

    @property
    def flipped(self) -> int:
        """The number of rollouts whose reward changed."""
        return self.kinds.total()

    @property
    def share(self) -> float:
        """The share of rollouts that flipped, 0 to 1."""
        return self.flipped / self.compared if self.compared else 0.0

    @property
    def scales(self) -> str | None:
        """A sentence on the scales of the two rewards if they differ; then most flips may be due to that."""
        if not self.pairs:
            return None
        old, new = ((min(side), max(side)) for side in zip(*self.pairs, strict=True))
        if old[0] == old[1] or new[0] == new[1] or math.isclose(old[1], new[1], rel_tol=_RELATIVE):
            return None
        middles = sum(old) / 2, sum(new) / 2
        crossed = sum(
            times
            for (before, after), times in self.pairs.items()
            if (before > middles[0]) != (after > middles[1])
        )
        return (
            "the scales differ, so a flip may be no other verdict: rewards were "
            f"{old[0]:g} to {old[1]:g} and are {new[0]:g} to {new[1]:g}; "
            f"{crossed} of {self.pairs.total()} rollouts are in another half of the scale"
        )

    def as_json(self) -> dict[str, Any]:
        """Return the counts, and the examples, as plain values."""
        shown = ("reward", "status", "answer", "explanation")
        return {
            "compared": self.compared,
            "flipped": self.flipped,
            "kinds": {kind: self.kinds[kind] for kind in KINDS},
            "data_sources": {name: dict(kinds) for name, kinds in sorted(self.sources.items())},
            "mean_before": self.before / self.both if self.both else None,
            "mean_after": self.after / self.both if self.both else None,
            "scales": self.scales,
            "examples": [
                {
                    "kind": kind,
                    "place": after["place"],
                    "before": {name: before.get(name) for name in shown},
                    "after": {name: after.get(name) for name in shown},
                }
                for kind in KINDS
                for before, after in self.examples.get(kind, [])
            ],
        }


def kind_of(before: float | None, after: float | None) -> str | None:
    """Return how a reward changed; None if it is the same.

    >>> kind_of(0.0, 1.0), kind_of(1.0, None), kind_of(0.1, 0.10000001)
    ('higher', 'now unscored', None)
    """
    if before is None or after is None:
        if before is after:
            return None
        return NOW_SCORED if before is None else NOW_UNSCORED
    if math.isclose(before, after, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE):
        return None
    return HIGHER if after > before else LOWER


def against_recorded(results: Iterable[Result]) -> Flips:
    """Return the flips of results against the scores that their files recorded."""
    flips = Flips()
    for result in results:
        if result.get("recorded"):
            flips.add(result["recorded"], result)
    return flips


def between(left: Iterable[Result], right: Iterable[Result]) -> Flips:
    """Return the flips from one file of results to another, which must be about the same rollouts.

    Raises ConfigurationError if they are not.
    """
    flips = Flips()
    for before, after in _paired(left, right):
        flips.add(before, after)
    return flips


def _paired(left: Iterable[Result], right: Iterable[Result]) -> Iterator[Pair]:
    for before, after in zip_longest(left, right):
        if before is None or after is None:
            raise ConfigurationError(
                "the two results have different numbers of rollouts; score the same file twice"
            )
        if before.get("digest") != after.get("digest"):
            raise ConfigurationError(
                f"row {after['row']} is about different rollouts in the two results ({before['place']}, "
                f"{after['place']}); score the same file twice"
            )
        yield before, after


def causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each difference between the records of two runs, which may cause flips."""
    found = []
    if before.get("reward_type") != after.get("reward_type"):
        found.append(f"the reward type was {before.get('reward_type')} and is {after.get('reward_type')}")
    elif before.get("version") != after.get("version"):
        found.append(
            f"the code of the reward changed: version {before.get('version')} → {after.get('version')}"
        )
    old, new = before.get("configuration"), after.get("configuration")
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new} - {"reward_type"}):
            if old.get(name) != new.get(name):
                found.append(f"{name} was {_shown(old, name)} and is {_shown(new, name)}")
    elif old != new:
        found.append(f"the configuration changed: {old} → {new}")
    return found


def _shown(configuration: Mapping[str, Any], name: str) -> str:
    return repr(configuration[name]) if name in configuration else "the default"


def table(flips: Flips, causes_found: Iterable[str], shown: int = 5) -> list[str]:
    """Return the lines of a report: the counts, the causes, and some rollouts of each kind."""
    lines = [f"{flips.flipped} of {flips.compared} rollouts flipped ({flips.share:.2%})"]
    if flips.both:
        lines[0] += f"; mean reward {flips.before / flips.both:.4f} → {flips.after / flips.both:.4f}"
    lines += [f"  {cause}" for cause in (*causes_found, flips.scales) if cause]
    for kind in KINDS:
        if flips.kinds[kind]:
            lines.append(f"{kind}: {flips.kinds[kind]}")
        for before, after in flips.examples.get(kind, [])[:shown]:
            lines.append(f"  {after['place']}: {_score(before)} → {_score(after)}")
    return lines


def _score(result: Result) -> str:
    reward = "unscored" if result.get("reward") is None else f"{result['reward']:g}"
    why = result.get("explanation") or ""
    status = result.get("status")
    about = ", ".join(part for part in (status, why[:120]) if part)
    text = f"{reward} ({about})" if about else reward
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
