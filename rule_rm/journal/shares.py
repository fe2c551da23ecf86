"""Alarms for a share that moves: of unscored rollouts, overturned verdicts, signs of an exploit."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import islice, repeat

from rule_rm.journal.exploits import ALWAYS_SUSPECT, BLANK, MANY, signs, states
from rule_rm.journal.parcels import CONFIRMED
from rule_rm.journal.rows import Row, component, components
from rule_rm.journal.sounding import EVIDENCE, GROUP, PAID, SURE, WINDOW, Alarm, Sound

LOOKED_AT = 4
"""Of the paid responses, signs are looked for in one of this many."""
SOURCES = 64
"""Data sources with a mean of their own; the rest has one mean."""
FEW = 256
"""The window of rollouts of which few count."""
HONEST = {"unscored": 0.05, "fuzzy": 0.05, MANY: 0.1}
"""The most that honest runs have. Of 5,522 real solutions none marks many answers; one in 10 of the longest
responses of the simulated runs does. A judge that is away for 6 groups makes 5 % of a window unscored."""


class Hears(Enum):
    """The moves of a mean that make an alarm sound."""

    RISE = (True, False)
    FALL = (False, True)
    BOTH = (True, True)


@dataclass(frozen=True, slots=True)
class Usual:
    """The mean to move from, which is known before a run."""

    mean: float
    learns: bool = False
    """True: it holds until the run has a mean of its own, so a fault that was always there is heard."""


class Shift:
    """Hears when the mean of a value moves: over the latest rollouts, from its mean over those before."""

    def __init__(
        self,
        kind: str,
        bound: float,
        text: str,
        *,
        window: int = WINDOW,
        hears: Hears = Hears.RISE,
        usual: Usual | None = None,
    ) -> None:
        """Sound for a move by `bound`. `usual` is the mean to move from; None takes that of before."""
        self._kind, self._bound, self._text = kind, bound, text
        self._rises, self._falls = hears.value
        self._known = usual
        self._latest: deque[float] = deque(maxlen=window)
        self._window = window
        self._sum = self._sum_before = 0.0
        self._before = 0
        self._evidence: deque[int] = deque(maxlen=EVIDENCE)

    def pass_over(self, count: int) -> None:
        """Take rollouts of the value 0, which can make no rise."""
        gone = len(self._latest) + count - self._window
        if gone > 0:
            left = sum(islice(self._latest, gone)) if self._sum else 0.0
            self._sum -= left
            self._sum_before += left
            self._before += gone
        self._latest.extend(repeat(0.0, count))

    def take(self, row: Row, identity: int, value: float) -> Sound:
        """Take the next rollout, whose value is from 0 to 1."""
        window = self._window
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
        if (found := self._usual()) is None:
            return
        usual, whence = found
        # A window that is not full can only gain, so a rise is certain as soon as its sum is high enough.
        mean = self._sum / window
        deviation = math.sqrt(usual * (1 - usual) / (window / GROUP))
        move = max(self._bound, SURE / 2 * deviation)
        has_fallen = self._falls and len(self._latest) == window and mean < usual - move
        if has_fallen or (self._rises and mean > usual + move):
            known = len(self._latest)
            message = f"{self._sum / known:.0%} of the latest {known} {self._text}{whence}"
            yield Alarm(self._kind, f"{row.reward_type} {self._text}", message, tuple(self._evidence))

    def _usual(self) -> tuple[float, str] | None:
        """Return the mean to move from, and where it comes from in words; None if there is none yet."""
        known = self._known
        if (known is None or known.learns) and self._before >= self._window:
            usual = (self._sum_before + 1) / (self._before + 2)
            return usual, f", {usual:.1%} before"
        if known is None:
            return None
        return known.mean, f", up to {known.mean:.0%} in honest runs" if known.learns else ""


class Rare:
    """Sounds when more rollouts than usual have a property, which few have."""

    def __init__(self, shift: Shift, places: Callable[[Sequence[Row]], list[int]]) -> None:
        """`places` returns the places of the rollouts that have the property."""
        self._shift, self._places = shift, places

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts."""
        begin = 0
        for place in self._places(rows):
            self._shift.pass_over(place - begin)
            yield from self._shift.take(rows[place], first + place, 1.0)
            begin = place + 1
        self._shift.pass_over(len(rows) - begin)


