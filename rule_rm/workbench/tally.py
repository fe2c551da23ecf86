"""Running totals of scores: mean reward, unscored, statuses, by data source; and their table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL = "all"
NO_SOURCE = "-"
_LONGEST = 300
"""Characters of a reason that the table shows."""
_MOST_SOURCES = 30
"""Data sources that the table shows; the rest are one line."""


@dataclass(slots=True)
class Totals:
    """The scores of one data source, or of all."""

    rollouts: int = 0
    scored: int = 0
    reward: float = 0.0
    """The sum of the rewards."""
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, reward: float | None, status: str) -> None:
        """Count one score."""
        self.rollouts += 1
        self.statuses[status] += 1
        if reward is not None:
            self.scored += 1
            self.reward += reward

    @property
    def mean(self) -> float | None:
        """The mean reward; None if nothing is scored."""
        return self.reward / self.scored if self.scored else None

    @property
    def unscored(self) -> int:
        """Rollouts without a reward."""
        return self.rollouts - self.scored

    @property
    def unscored_share(self) -> float:
        """The share without a reward, 0 to 1."""
        return self.unscored / self.rollouts if self.rollouts else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the totals as plain values."""
        return {
            "rollouts": self.rollouts,
            "mean_reward": self.mean,
            "unscored": self.unscored,
            "statuses": dict(sorted(self.statuses.items())),
        }


@dataclass(slots=True)
class Tally:
    """The totals of all scores and of each data source."""

    all: Totals = field(default_factory=Totals)
    sources: dict[str, Totals] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """Of each status without a reward, the place and the explanation of the first rollout."""

    def add(self, result: Mapping[str, Any]) -> None:
        """Count a result."""
        self.all.add(result["reward"], result["status"])
        if result["reward"] is None and result.get("explanation"):
            reason = f"{result.get('place')}: {result['explanation']}"
            self.reasons.setdefault(result["status"], reason)
        source = result.get("data_source") or NO_SOURCE
        self.sources.setdefault(source, Totals()).add(result["reward"], result["status"])

    def as_json(self) -> dict[str, Any]:
        """Return all totals as plain values."""
        sources = {name: totals.as_json() for name, totals in sorted(self.sources.items())}
        return {**self.all.as_json(), "data_sources": sources, "unscored_reasons": dict(self.reasons)}

    def table(self) -> list[str]:
        """Return the lines of a table: a row for each data source, a column for each status."""
        statuses = sorted(self.all.statuses, key=lambda name: -self.all.statuses[name])
        ordered = sorted(self.sources.items(), key=lambda item: -item[1].rollouts)
        shown = ordered[:_MOST_SOURCES] if len(ordered) > 1 else []
        rows = [["data source", "rollouts", "mean reward", "unscored", *statuses]]
        rows += [_cells(name, totals, statuses) for name, totals in [*shown, (ALL, self.all)]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        if len(ordered) > _MOST_SOURCES:
            lines.insert(-1, f"({len(ordered) - _MOST_SOURCES} more data sources)")
        lines += [f"{status}: {_printable(reason, _LONGEST)}" for status, reason in self.reasons.items()]
        return lines


def _cells(name: str, totals: Totals, statuses: list[str]) -> list[str]:
    mean = "-" if totals.mean is None else f"{totals.mean:.4f}"
    share = f"{totals.unscored} ({totals.unscored_share:.1%})" if totals.unscored else "0"
    counts = [str(totals.statuses[status]) for status in statuses]
    return [_printable(name), str(totals.rollouts), mean, share, *counts]


def _printable(name: str, longest: int = 40) -> str:
    """Return a text from a file so that it can neither move the cursor nor break the table.

    >>> _printable("a\\tb"), _printable("a long name", longest=6)
    ('a\ufffdb', 'a lon…')
    """
    text = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name
    )
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
