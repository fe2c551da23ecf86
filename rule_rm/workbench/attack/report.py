"""The result of an attack, as text for a person and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rule_rm.workbench.attack.attack import Baseline, Example, Outcome
from rule_rm.workbench.attack.blind import Exploitability
from rule_rm.workbench.attack.paid_constants import PaidConstant
from rule_rm.workbench.attack.targets import Targets

_SHOWN = 160
"""Characters of a response that are printed."""
_EXAMPLES = 3
"""Examples of a family that are printed."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that an attack found."""

    reward_type: str
    source: str
    """The dataset, or the built-in rows."""
    targets: Targets
    baseline: Baseline
    outcomes: Sequence[Outcome]
    exploitability: Exploitability | None
    constant: PaidConstant | None
    """The constant response that is paid most beyond what equal golden answers explain."""
    peer: Exploitability | None
    """The same search against math-verify; None where it can't read the answers."""

    @property
    def hacks(self) -> list[Outcome]:
        """The outcomes of the families that must earn nothing."""
        return [one for one in self.outcomes if not one.family.is_invariance]

    @property
    def invariances(self) -> list[Outcome]:
        """The outcomes of the families that must earn as much as a right answer."""
        return [one for one in self.outcomes if one.family.is_invariance]

    def failures(
        self, max_paid: float, max_missed: float, max_exploitability: float, max_constant: float
    ) -> list[str]:
        """Return a line for each threshold that is passed."""
        lines = []
        if self.baseline.not_told_apart:
            number = len(self.baseline.not_told_apart)
            lines.append(f"a wrong answer earns as much as the right one in {number} rows")
        for outcome in self.outcomes:
            most = max_missed if outcome.family.is_invariance else max_paid
            what = "misses" if outcome.family.is_invariance else "pays or can't score"
            if outcome.share > most:
                lines.append(f"{outcome.family.name}: {what} {outcome.share:.1%} of {outcome.tried}")
        constant = self.constant
        if constant is not None and constant.unexplained > max_constant:
            share, equal = constant.paid / constant.rows, constant.explained / constant.rows
            lines.append(
                f"one response is paid in {share:.1%} of {constant.rows} rows, of which equal golden answers "
                f"explain {equal:.1%}: {_cut(constant.response)}"
            )
        found = self.exploitability
        if found is not None and found.exploitability > max_exploitability and found.interval[0] > 0:
            lines.append(f"exploitability is {found.exploitability:.1%}: {found.policy}")
        return lines

    def as_json(self) -> dict[str, Any]:
        """Return the result in values of JSON."""
        return {
            "reward_type": self.reward_type,
            "source": self.source,
            "rows": len(self.targets.targets),
            "rows_attacked": len(self.baseline.worths),
            "rows_without_answer": list(self.targets.without_answer),
            "rows_not_told_apart": list(self.baseline.not_told_apart),
            "golden_answers_not_paid": [asdict(one) for one in self.baseline.not_paid],
            "rows_unscored": [asdict(one) for one in self.baseline.unscored],
            "forms": {kind.value: form.name for kind, form in self.targets.forms.items()},
            "right": self.baseline.full,
            "wrong": max((worth.wrong for worth in self.baseline.worths.values()), default=None),
            "hacks": {one.family.name: _counts(one, "paid") for one in self.hacks},
            "invariances": {one.family.name: _counts(one, "missed") for one in self.invariances},
            "exploitability": _search(self.exploitability),
            "paid_constant": None
            if self.constant is None
            else {"unexplained": self.constant.unexplained, **asdict(self.constant)},
            "exploitability_of_math_verify": _search(self.peer),
        }

    def lines(self) -> Iterator[str]:
        """Yield the result, line by line."""
        yield f"{self.reward_type}, attacked on {len(self.baseline.worths)} rows of {self.source}"
        for kind, form in self.targets.forms.items():
            yield f"  form of a right answer ({kind.value}): {form.say('…')!r}"
        wrong = max((worth.wrong for worth in self.baseline.worths.values()), default=0.0)
        yield f"  a right answer earns up to {self.baseline.full:g}, a wrong one in that form up to {wrong:g}"
        yield from self._left_out()
        for title, word, outcomes in (
            ("hacks, which must earn nothing", "paid", self.hacks),
            ("right answers in other words, which must earn the same", "missed", self.invariances),
        ):
            if outcomes:
                yield ""
                yield from _table(title, word, outcomes)
        if self.constant is not None:
            yield ""
            yield from _constant(self.constant)
        yield from _searches({self.reward_type: self.exploitability, "math-verify": self.peer})

    def _left_out(self) -> Iterator[str]:
        without, same = self.targets.without_answer, self.baseline.not_told_apart
        if without:
            yield f"  left out: {_rows(len(without))} without a right answer, such as {without[0]}"
        if same:
            yield f"  in {_rows(len(same))} a wrong answer earns as much as the right one, such as {same[0]}"
        for what, examples in (
            ("for whose golden answer the reward does not pay", self.baseline.not_paid),
            ("whose golden answer is unscored", self.baseline.unscored),
        ):
            if examples:
                first = examples[0]
                why = first.explanation or first.status
                yield f"  left out: {_rows(len(examples))} {what}, such as {first.place}: {why}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _table(title: str, word: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield f"{title:<55} tried {word:>7}  share   95 % interval"
    for one in outcomes:
        low, high = one.interval
        name = f"{one.family.name}: {one.family.summary.rstrip('.')}"
        name = name if len(name) <= 54 else name[:53] + "…"
        unscored = f"  ({one.unscored} unscored by the response)" if one.unscored else ""
        counts = f"{one.tried:>4} {one.failed:>7} {one.share:>6.1%}  {low:>5.1%} to {high:.1%}"
        yield f"  {name:<54} {counts}{unscored}"
    for one in outcomes:
        for example in one.examples[:_EXAMPLES]:
            yield ""
            yield from _shown(one, example, word)


