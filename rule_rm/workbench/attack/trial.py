"""One attack from beginning to end: the rows, their rewards, every family, and the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rule_rm.golden.load import fault_of
from rule_rm.settings import Settings
from rule_rm.types import Rollout
from rule_rm.workbench.attack import families
from rule_rm.workbench.attack.attack import Baseline, Outcome, Worth, baseline_of, run
from rule_rm.workbench.attack.blind import BUDGET, Earn, Exploitability, search
from rule_rm.workbench.attack.paid_constants import worst_constant
from rule_rm.workbench.attack.report import Report
from rule_rm.workbench.attack.samples import samples_of
from rule_rm.workbench.attack.targets import Row, Targets, targets_of
from rule_rm.workbench.forms import FORMS
from rule_rm.workbench.right_answers import Kind
from rule_rm.workbench.rows import DataRow, data_row, read_rows, sampled
from rule_rm.workbench.single_scores import SingleScorer

MATH_VERIFY = "math_verify_alone"
"""The reward type of the file of that name, which is loaded as a reward file."""
_PEER_BUDGET = 500
"""Responses for the search against math-verify, which is slow."""
ROWS = 50
"""Rows of a dataset that are attacked, unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of an attack."""

    rows: int = ROWS
    families: tuple[str, ...] = ()
    family_files: tuple[str, ...] = ()
    right_key: str | None = None
    """The column of a right response; None: right answers are made from the ground truths."""
    budget: int = BUDGET
    """Responses that the search may score; 0 for no search."""
    seed: int = 0


def attack(settings: Settings, plan: Plan, told: Callable[[str], object] = lambda _: None) -> Report:
    """Return the findings of an attack on the reward of the settings; `told` gets a line for each step.

    Raises ConfigurationError if the reward can't be started, or has no row to be attacked on.
    """
    chosen = families.chosen(families.load(plan.family_files), plan.families)
    rows, source = _rows(settings, plan)
    peer_file = str(Path(__file__).with_name("math_verify_alone.py"))
    with SingleScorer(
        replace(settings, reward_file=(*settings.reward_file, peer_file), dataset=None)
    ) as scorer:
        told("finding the form of a right answer")
        targets = targets_of(rows, scorer.score)
        baseline = baseline_of(targets, scorer.score)
        outcomes: list[Outcome] = []
        for outcome in run(targets, baseline, chosen, scorer.score):
            told(f"{outcome.family.name}: {outcome.tried} tried, {outcome.failed} failed")
            outcomes.append(outcome)
        found = peer = constant = None
        if plan.budget:
            told("searching for a policy that sees no answer")
            found = _searched(targets, baseline, scorer, settings.reward_type, plan)
            if found is not None:
                constant = worst_constant(found.constants, targets, baseline, scorer.score)
            peer = _against_math_verify(targets, scorer, plan)
    return Report(settings.reward_type, source, targets, baseline, outcomes, found, constant, peer)


def _rows(settings: Settings, plan: Plan) -> tuple[list[Row], str]:
    if settings.dataset is None:
        samples = enumerate(samples_of(settings.reward_type), start=1)
        rows = [
            Row(
                f"built-in row {number}",
                Rollout(sample["prompt"], "", sample["ground_truth"], extra_info=sample),
                None,
                sample,
            )
            for number, sample in samples
        ]
        return rows, "the built-in examples"
    good = [
        data_row(place, columns, settings)
        for place, columns in read_rows(settings)
        if fault_of(columns, settings.question_key, settings.answer_key) is None
    ]
    chosen = sampled(good, plan.rows, plan.seed)
    return [_row(one, plan.right_key) for one in chosen], settings.dataset


def _row(one: DataRow, right_key: str | None) -> Row:
    right = one.columns.get(right_key) if right_key is not None else None
    rollout = Rollout(one.prompt, "", one.ground_truth, one.data_source, one.extra_info)
    return Row(one.place, rollout, right if isinstance(right, str) else None, one.columns)


def _earner(targets: Targets, scorer: SingleScorer, reward_type: str, worths: dict[int, Worth]) -> Earn:
    places = list(worths)

    def earn(said: Sequence[tuple[int, str]]) -> list[float]:
        rollouts = [
            replace(targets.targets[places[row]].rollout, response=response) for row, response in said
        ]
        scores = scorer.score(rollouts, reward_type)
        return [worths[places[row]].earned(score) for (row, _), score in zip(said, scores, strict=True)]

    return earn


def _searched(
    targets: Targets, baseline: Baseline, scorer: SingleScorer, reward_type: str, plan: Plan
) -> Exploitability | None:
    worths = dict(baseline.worths)
    if not worths:
        return None
    attacked = [targets.targets[place] for place in worths]
    (kind, own), *_ = targets.forms.items()
    forms = (own, *(form for form in FORMS[kind] if form != own))
    earn = _earner(targets, scorer, reward_type, worths)
    prompts, answers = [one.prompt for one in attacked], [one.right for one in attacked]
    return search(prompts, answers, earn, forms, budget=plan.budget, seed=plan.seed)


def _is_mathematics(targets: Targets) -> bool:
    """Return True if most golden answers are texts with a digit or a TeX command."""
    own = [one.right for one in targets.targets if not isinstance(one.rollout.ground_truth, (dict, list))]
    return 2 * sum(any(c.isdigit() or c == "\\" for c in text) for text in own) > len(targets.targets)


def _against_math_verify(targets: Targets, scorer: SingleScorer, plan: Plan) -> Exploitability | None:
    """Return the same search against math-verify, if it pays for right answers of these rows."""
    (kind, _), *_ = targets.forms.items()
    if kind is not Kind.TEXT or not _is_mathematics(targets) or MATH_VERIFY not in scorer.engine.rewards:
        return None
    form = FORMS[kind][0]
    said = [
        replace(one.rollout, ground_truth=one.right, response=form.say(one.right)) for one in targets.targets
    ]
    scores = scorer.score(said, MATH_VERIFY)
    places = [place for place, score in enumerate(scores) if score.reward == 1.0]
    if 2 * len(places) < len(said):
        return None
    plain = replace(
        targets,
        targets=[
            replace(one, form=form, rollout=replace(one.rollout, ground_truth=one.right))
            for one in targets.targets
        ],
        forms={kind: form},
    )
    plan = replace(plan, budget=min(plan.budget, _PEER_BUDGET))
    baseline = Baseline({place: Worth(1.0, 0.0) for place in places}, [], [], [], 1.0)
    return _searched(plain, baseline, scorer, MATH_VERIFY, plan)
