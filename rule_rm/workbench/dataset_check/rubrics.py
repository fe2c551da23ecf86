"""Rubrics and references of a judge: rows that its template can't ask about, found without asking it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rule_rm.engine.served import load_rewards
from rule_rm.judge.options import JudgeOptions
from rule_rm.judge.prompting.case import Reading
from rule_rm.judge.prompting.criteria import Criterion, found_criteria
from rule_rm.judge.prompting.declaration import Kind
from rule_rm.judge.prompting.templates import JudgeTemplate, load
from rule_rm.settings import Settings
from rule_rm.types import Rollout, Score
from rule_rm.workbench.dataset_check.findings import Finding, Numbered

JUDGE = "llm_judge"
NOT_ASKED = "the judge was not asked, as no --judge-url is named; rows were checked by its template alone"
_RESPONSE = "A response of a few words."


def is_without_judge(settings: Settings) -> bool:
    """Return True if a judge is to score and none is named."""
    is_alone = settings.reward_type == JUDGE and settings.reward_config is None
    return is_alone and not _options(settings).judge_url


def unasked(rows: Sequence[Numbered], settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each row about which the template can't ask.

    Raises ConfigurationError if the template or its criteria can't be read.
    """
    options = _options(settings)
    template = load(options.judge_template)
    reading = _reading(template, options)
    for numbered in rows:
        row = numbered.row
        read = reading.read(Rollout(row.prompt, _RESPONSE, row.ground_truth, row.data_source, row.extra_info))
        if isinstance(read, Score) and read.reward is None:
            yield Finding(numbered.index, "unreadable", read.explanation or read.status.value)


def repeated(rows: Sequence[Numbered], settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each rubric that has a criterion twice, or for and against."""
    if settings.reward_type != JUDGE or settings.reward_config is not None:
        return
    if load(_options(settings).judge_template).declared.kind is not Kind.CRITERIA:
        return
    for numbered in rows:
        try:
            criteria = found_criteria(numbered.row.ground_truth, numbered.row.extra_info)
        except ValueError:
            continue
        yield from _in_rubric(numbered.index, criteria)


def _in_rubric(index: int, criteria: Sequence[Criterion]) -> Iterator[Finding]:
    seen: dict[str, tuple[int, float]] = {}
    for number, one in enumerate(criteria, start=1):
        key = " ".join(one.text.casefold().split()).rstrip(".")
        first, weight = seen.setdefault(key, (number, one.weight))
        if first == number:
            continue
        if weight * one.weight < 0:
            yield Finding(index, "contradiction", f"criteria {first} and {number} are one, for and against")
        else:
            yield Finding(index, "repeated", f"criteria {first} and {number} are one, which counts twice")


def _reading(template: JudgeTemplate, options: JudgeOptions) -> Reading:
    from rule_rm.rewards.llm_judge import criteria_of

    declared = template.declared
    own = criteria_of(options.criteria, template) if options.criteria else declared.criteria
    return Reading(declared, template.uses, options.max_chars, options.vision, own)


def _options(settings: Settings) -> JudgeOptions:
    """Return the options of the judge, from the settings and from `--reward-option`."""
    return JudgeOptions(**load_rewards(settings, None)[JUDGE].options)
