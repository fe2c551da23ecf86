"""The rows to attack: each with a right answer, two wrong ones, and the form that the reward pays for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.extract.choices import choices_of
from rule_rm.structured.schemas import problem
from rule_rm.types import Rollout, Score
from rule_rm.workbench.attack.target import Target
from rule_rm.workbench.forms import Form, best_form
from rule_rm.workbench.right_answers import Kind, kind_of, right_answer

ScoreAll = Callable[[Sequence[Rollout]], Sequence[Score]]
_PROBED = 8
"""Rows with which the form of the reward is found."""
# A plain number: `-3.5`.
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_JSON = ('"no"', "12345", "[]", "{}", "null", '{"no": [1]}')
_FALLBACKS = ("something else", "nothing of the kind", "12345")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a dataset, or of the samples."""

    place: str
    rollout: Rollout
    right: str | None
    """A right response that the row itself has; None: it is made from the ground truth."""
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Targets:
    """The rows that can be attacked, and those without a right answer."""

    targets: Sequence[Target]
    forms: Mapping[Kind, Form]
    without_answer: Sequence[str]
    """The places of the rows that are left out."""


def targets_of(rows: Sequence[Row], score: ScoreAll) -> Targets:
    """Return the targets of the rows. Raises ConfigurationError if no row has a right answer."""
    answered: list[tuple[Row, Kind, str]] = []
    without: list[str] = []
    for row in rows:
        truth, prompt = row.rollout.ground_truth, row.rollout.prompt
        kind = Kind.OTHER if row.right is not None else kind_of(truth, prompt)
        right = row.right if row.right is not None else right_answer(truth, prompt, row.columns)
        if right is None:
            without.append(row.place)
        else:
            answered.append((row, kind, right))
    if not answered:
        raise ConfigurationError(
            "no row has a right answer to attack with: none can be made from the golden answers. "
            "Name the column of a right response by --right-key"
        )
    forms = {kind: _form(kind, answered, score) for kind in dict.fromkeys(kind for _, kind, _ in answered)}
    rights = [right for _, kind, right in answered if kind is Kind.TEXT]
    targets = [_target(row, kind, right, forms[kind], rights) for row, kind, right in answered]
    return Targets(targets, forms, without)


def _form(kind: Kind, answered: Sequence[tuple[Row, Kind, str]], score: ScoreAll) -> Form:
    rows = [(row.rollout, right) for row, one, right in answered if one is kind]
    return best_form(kind, rows[:_PROBED], score)


def _target(row: Row, kind: Kind, right: str, form: Form, rights: Sequence[str]) -> Target:
    wrong, other = wrong_answers(row, kind, right, rights)
    names: tuple[str, ...] = ()
    if kind is Kind.TEXT:
        named = choices_of(row.rollout.prompt, row.rollout.extra_info).get(right)
        names = (named,) if named else golden_names(row.rollout.ground_truth)
    return Target(row.place, row.rollout, kind, right, wrong, other, form, names, row.columns)


def golden_names(ground_truth: Any) -> tuple[str, ...]:
    """Return all golden answers of a row that lists several."""
    return tuple(map(str, ground_truth)) if isinstance(ground_truth, (list, tuple)) else ()


def wrong_answers(row: Row, kind: Kind, right: str, rights: Sequence[str]) -> tuple[str, str]:
    """Return two wrong answers that look like right ones."""
    if kind is Kind.CODE:
        return "print('another output')", "def no_such_function():\n    return None"
    if kind is Kind.SQL:
        return "select 'another value'", "select 1 where 1 = 0"
    if kind is Kind.CALLS:
        calls = ({"name": "no_such_tool", "arguments": {}}, {"name": "another_tool", "arguments": {"a": 1}})
        first, second = (f"<tool_call>{json.dumps(call)}</tool_call>" for call in calls)
        return first, second
    if kind is Kind.JSON:
        return _invalid(row.rollout.ground_truth)
    if kind is Kind.XML:
        return "<unknown/>", "<another>1</another>"
    if kind is Kind.OTHER:
        return "I don't know.", "That depends."
    return _wrong_text(row.rollout, right, rights)


def _invalid(schema: Any) -> tuple[str, str]:
    if not isinstance(schema, Mapping):
        return _JSON[0], _JSON[1]
    bad = [text for text in _JSON if problem(json.loads(text), schema) is not None]
    first, second = (*bad, *_JSON)[:2]
    return first, second


def _wrong_text(rollout: Rollout, right: str, rights: Sequence[str]) -> tuple[str, str]:
    if _NUMBER.match(right):
        value = float(right) if "." in right else int(right)
        return str(value + 1), str(value + 7)
    letters = [
        letter for letter in choices_of(rollout.prompt, rollout.extra_info) or "ABCD" if letter != right
    ]
    if len(right) == 1 and right.isupper() and len(letters) > 1:
        return letters[0], letters[1]
    first = rights.index(right) if right in rights else 0
    around = [*rights[first + 1 :], *rights[:first], *_FALLBACKS]
    others = [text for text in dict.fromkeys(around) if _plain(text) != _plain(right)]
    return others[0], others[1]


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
