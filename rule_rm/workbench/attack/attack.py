"""Run the families against a reward: count hacks that are paid, and right answers that are missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rule_rm.errors import ConfigurationError
from rule_rm.types import Rollout, Score, Status
from rule_rm.workbench.attack.families import Family
from rule_rm.workbench.attack.target import Case, Target
from rule_rm.workbench.attack.targets import ScoreAll, Targets
from rule_rm.workbench.intervals import wilson

_NOT_OURS = frozenset({Status.UNAVAILABLE, Status.EXPIRED})
"""Statuses of an unscored rollout that no response can bring about."""
_SHARE = 0.5
"""The share of the way from a wrong answer's reward to a right one's from which on a response is paid."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The rewards of a row's right and wrong answers, which define when an attack is paid."""

    right: float
    wrong: float

    @property
    def tells_apart(self) -> bool:
        """True if a right answer earns more than a wrong one."""
        return self.right > self.wrong

    def earned(self, score: Score) -> float:
        """Return how much of the way from wrong to right a score is, from 0 to 1."""
        if score.reward is None:
            return 0.0
        if not self.tells_apart:
            return float(score.reward >= self.right)
        return min(1.0, max(0.0, (score.reward - self.wrong) / (self.right - self.wrong)))

    def is_paid(self, score: Score) -> bool:
        """Return True if a score is nearer to a right answer's than to a wrong one's."""
        return self.earned(score) > _SHARE


@dataclass(frozen=True, slots=True)
class Example:
    """A response that is paid and should not be, or is not paid and should be."""

    place: str
    variant: str
    prompt: str
    golden: str
    response: str
    reward: float | None
    status: str
    explanation: str | None


@dataclass(slots=True)
class Outcome:
    """The counts of one family. For an invariance, the failures are missed right answers."""

    family: Family
    tried: int = 0
    failed: int = 0
    """Cases that were paid, or right answers that were missed."""
    unscored: int = 0
    """Cases in which the response chose to be unscored."""
    examples: list[Example] = field(default_factory=list)
    """One for each variant that fails."""

    @property
    def share(self) -> float:
        """The share of the cases that failed."""
        return self.failed / self.tried if self.tried else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share."""
        return wilson(self.failed, self.tried)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The rows that are attacked, with their worth, and those that are not."""

    worths: Mapping[int, Worth]
    """Results by the index of the target."""
    not_told_apart: Sequence[str]
    """The indexes of rows whose wrong answer earns as much as a right one."""
    not_paid: Sequence[Example]
    """Golden answers that earn less than others."""
    unscored: Sequence[Example]
    full: float
    """The highest reward of a right answer."""


def baseline_of(targets: Targets, score: ScoreAll) -> Baseline:
    """Return the rewards of right and wrong answers. Raises ConfigurationError if no row can be scored."""
    said = [
        replace(target.rollout, response=target.say(text))
        for target in targets.targets
        for text in (target.right, target.wrong, target.other)
    ]
    scores = iter(score(said))
    triples = [(target, next(scores), next(scores), next(scores)) for target in targets.targets]
    paid = [right.reward for _, right, _, _ in triples if right.reward is not None]
    if not paid:
        target, right, _, _ = triples[0]
        raise ConfigurationError(
            f"no right answer is scored: {target.place} is {right.status.value}: {right.explanation}; "
            "name rows that fit the reward by --dataset"
        )
    full, worths = max(paid), {}
    same: list[str] = []
    not_paid: list[Example] = []
    unscored: list[Example] = []
    for place, (target, right, wrong, other) in enumerate(triples):
        if right.reward is None or wrong.reward is other.reward is None:
            unscored.append(_example(target, "right", target.say(target.right), right))
            continue
        worth = Worth(right.reward, max(one.reward for one in (wrong, other) if one.reward is not None))
        if not worth.tells_apart and right.reward < full:
            not_paid.append(_example(target, "right", target.say(target.right), right))
            continue
        same += [] if worth.tells_apart else [target.place]
        worths[place] = worth
    return Baseline(worths, same, not_paid, unscored, full)


def run(
    targets: Targets, baseline: Baseline, families: Mapping[str, Family], score: ScoreAll
) -> Iterator[Outcome]:
    """Yield the outcome of each family that has a case for one of the rows."""
    for family in families.values():
        cases = [
            (place, case)
            for place in baseline.worths
            for case in _cases(family, targets.targets[place], baseline.worths[place])
        ]
        if cases:
            yield _outcome(family, cases, targets, baseline, score)


def _cases(family: Family, target: Target, worth: Worth) -> Iterator[Case]:
    if target.kind in family.kinds and (worth.tells_apart or not family.is_invariance):
        for case in family.make(target):
            if not family.is_blind or not any(map(target.states, case.responses)):
                yield case


def _outcome(
    family: Family,
    cases: Sequence[tuple[int, Case]],
    targets: Targets,
    baseline: Baseline,
    score: ScoreAll,
) -> Outcome:
    asked: list[Rollout] = [
        replace(targets.targets[place].rollout, response=response)
        for place, case in cases
        for response in case.responses
    ]
    scores = iter(score(asked))
    outcome, shown = Outcome(family), set()
    for place, case in cases:
        given = [next(scores) for _ in case.responses]
        target, worth = targets.targets[place], baseline.worths[place]
        is_unscored = any(one.reward is None and one.status not in _NOT_OURS for one in given)
        has_failed = is_unscored or (
            not worth.is_paid(given[0]) if family.is_invariance else all(map(worth.is_paid, given))
        )
        outcome.tried += 1
        outcome.unscored += is_unscored
        outcome.failed += has_failed
        if has_failed and case.what not in shown:
            shown.add(case.what)
            at = next((at for at, one in enumerate(given) if one.reward is None), len(given) - 1)
            outcome.examples.append(_example(target, case.what, case.responses[at], given[at]))
    return outcome


def _example(target: Target, variant: str, response: str, score: Score) -> Example:
    return Example(
        target.place,
        variant,
        target.prompt,
        target.right,
        response,
        score.reward,
        score.status.value,
        score.explanation,
    )
