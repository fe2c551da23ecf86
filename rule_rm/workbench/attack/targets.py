"""The rows to attack: each with a right answer, two wrong ones, and the form that the reward pays for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.extract.multiple_choice.listed_choices import choices_of
from rule_rm.math.compare import compare
from rule_rm.structured.schemas import problem
from rule_rm.types import Rollout, Score
from rule_rm.workbench.attack.target import Target
from rule_rm.workbench.forms import Form, best_form
from rule_rm.workbench.right_answers import Kind, coordinates_of, kind_of, right_answers

ScoreAll = Callable[[Sequence[Rollout]], Sequence[Score]]
_PROBED = 8
"""Rows with which the form of the reward is found."""
# A plain number: `-3.5`.
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
# The label of a choice, with its text: `B. Paris`, `(B) Paris`.
_LABEL = re.compile(r"\(?([A-J])[).:]\s*\S")
_LONGEST = 200
"""Characters of an answer whose value is compared."""
_JSON = ('"no"', "12345", "[]", "{}", "null", '{"no": [1]}')
_FALLBACKS = ("something else", "nothing of the kind", "12345", "a third thing")


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
    answered: list[_Answered] = []
    without: list[str] = []
    for row in rows:
        truth, prompt = row.rollout.ground_truth, row.rollout.prompt
        kind = Kind.OTHER if row.right is not None else kind_of(truth, prompt)
        rights = [row.right] if row.right is not None else right_answers(truth, prompt, row.columns)
        if rights:
            answered.append((row, kind, rights))
        else:
            without.append(row.place)
    if not answered:
        raise ConfigurationError(
            "no row has a right answer to attack with: none can be made from the golden answers. "
            "Name the column of a right response by --right-key"
        )
    forms = {kind: _form(kind, answered, score) for kind in dict.fromkeys(kind for _, kind, _ in answered)}
    stated = _stated(answered, forms, score)
    texts = [right for (_, kind, _), right in zip(answered, stated, strict=True) if kind is Kind.TEXT]
    targets = [
        _target(row, kind, right, forms[kind], texts)
        for (row, kind, _), right in zip(answered, stated, strict=True)
    ]
    return Targets(targets, forms, without)


_Answered = tuple[Row, Kind, list[str]]
"""A row with the answers of which one is right, the likeliest first."""


def _form(kind: Kind, answered: Sequence[_Answered], score: ScoreAll) -> Form:
    probed = [(row.rollout, rights) for row, one, rights in answered if one is kind][:_PROBED]
    return best_form(kind, [(rollout, right) for rollout, rights in probed for right in rights], score)


def _stated(answered: Sequence[_Answered], forms: Mapping[Kind, Form], score: ScoreAll) -> list[str]:
    """Return the answer of each row that earns the most, the first of equals."""
    doubtful = [one for one in answered if len(one[2]) > 1]
    asked = [
        replace(row.rollout, response=forms[kind].say(text))
        for row, kind, texts in doubtful
        for text in texts
    ]
    scores = iter(score(asked) if asked else ())
    stated = []
    for _, _, rights in answered:
        earned = [next(scores).reward or 0.0 for _ in rights] if len(rights) > 1 else [0.0]
        stated.append(rights[earned.index(max(earned))])
    return stated


def _target(row: Row, kind: Kind, right: str, form: Form, rights: Sequence[str]) -> Target:
    wrong, other = wrong_answers(row, kind, right, rights)
    names: tuple[str, ...] = ()
    if kind is Kind.TEXT:
        named = choices_of(row.rollout.prompt, row.rollout.extra_info).get(right)
        names = (named,) if named else golden_names(row.rollout.ground_truth)
        # A number of a box is not a right answer.
        names = names if right in names or coordinates_of(right) is None else ()
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
    if numbers := coordinates_of(right):
        # As far away as no box of this size reaches, however it is written.
        step = 3 * max(map(abs, numbers)) + 1
        first, second = (json.dumps(_moved(json.loads(right), times * step)) for times in (1, 2))
        return first, second
    letters = [
        letter for letter in choices_of(rollout.prompt, rollout.extra_info) or "ABCD" if letter != right
    ]
    if len(right) == 1 and right.isupper() and len(letters) > 1:
        return letters[0], letters[1]
    place = rights.index(right) if right in rights else 0
    around = [*rights[place + 1 :], *rights[:place], *_FALLBACKS]
    others = (text for text in dict.fromkeys(around) if not _may_equal(text, right))
    return next(others), next(others)


def _may_equal(text: str, right: str) -> bool:
    """Return True if another row's answer may be right too: the same text, label or value."""
    if _plain(text) == _plain(right):
        return True
    ours, theirs = _LABEL.match(text), _LABEL.match(right)
    if ours and theirs:
        return ours[1] == theirs[1]
    return max(len(text), len(right)) < _LONGEST and bool(compare(text, right).equal)


def _moved(value: Any, step: float) -> Any:
    """Return a box or a point in its own writing, with every number moved by a step."""
    if isinstance(value, Mapping):
        return {key: _moved(one, step) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, step) for one in value]
    return value + step if isinstance(value, (int, float)) else value


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
