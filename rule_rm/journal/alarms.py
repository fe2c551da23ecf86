"""Alarms: signs that a reward is broken, or that a policy has found a hole in it.

Each compares the latest rollouts with the first ones, or with a bound, and names the rollouts that made it
sound. The bounds are wide: an alarm that sounds in honest runs is ignored when it matters.

- `unscored`: the share of unscored rollouts jumps
- `constant`: a component has never varied, or has fallen to a constant
- `drift`: the reward rises while responses become far longer, shorter, repetitive, or foreign to the prompts
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
from rule_rm.journal.rows import Row, components
from rule_rm.journal.sounding import EVIDENCE, PAID, Alarm, Sound

PAUSE = 3600.0
"""Seconds before an alarm sounds again for the same thing."""
ENDING = 80
"""Characters at the end of a response that are compared where it has no extracted answer."""
ANSWERS = 4096
"""Answers that are remembered, those paid longest ago are forgotten first."""
MOST_COMPONENTS = 200
UNLIKELY = 12.0
"""Expected changes before their absence counts: chance leaves all of them out once in 160,000 times."""
ACCURACY = ("accuracy", "acc")
"""Components that are suspect at any constant value."""
MOST_KINDS = 4096
"""Different sets of components that are remembered."""


@dataclass(slots=True)
class _Component:
    value: float
    most: float
    since: int = -1
    """Rollouts with this value, after the first."""
    changes: int = 0
    before: int = 0
    """Rollouts before the latest change."""
    questions: set[int] = field(default_factory=set)

    def is_suspect(self, name: str) -> bool:
        """Return True if a value that stays the same is a sign of a fault, not of learning or of chance."""
        if not self.changes:
            # A constant such as a number of tests is none. A rule that never paid may be broken.
            return self.value <= 0 or name in ACCURACY
        is_learned = self.value >= self.most
        return not is_learned and self.since * self.changes / self.before > UNLIKELY

    def change(self, value: float) -> None:
        """Take the next rollout, which has another value."""
        self.before += self.since + 1
        self.changes += 1
        self.value, self.since, self.most = value, 0, max(self.most, value)
        self.questions.clear()


class _Constant:
    """Sounds for a component that never varied, or fell to a constant. A learned one has risen."""

    def __init__(self, rollouts: float) -> None:
        self._rollouts = rollouts
        self._components: dict[tuple[str, str], _Component] = {}
        self._parts: dict[tuple[str, str], list[tuple[str, float, _Component]]] = {}
        """The components of the latest rollouts, of which few differ."""

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        known, least = self._parts, self._rollouts
        for place, row in enumerate(rows):
            parts = known.get((row.reward_type, row.components))
            if parts is None:
                parts = self._parts_of(row)
            for name, value, seen in parts:
                if value != seen.value:
                    seen.change(value)
                    continue
                seen.since += 1
                questions = seen.questions
                if len(questions) < 64:
                    questions.add(row.question)
                if seen.since >= least and len(questions) >= 16 and seen.is_suspect(name):
                    seen.since = 0
                    yield Alarm(
                        "constant",
                        f"{row.reward_type} {name}",
                        f"the component {name} was {value:g} for the latest {least:.0f} rollouts",
                        _up_to(first + place),
                    )

    def _parts_of(self, row: Row) -> list[tuple[str, float, _Component]]:
        if len(self._parts) >= MOST_KINDS:
            self._parts.clear()
        found: list[tuple[str, float, _Component]] = []
        for name, value in components(row.components).items():
            key = (row.reward_type, name)
            if key not in self._components and len(self._components) < MOST_COMPONENTS:
                self._components[key] = _Component(value, value)
            if key in self._components:
                found.append((name, value, self._components[key]))
        self._parts[row.reward_type, row.components] = found
        return found


class _OneAnswer:
    """Sounds when one answer is paid for many different golden answers: it can be right for few of them."""

    def __init__(self, goldens: float) -> None:
        self._goldens = goldens
        self._answers: OrderedDict[tuple[str, str], dict[str, int]] = OrderedDict()

    def look(self, rows: Sequence[Row], first: int) -> Sound:
        for place, row in enumerate(rows):
            if row.reward is not None and row.reward >= PAID and row.ground_truth:
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
