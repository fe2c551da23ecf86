"""`multiple_choice`: reward a response that chooses the right letter, and only that one."""

from __future__ import annotations

import re
from typing import Any

from rule_rm.extract.multiple_choice.choices import chosen_letter
from rule_rm.extract.multiple_choice.listed_choices import LETTERS, USUAL, Choices, choices_of
from rule_rm.extract.multiple_choice.short_answers import normalised
from rule_rm.registry import register
from rule_rm.types import Rollout, Score, Status

_LABELLED = re.compile(r"\(?([A-Z])[).:]")
"""A golden answer with its label: `(B) 12`."""


@register(
    "multiple_choice",
    summary="1 if the letter that the response chooses is the golden one, else 0",
    metrics=("accuracy",),
    linear=True,
)
def multiple_choice(rollout: Rollout) -> Score:
    r"""Return 1.0 if the response chooses the golden letter, else 0.0.

    The letter is the box's, else that after the last "the answer is", else the last capital that stands
    alone, else that of the only choice whose text the response has; of the answer tag, where there is one,
    and never of the thinking. Where a response names several, or denies the one, it has chosen none.

    The golden answer is a letter, a choice's text, or its number from 0. The choices stand in
    `extra_info["choices"]` or `["options"]`, else in the prompt, labelled. Without them A to J, or up
    to the golden letter, are possible, and a golden answer that is no letter is unscored.

    >>> multiple_choice(Rollout("", "It can't be A. The answer is (B).", "B")).reward
    1.0
    >>> multiple_choice(Rollout("Which is prime?\nA. 4\nB. 5", "It is 5, of course.", "B")).reward
    1.0
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden answer")
    choices = choices_of(rollout.prompt, rollout.extra_info)
    golden = _golden_letter(rollout.ground_truth, choices)
    if golden is None:
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden answer is none of the choices")
    most = max(USUAL, LETTERS.index(golden) + 1)
    found = chosen_letter(rollout.response, choices, most, rollout.prompt)
    if found.answer is None:
        return Score(0.0, Status.NO_ANSWER, None, found.reason, {"accuracy": 0.0})
    is_right = found.answer == golden
    return Score(float(is_right), Status.OK, found.answer, found.reason, {"accuracy": float(is_right)})


def _golden_letter(ground_truth: Any, choices: Choices) -> str | None:
    if isinstance(ground_truth, int) and not isinstance(ground_truth, bool):
        letters = list(choices)
        return letters[ground_truth] if 0 <= ground_truth < len(letters) else None
    if not isinstance(ground_truth, str):
        return None
    text = ground_truth.strip()
    letter = text.strip("().:").upper()
    if len(letter) == 1 and letter in (choices or LETTERS):
        return letter
    named = [name for name, choice in choices.items() if normalised(choice) == normalised(text)]
    if len(named) == 1:
        return named[0]
    labelled = _LABELLED.match(text)
    return labelled[1] if labelled and labelled[1] in (choices or LETTERS) else None
