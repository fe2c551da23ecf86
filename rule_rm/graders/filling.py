"""Fill `{{ item.path }}` and `{{ sample.path }}` into the texts of a grader: values, never templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.graders.case import Case, GradingError
from rule_rm.types import Status

_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
"""A slot with any content: `{{ item.answer }}`."""
_PATH = re.compile(r"\s*(item|sample)((?:\.[A-Za-z_]\w*|\[\d{1,6}\]|\[(?:'[^']*'|\"[^\"]*\")\])+)\s*\Z")
"""The content of a slot: `sample.choices[0].message.content`, `item['final answer']`."""
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
"""A step of a path: `.choices`, `[0]`, `['final answer']`."""

_SHOWN = 40
"""Characters of an open slot that an error shows."""


class OutputNotJsonError(GradingError):
    """The grader reads a field of the output's JSON that is not there: the response's own fault."""


def check_slots(text: str, where: str) -> None:
    """Raise ConfigurationError if a slot is open or names anything but the item and the sample."""
    for found in _SLOT.finditer(text):
        if not _PATH.match(found.group(1)):
            raise ConfigurationError(
                f"{where}: {found.group(0)!r} must be {{{{ item.NAME }}}} or {{{{ sample.NAME }}}}"
            )
    last = text.rfind("{{")
    if last >= 0 and "}}" not in text[last:]:
        raise ConfigurationError(f"{where}: {text[last : last + _SHOWN]!r} has no }}}} at its end")


def filled(text: str, case: Case, clean: Callable[[str], str] = lambda text: text) -> str:
    """Return the text with the values of its slots, each cleaned; values that are not strings as JSON.

    Raises GradingError if there is no such value.

    >>> filled("{{ item.a }} {{sample.output_json['b'][0]}}", Case.of_text('{"b": [2]}', {"a": "{{item.a}}"}))
    '{{item.a}} 2'
    """

    def value(found: re.Match[str]) -> str:
        got = _looked_up(found.group(1).strip(), case)
        return clean(got if isinstance(got, str) else json.dumps(got, ensure_ascii=False, default=str))

    return _SLOT.sub(value, text)


def _looked_up(path: str, case: Case) -> Any:
    matched = _PATH.match(path)
    if matched is None:
        raise GradingError("invalid_variable_error", f"{path!r} is not a variable", Status.ERROR)
    space, steps = matched.groups()
    value: Any = case.item if space == "item" else case.sample
    for step in _STEP.finditer(steps):
        name, number = step.group(1) or step.group(3) or step.group(4), step.group(2)
        try:
            value = value[int(number)] if number is not None else value[name]
        except (KeyError, IndexError, TypeError):
            if space == "sample" and re.match(r"(\.|\[['\"])output_json\b", steps):
                raise OutputNotJsonError(
                    "sample_parse_error", f"the output has no {path}", Status.WRONG_FORMAT
                ) from None
            raise GradingError(
                "invalid_variable_error", f"there is no {path} in this row", Status.BAD_GROUND_TRUTH
            ) from None
    return value