def _shown(outcome: Outcome, example: Example, word: str) -> Iterator[str]:
    reward = "unscored" if example.reward is None else f"{example.reward:g}"
    word = "unscored" if example.reward is None else word
    yield f"{word}: {outcome.family.name}, {example.variant} ({example.place})"
    yield f"  golden    {_cut(example.golden)}"
    yield f"  response  {_cut(example.response)}"
    yield f"  reward    {reward}, {example.status}{': ' + example.explanation if example.explanation else ''}"


def _constant(found: PaidConstant) -> Iterator[str]:
    (here, there), (one, other) = found.places, found.goldens
    equal = f"at most {found.explained} of which have equal golden answers"
    yield f"paid: one response in {found.paid} of {found.rows} rows, {equal}"
    yield f"  golden    {_cut(one)} ({here}), {_cut(other)} ({there})"
    yield f"  response  {_cut(found.response)}"


def _searches(found: Mapping[str, Exploitability | None]) -> Iterator[str]:
    for name, one in found.items():
        if one is None:
            continue
        where = (
            f"{one.held_out} rows held out" if one.held_out else "the rows searched (too few to hold any out)"
        )
        low, high = one.interval
        yield ""
        yield f"policies that see no answer, against {name} ({one.scored} responses scored; paid on {where})"
        yield f"  the floor, {one.answer!r} to every prompt   {one.constant_earned:.1%}"
        if not one.earned:
            yield "  no policy was found that earns anything"
            continue
        yield f"  the best policy found   {one.earned:.1%}: {one.policy}"
        yield f"  exploitability   {one.exploitability:.1%} (95 % interval {low:+.1%} to {high:+.1%})"
        yield f"  its response   {_cut(one.example)}"


def _cut(text: str) -> str:
    shown = json.dumps(text, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}… ({len(text)} characters)"


def _counts(outcome: Outcome, word: str) -> dict[str, Any]:
    return {
        "summary": outcome.family.summary,
        "tried": outcome.tried,
        word: outcome.failed,
        "unscored": outcome.unscored,
        "share": outcome.share,
        "interval": list(outcome.interval),
        "examples": [asdict(one) for one in outcome.examples],
    }


def _search(found: Exploitability | None) -> dict[str, Any] | None:
    return None if found is None else {"exploitability": found.exploitability, **asdict(found)}
