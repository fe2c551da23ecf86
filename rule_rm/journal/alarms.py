"""Alarms: signs that a reward is broken, or that a policy has found a hole in it.

Each compares the latest rollouts with the first ones, or with a bound, and names the rollouts that made it
sound. The bounds are wide: an alarm that sounds in honest runs is ignored when it matters.

- `unscored`: the share of unscored rollouts jumps
- `constant`: the reward or a component has never varied, or has fallen to a constant
- `drift`: the reward rises while accuracy is lost, or while responses become far longer, shorter, repetitive,
  copied from their prompts or foreign to them
- `one-answer`: one answer, or one end of a response, is paid for many different golden answers
- `fuzzy`: the share of golden answers found by similarity alone jumps
- `exploit`: paid responses have signs of the hacks that `rule-rm attack` tries
- `judge`: the judge overturns more or less than usual, or its votes agree less
- `recheck`: fewer of the paid responses are confirmed when another reward scores them again
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rule_rm.journal import shares
from rule_rm.journal.drift import Drift
from rule_rm.journal.parcels import CONFIRMED
from rule_rm.journal.rows import Row, component, components, picker
from rule_rm.journal.sounding import EVIDENCE, PAID, Alarm, Sound

PAUSE = 3600.0
"""Seconds before an alarm sounds again for the same thing."""
ENDING = 80
"""Characters at the end of a response that are compared where it has no extracted answer."""
ANSWERS = 4096
"""Answers that are remembered, those paid longest ago are forgotten first."""
REWARD = "the reward"
MOST_COMPONENTS = 200
UNLIKELY = 12.0
"""Expected changes before their absence counts: chance leaves all of them out once in 160,000 times."""
ACCURACY, FORMAT = ("accuracy", "acc"), "format"
"""Components that are suspect at any constant value, and at 0. Others, such as a penalty, a count or a flag,
may be 0 in all of an honest run."""
MOST_KINDS = 4096
"""Different sets of components, with the reward, that are remembered."""


_KIND = picker("reward_type", "components", "reward")
"""The kind of a row: its components and its reward. Rows have few of them."""


@dataclass(slots=True)
class _Component:
    kind: str
    """Its name, without that of its part of a mixture."""
    value: float
    most: float
    since: int = -1
    """Rollouts with this value, after the first."""
    changes: int = 0
    before: int = 0
    """Rollouts before the latest change."""
    questions: set[int] = field(default_factory=set)
    values: float = 0.0
    """The sum of the values over the changes; the next two are of the rewards, and of their products."""
    rewards: float = 0.0
    products: float = 0.0

    def is_suspect(self) -> bool:
        """Return True if a value that stays the same is a sign of a fault, not of learning or of chance."""
        if not self.changes:
            return self.kind in (REWARD, *ACCURACY) or (self.kind == FORMAT and self.value <= 0)
        is_learned = self.value >= self.most
        return not is_learned and self._is_wanted() and self.since * self.changes / self.before > UNLIKELY

    def _is_wanted(self) -> bool:
        """Return True if the rewards were higher where the value was: a flag for a fault is better at 0."""
        return self.products * self.changes > self.values * self.rewards

    def change(self, value: float, reward: float | None) -> None:
        """Take the next rollout, which has another value."""
        self.before += self.since + 1
        self.changes += 1
        self.value, self.since = value, 0
        if value > self.most:
            self.most = value
        self.questions.clear()
        if reward is not None:
            self.values += value
            self.rewards += reward
            self.products += value * reward


class _Constant:
    """Sounds for a reward or component that never varied, or fell to a constant. A learned one has risen."""

    def __init__(self, rollouts: float) -> None:
        self._rollouts = rollouts
        self._components: dict[tuple[str, str], _Component] = {}
        self._parts: dict[tuple[str, str, float | None], list[tuple[str, float, _Component]]] = {}
        """The components of the latest rollouts, of which few differ."""

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        known, least = self._parts, self._rollouts
        for place, (kind, row) in enumerate(zip(map(_KIND, rows), rows, strict=True)):
            parts = known.get(kind)
            if parts is None:
                parts = self._parts_of(row)
            for name, value, seen in parts:
                if value != seen.value:
                    seen.change(value, row.reward)
                    continue
                seen.since += 1
                questions = seen.questions
                if len(questions) < 64:
                    questions.add(row.question)
                if seen.since >= least and len(questions) >= 16 and seen.is_suspect():
                    seen.since = 0
                    yield Alarm(
                        "constant",
                        f"{row.reward_type} {name}",
                        f"{_called(name)} was {value:g} for the latest {least:.0f} rollouts",
                        _up_to(first + place),
                    )

    def _parts_of(self, row: Row) -> list[tuple[str, float, _Component]]:
        if len(self._parts) >= MOST_KINDS:
            self._parts.clear()
        found: list[tuple[str, float, _Component]] = []
        values = dict(components(row.components))
        if CONFIRMED in values:
            # Only paid responses are scored again, so they may all have the same verdict.
            values = {}
        elif row.reward is not None:
            values[REWARD] = row.reward
        for name, value in values.items():
            key = (row.reward_type, name)
            if key not in self._components and len(self._components) < MOST_COMPONENTS:
                self._components[key] = _Component(_kind(name, values), value, value)
            if key in self._components:
                found.append((name, value, self._components[key]))
        self._parts[row.reward_type, row.components, row.reward] = found
        return found


def _called(name: str) -> str:
    return name if name == REWARD else f"the component {name}"


def _kind(name: str, values: Mapping[str, float]) -> str:
    """Return the name of a component without that of its part of a mixture, which is a component too.

    >>> _kind("gsm8k_format", {"gsm8k": 1.0, "gsm8k_format": 1.0}), _kind("no_format", {"no_format": 1.0})
    ('format', 'no_format')
    """
    parts = (part for part in values if name.startswith(f"{part}_"))
    return name.removeprefix(f"{max(parts, key=len, default='')}_")


class _OneAnswer:
    """Sounds when one answer is paid for many different golden answers: it can be right for few of them."""

    def __init__(self, goldens: float) -> None:
        self._goldens = goldens
        self._answers: OrderedDict[tuple[str, str], dict[str, int]] = OrderedDict()

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        for place, row in enumerate(rows):
            if row.reward is not None and row.reward >= PAID and row.ground_truth and _is_right(row):
                yield from self._paid(row, row.ground_truth, first + place)

    def _paid(self, row: Row, golden: str, identity: int) -> Sound:
        if not (said := row.answer or (row.response or "")[-2 * ENDING :].strip()[-ENDING:]):
            return
        key = (row.reward_type, said[:200])
        paid = self._answers.pop(key, {})
        self._answers[key] = paid
        if len(self._answers) > ANSWERS:
            self._answers.popitem(last=False)
        # A golden answer that holds it, such as a whole solution, or that it holds, proves nothing.
        if said not in golden and (row.answer or golden not in said):
            paid.setdefault(golden[:200], identity)
        if len(paid) >= self._goldens:
            evidence = tuple(paid.values())[-EVIDENCE:]
            what = "answer" if row.answer else "end of a response"
            message = f"the {what} {said[-60:]!r} was paid for {len(paid)} different golden answers"
            paid.clear()
            yield Alarm("one-answer", f"{row.reward_type} {said[-60:]}", message, evidence)


def _is_right(row: Row) -> bool:
    """Return False if an answer was paid for its format alone."""
    accuracy = component(row.components, ACCURACY[0])
    return accuracy is None or accuracy >= PAID


class Detector(Protocol):
    """Looks for one kind of alarm."""

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        """Take the next rollouts, the first of which has this identity, and yield the alarms that sound."""


class Alarms:
    """The alarms that look at rollouts as they are written; used by one thread."""

    def __init__(self, bounds: Mapping[str, float], sound: Callable[[Alarm, float], object]) -> None:
        """Use `bounds` by kind, as in `settings.alarms`. `sound` gets an alarm and its time."""
        self._sound = sound
        self._sounded: dict[tuple[str, str], float] = {}
        makers: dict[str, Callable[[float], Detector]] = {
            "unscored": shares.unscored,
            "constant": _Constant,
            "drift": Drift,
            "one-answer": _OneAnswer,
            "fuzzy": shares.fuzzy,
            "exploit": shares.Exploits,
            "judge": shares.Judge,
            "recheck": shares.recheck,
        }
        self._detectors = [makers[kind](bound) for kind, bound in bounds.items()]

    def watch(self, rows: Sequence[Row], first: int) -> None:
        """Look at rollouts that were written together; `first` is the identity of the first."""
        if not rows:
            return
        time = rows[-1].time
        for detector in self._detectors:
            for alarm in detector.look(rows, first):
                key = (alarm.kind, alarm.subject)
                if time - self._sounded.get(key, -math.inf) >= PAUSE:
                    self._sounded[key] = time
                    self._sound(alarm, time)


def _up_to(identity: int) -> tuple[int, ...]:
    """Return the identities of the latest rollouts."""
    return tuple(range(max(1, identity - EVIDENCE + 1), identity + 1))
