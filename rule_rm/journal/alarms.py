"""Alarms: signs that a reward is broken, or that a policy has found a hole in it.

Each compares the latest rollouts with the first ones, or with a bound, and names the rollouts that made it
sound. The bounds are wide: an alarm that sounds in honest runs is ignored when it matters.

- `unscored`: the share of unscored rollouts jumps
- `constant`: a component has never varied, or has fallen to a constant
- `drift`: the reward rises while paid responses become far longer, far shorter, or repetitive
- `one-answer`: one answer, or one end of a response, is paid for many different golden answers
- `fuzzy`: the share of golden answers found by similarity alone jumps
- `exploit`: paid responses have signs of the hacks that `rule-rm attack` tries
- `judge`: the judge overturns more or less than usual, or its votes agree less
- `recheck`: fewer of the paid responses are confirmed when another reward scores them again
"""

from __future__ import annotations

import math
import zlib
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rule_rm.journal import shares
from rule_rm.journal.rows import Row, components
from rule_rm.journal.sounding import EVIDENCE, PAID, Alarm, Sound

PAUSE = 3600.0
"""Seconds before an alarm sounds again for the same thing."""
DRIFT = 2048
"""Paid responses at the beginning, and the latest, that are compared."""
TIMES = 4.0
"""The factor by which responses must have become longer, shorter or more repetitive."""
ENDING = 80
"""Characters at the end of a response that are compared where it has no extracted answer."""
ANSWERS = 4096
"""Answers that are remembered, those paid longest ago are forgotten first."""
MOST_COMPONENTS = 200
UNLIKELY = 12.0
"""Expected changes before their absence counts: chance leaves all of them out once in 160,000 times."""
ACCURACY = ("accuracy", "acc")
"""Components that are suspect at any constant value."""
_REPETITION_EVERY = 32


@dataclass(slots=True)
class _Component:
    value: float
    since: int = 0
    most: float = -math.inf
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


class _Constant:
    """Sounds for a component that never varied, or fell to a constant. A learned one has risen."""

    def __init__(self, rollouts: float) -> None:
        self._rollouts = rollouts
        self._components: dict[tuple[str, str], _Component] = {}

    def look(self, row: Row, identity: int) -> Sound:
        if row.components == "{}":
            return
        for name, value in components(row.components).items():
            key = (row.reward_type, name)
            seen = self._components.get(key)
            if seen is None:
                if len(self._components) < MOST_COMPONENTS:
                    self._components[key] = _Component(value, most=value)
                continue
            seen.most = max(seen.most, value)
            if value != seen.value:
                seen.before += seen.since + 1
                seen.changes += 1
                seen.value, seen.since = value, 0
                seen.questions.clear()
                continue
            seen.since += 1
            if len(seen.questions) < 64:
                seen.questions.add(row.question)
            is_long = seen.since >= self._rollouts and len(seen.questions) >= 16
            if is_long and seen.is_suspect(name):
                seen.since = 0
                yield Alarm(
                    "constant",
                    f"{row.reward_type} {name}",
                    f"the component {name} was {value:g} for the latest {self._rollouts:.0f} rollouts",
                    tuple(range(max(1, identity - EVIDENCE + 1), identity + 1)),
                )