class Component:
    """Sounds when the mean of a value that components have moves, within a data source.

    Verdicts on proofs and on sums differ, so a run with more of one would move the mean of both.
    """

    def __init__(self, shift: Callable[[], Shift], value: Callable[[str], float | None]) -> None:
        """`value` returns the value of components as JSON; None if they have none."""
        self._shift, self._value = shift, value
        self._shifts: dict[str, Shift] = {}

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts."""
        # Most batches have no judge, and few different components.
        values = {listed: self._value(listed) for listed in {row.components for row in rows}}
        if all(value is None for value in values.values()):
            return
        for place, row in enumerate(rows):
            if (value := values[row.components]) is not None:
                source = row.source if row.source in self._shifts or len(self._shifts) < SOURCES else ""
                if (shift := self._shifts.get(source)) is None:
                    shift = self._shifts[source] = self._shift()
                yield from shift.take(row, first + place, value)


class Exploits:
    """Sounds when rewarded responses have signs of an exploit, each sign with a share of its own."""

    def __init__(self, bound: float) -> None:
        """Sound for a share of `bound`."""
        self._counts = [0, 0]
        """The responses with less than half of the reward, and the paid ones."""
        self._shifts = {sign: self._shift(sign, bound) for sign in (*sorted(ALWAYS_SUSPECT), MANY)}

    def _shift(self, sign: str, bound: float) -> Shift:
        text = f"paid responses that were looked at have the sign of an exploit: {sign}"
        usual = Usual(0.0) if sign in ALWAYS_SUSPECT else Usual(HONEST[sign], learns=True)
        return Shift("exploit", bound, text, window=FEW, usual=usual)

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts."""
        for place, row in enumerate(rows):
            if row.reward is None or row.reward <= 0 or row.response is None:
                continue
            is_paid = row.reward >= PAID
            self._counts[is_paid] += 1
            if self._counts[is_paid] % LOOKED_AT:
                continue
            if is_paid:
                yield from self._take(row, first + place, signs(row.response), self._shifts)
            else:
                # Part of a reward, as for a format, is paid for nothing where nothing is stated.
                found = () if states(row.response) else (BLANK,)
                yield from self._take(row, first + place, found, (BLANK,))

    def _take(self, row: Row, identity: int, found: Iterable[str], among: Iterable[str]) -> Sound:
        """Count the signs that were found, among those that were looked for."""
        found = frozenset(found)
        for sign in among:
            if sign in found:
                yield from self._shifts[sign].take(row, identity, 1.0)
            else:
                self._shifts[sign].pass_over(1)


class Judge:
    """Sounds when a judge overturns more or less than usual, or agrees less with itself."""

    def __init__(self, bound: float) -> None:
        """Sound for a move by `bound`."""
        by_judge = "rule's verdicts were overturned by the judge"
        overturned = partial(Shift, "judge", bound, by_judge, hears=Hears.BOTH)
        agreed = partial(Shift, "judge", bound, "votes of the judge agreed", hears=Hears.FALL)
        self._parts = (Component(overturned, _overturned), Component(agreed, _agreement))

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts."""
        for part in self._parts:
            yield from part.look(rows, first)


def unscored(bound: float) -> Rare:
    """Return the alarm for unscored rollouts."""
    return Rare(
        Shift("unscored", bound, "rollouts are unscored", usual=Usual(HONEST["unscored"], learns=True)),
        lambda rows: [place for place, row in enumerate(rows) if row.reward is None],
    )


def fuzzy(bound: float) -> Rare:
    """Return the alarm for golden answers of similar questions."""
    return Rare(
        Shift(
            "fuzzy",
            bound,
            "rollouts have a golden answer by similarity alone",
            usual=Usual(HONEST["fuzzy"], learns=True),
        ),
        lambda rows: [place for place, row in enumerate(rows) if row.tier == "fuzzy"],
    )


def recheck(bound: float) -> Component:
    """Return the alarm for paid responses that are no longer confirmed when they are scored again."""
    text = "paid responses that were scored again were confirmed"
    shift = partial(Shift, "recheck", bound, text, window=FEW, hears=Hears.FALL)
    return Component(shift, lambda listed: components(listed).get(CONFIRMED))


def _overturned(listed: str) -> float | None:
    return component(listed, "overturned") if component(listed, "judged") else None


def _agreement(listed: str) -> float | None:
    # One vote agrees with itself.
    return component(listed, "agreement") if (component(listed, "votes") or 0) > 1 else None
