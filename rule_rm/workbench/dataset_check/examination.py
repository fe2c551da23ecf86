"""All checks on all rows of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rule_rm.engine import Engine
from rule_rm.errors import ConfigurationError
from rule_rm.golden.rows import Unreadable
from rule_rm.math.compare import compare
from rule_rm.settings import Settings
from rule_rm.workbench.dataset_check import (
    contradictions,
    impossible,
    math_goldens,
    offers,
    programs,
    repeats,
    row_faults,
    rubrics,
)
from rule_rm.workbench.dataset_check.circumstances import alike_but_beside, ambiguities, circumstances
from rule_rm.workbench.dataset_check.earnings import earnings
from rule_rm.workbench.dataset_check.findings import Finding, Numbered, RawRow
from rule_rm.workbench.rows import read_rows

CODE = "code_tests"
"""The reward type whose rows are programs: their tests are run on the reference solution."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The rows of a dataset and all findings on them, in their order."""

    rows: Sequence[RawRow]
    findings: Sequence[Finding]
    readable: dict[int, Numbered]
    notes: Sequence[str] = ()
    """Sentences on what could not be checked."""

    @property
    def faults(self) -> int:
        """The number of findings after which a row can't be used."""
        return sum(finding.is_fault for finding in self.findings)


def examine(settings: Settings, slow: float, engine: Engine | None = None) -> Examination:
    """Return the findings on a dataset for the reward of the settings.

    An engine is started for it, unless one is given that has the reward with these settings.

    Raises ConfigurationError if there is no dataset or the reward can't be started.
    """
    if settings.dataset is None:
        raise ConfigurationError("there is nothing to check; name a --dataset")
    raws = [RawRow(place, columns) for place, columns in read_rows(settings)]
    found: list[Finding] = []
    readable: dict[int, Numbered] = {}
    for index, raw in enumerate(raws):
        faults = list(row_faults.faults(raw, index, settings))
        found += faults
        if not faults:
            readable[index] = row_faults.readable(raw, index, settings)
    rows = list(readable.values())
    for numbered in rows:
        found += row_faults.doubts(numbered, settings)
    same = _same_answers(settings)
    asked = {one.index: circumstances(one, settings.question_key) for one in rows}
    found += repeats.repeats(rows, same, asked)
    found += repeats.near_duplicates(rows, same, asked)
    only_beside = alike_but_beside(rows, asked)
    uncertain = {finding.index for finding in found if finding.kind == "conflict"}
    uncertain |= {one.index for _, *others in only_beside for one in others}
    certain = [numbered for numbered in rows if numbered.index not in uncertain]
    found += repeats.lookups(certain, same, settings.fuzzy_threshold)
    found += offers.offers(_sound(rows, found), settings)
    found += contradictions.contradictions(_sound(rows, found), settings)
    found += impossible.impossible(_sound(rows, found), settings)
    found += rubrics.repeated(_sound(rows, found), settings)
    found += _by_reward(rows, found, settings, slow, engine)
    notes = [rubrics.NOT_ASKED] if rubrics.is_without_judge(settings) else []
    notes += ambiguities(only_beside, same)
    return Examination(raws, sorted(_once(found), key=lambda one: one.index), readable, notes)


def _same_answers(settings: Settings) -> repeats.Same:
    is_math = settings.reward_type in math_goldens.REWARDS

    def same(left: Any, right: Any) -> bool:
        if left == right or str(left).strip() == str(right).strip():
            return True
        return (
            is_math and len(str(left)) + len(str(right)) < 200 and bool(compare(str(left), str(right)).equal)
        )

    return same


def _by_reward(
    rows: Sequence[Numbered],
    found: Sequence[Finding],
    settings: Settings,
    slow: float,
    engine: Engine | None,
) -> Iterator[Finding]:
    """Yield the findings that depend on the reward, on rows that have no fault yet."""
    if settings.reward_type == CODE and settings.reward_config is None:
        yield from programs.programs(_sound(rows, found), settings)
        return
    if rubrics.is_without_judge(settings):
        yield from rubrics.unasked(_sound(rows, found), settings)
        return
    if settings.reward_type in math_goldens.REWARDS:
        read = list(math_goldens.math_goldens(_sound(rows, found), slow, settings.rollout_timeout))
        yield from read
        found = [*found, *read]
    yield from earnings(_sound(rows, found), replace(settings, dataset=None), slow, engine)


def _sound(rows: Sequence[Numbered], found: Iterable[Finding]) -> list[Numbered]:
    faulty = {finding.index for finding in found if finding.is_fault and finding.kind != "conflict"}
    return [numbered for numbered in rows if numbered.index not in faulty]


def _once(findings: Iterable[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))


def unreadable(raw: RawRow) -> bool:
    """Return True if the row is not an object."""
    return isinstance(raw.columns, Unreadable) or not isinstance(raw.columns, dict)