class _Drift:
    """Sounds when the reward rises while paid responses become something else."""

    def __init__(self, rise: float) -> None:
        self._rise = rise
        self._first: dict[str, list[tuple[float, float, float]]] = {}
        self._latest: dict[str, deque[tuple[float, float, float]]] = {}
        self._repetition: dict[str, float] = {}
        self._count = 0

    def look(self, row: Row, identity: int) -> Sound:
        if row.reward is None:
            return
        self._count += 1
        is_paid = row.reward >= PAID
        if self._count % _REPETITION_EVERY == 0 and row.response:
            data = row.response[-4000:].encode()
            self._repetition[row.reward_type] = len(data) / len(zlib.compress(data, 1))
        measured = (row.reward, row.length if is_paid else -1.0, self._repetition.get(row.reward_type, 1.0))
        first = self._first.setdefault(row.reward_type, [])
        if len(first) < DRIFT:
            first.append(measured)
            return
        latest = self._latest.setdefault(row.reward_type, deque(maxlen=DRIFT))
        latest.append(measured)
        if len(latest) < DRIFT or self._count % 256:
            return
        rise = _mean([one[0] for one in latest]) - _mean([one[0] for one in first])
        if rise < self._rise:
            return
        lengths = (
            _mean([one[1] for one in latest if one[1] >= 0]),
            _mean([one[1] for one in first if one[1] >= 0]),
        )
        repetitions = _mean([one[2] for one in latest]), _mean([one[2] for one in first])
        for what, (now, before) in (("length", lengths), ("repetition", repetitions)):
            is_shorter = what == "length" and now * TIMES < before
            if before > 0 and (now > TIMES * before or is_shorter):
                yield Alarm(
                    "drift",
                    f"{row.reward_type} {what}",
                    f"the reward rose by {rise:.2f}, and the {what} of responses went from {before:.3g} "
                    f"to {now:.3g}",
                    tuple(range(max(1, identity - EVIDENCE + 1), identity + 1)),
                )


class _OneAnswer:
    """Sounds when one answer is paid for many different golden answers: it can be right for few of them."""

    def __init__(self, goldens: float) -> None:
        self._goldens = goldens
        self._answers: OrderedDict[tuple[str, str], dict[str, int]] = OrderedDict()

    def look(self, row: Row, identity: int) -> Sound:
        if row.reward is None or row.reward < PAID or not row.ground_truth:
            return
        if not (said := row.answer or (row.response or "").strip()[-ENDING:]):
            return
        key = (row.reward_type, said[:200])
        paid = self._answers.pop(key, {})
        self._answers[key] = paid
        if len(self._answers) > ANSWERS:
            self._answers.popitem(last=False)
        # A golden answer that holds it, such as a whole solution, or that it holds, proves nothing.
        if said not in row.ground_truth and (row.answer or row.ground_truth not in said):
            paid.setdefault(row.ground_truth[:200], identity)
        if len(paid) >= self._goldens:
            evidence = tuple(paid.values())[-EVIDENCE:]
            what = "answer" if row.answer else "end of a response"
            message = f"the {what} {said[-60:]!r} was paid for {len(paid)} different golden answers"
            paid.clear()
            yield Alarm("one-answer", f"{row.reward_type} {said[-60:]}", message, evidence)


class Detector(Protocol):
    """Looks for one kind of alarm."""

    def look(self, row: Row, identity: int) -> Sound:
        """Take the next rollout, and yield the alarms that it makes sound."""


class Alarms:
    """The alarms that look at rollouts as they are written; used by one thread."""

    def __init__(self, bounds: Mapping[str, float], sound: Callable[[Alarm, float], object]) -> None:
        """Use `bounds` by kind, as in `settings.alarms`. `sound` gets an alarm and its time."""
        self._sound = sound
        self._sounded: dict[tuple[str, str], float] = {}
        makers: dict[str, Callable[[float], Detector]] = {
            "unscored": shares.unscored,
            "constant": _Constant,
            "drift": _Drift,
            "one-answer": _OneAnswer,
            "fuzzy": shares.fuzzy,
            "exploit": shares.Exploits,
            "judge": shares.Judge,
            "recheck": shares.recheck,
        }
        self._detectors = [makers[kind](bound) for kind, bound in bounds.items()]

    def watch(self, rows: Sequence[Row], first: int) -> None:
        """Look at the rollouts of a request; `first` is the identity of the first."""
        for place, row in enumerate(rows):
            for detector in self._detectors:
                for alarm in detector.look(row, first + place):
                    key = (alarm.kind, alarm.subject)
                    if row.time - self._sounded.get(key, -math.inf) >= PAUSE:
                        self._sounded[key] = row.time
                        self._sound(alarm, row.time)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
