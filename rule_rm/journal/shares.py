"""Alarms for a share that moves: of unscored rollouts, overturned verdicts, signs of an exploit."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from functools import lru_cache

from rule_rm.journal.exploits import ALWAYS_SUSPECT, MANY, signs
from rule_rm.journal.parcels import CONFIRMED
from rule_rm.journal.rows import Row, components
from rule_rm.journal.sounding import EVIDENCE, PAID, SURE, WINDOW, Alarm, Sound

Value = Callable[[Row], "float | None"]
"""Return the value of a rollout, from 0 to 1; None if it does not count."""
LOOKED_AT = 4
"""Of the paid responses, signs are looked for in one of this many."""
FEW = 256
"""The window of rollouts of which few count."""


class Shift:
    """Sounds when the mean of a value moves: over the latest rollouts, from its mean over those before."""

    def __init__(
        self,
        kind: str,
        bound: float,
        text: str,
        value: Value,
        *,
        window: int = WINDOW,
        falls: bool = False,
        rises: bool = True,
        usual: float | None = None,
    ) -> None:
        """Sound for a move by `bound`. `usual` is the mean to move from; None takes that of before."""
        self._kind, self._bound, self._text, self._value = kind, bound, text, value
        self._falls, self._rises, self._usual = falls, rises, usual
        self._latest: deque[float] = deque(maxlen=window)
        self._sum = self._sum_before = 0.0
        self._before = 0
        self._evidence: deque[int] = deque(maxlen=EVIDENCE)

    def look(self, row: Row, identity: int) -> Sound:
        """Take the next rollout."""
        value = self._value(row)
        if value is None:
            return
        window = self._latest.maxlen or 0
        if len(self._latest) == window:
            gone = self._latest[0]
            self._sum -= gone
            self._sum_before += gone
            self._before += 1
        self._latest.append(value)
        self._sum += value
        if not ((self._rises and value > 0) or (self._falls and value < 1)):
            return
        self._evidence.append(identity)
        if len(self._latest) < window or (self._usual is None and self._before < window):
            return
        usual = (self._sum_before + 1) / (self._before + 2) if self._usual is None else self._usual
        mean = self._sum / window
        # Rollouts of a group go together, so a group counts as one.
        deviation = math.sqrt(usual * (1 - usual) / (window / 8))
        move = max(self._bound, SURE / 2 * deviation)
        if (self._rises and mean > usual + move) or (self._falls and mean < usual - move):
            before = "" if self._usual is not None else f", {usual:.1%} before"
            message = f"{mean:.0%} of the latest {window} {self._text}{before}"
            yield Alarm(self._kind, f"{row.reward_type} {self._text}", message, tuple(self._evidence))


class Exploits:
    """Sounds when paid responses have signs of an exploit, each sign with a share of its own."""

    def __init__(self, bound: float) -> None:
        self._count = 0
        self._found: tuple[str, ...] = ()
        self._shifts = [self._shift(sign, bound) for sign in (*sorted(ALWAYS_SUSPECT), MANY)]

    def _shift(self, sign: str, bound: float) -> Shift:
        text = f"paid responses that were looked at have the sign of an exploit: {sign}"
        usual = 0.0 if sign in ALWAYS_SUSPECT else None
        return Shift("exploit", bound, text, lambda _: float(sign in self._found), window=FEW, usual=usual)

    def look(self, row: Row, identity: int) -> Sound:
        """Take the next rollout."""
        if row.reward is None or row.reward < PAID or not row.response:
            return
        self._count += 1
        if self._count % LOOKED_AT:
            return
        self._found = tuple(signs(row.response))
        for shift in self._shifts:
            yield from shift.look(row, identity)


class Judge:
    """Sounds when a judge overturns more or less than usual, or agrees less with itself."""

    def __init__(self, bound: float) -> None:
        self._shifts = (
            Shift("judge", bound, "rule's verdicts were overturned by the judge", _overturned, falls=True),
            Shift("judge", bound, "votes of the judge agreed", _agreement, falls=True, rises=False),
        )

    def look(self, row: Row, identity: int) -> Sound:
        """Take the next rollout."""
        if row.components != "{}":
            for shift in self._shifts:
                yield from shift.look(row, identity)


def unscored(bound: float) -> Shift:
    """Return the alarm for unscored rollouts."""
    return Shift("unscored", bound, "rollouts are unscored", lambda row: float(row.reward is None))


def fuzzy(bound: float) -> Shift:
    """Return the alarm for golden answers of similar questions."""
    text = "rollouts have a golden answer by similarity alone"
    return Shift("fuzzy", bound, text, lambda row: float(row.tier == "fuzzy"))


def recheck(bound: float) -> Shift:
    """Return the alarm for paid responses that are no longer confirmed when they are scored again."""
    text = "paid responses that were scored again were confirmed"
    return Shift("recheck", bound, text, _confirmed, window=FEW, falls=True, rises=False)


@lru_cache(4096)
def _part(listed: str, name: str) -> float | None:
    """Return a component, in a mixture with the name of its reward before its own: `hybrid_overturned`."""
    return next(
        (value for one, value in components(listed).items() if one == name or one.endswith(f"_{name}")), None
    )


def _overturned(row: Row) -> float | None:
    return _part(row.components, "overturned") if _part(row.components, "judged") else None


def _agreement(row: Row) -> float | None:
    # One vote agrees with itself.
    return _part(row.components, "agreement") if (_part(row.components, "votes") or 0) > 1 else None


def _confirmed(row: Row) -> float | None:
    return components(row.components).get(CONFIRMED) if row.components != "{}" else None
