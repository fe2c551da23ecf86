"""Golden answers that the question does not offer: letters without choices, calls of unknown tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rule_rm.extract.multiple_choice.listed_choices import choices_of
from rule_rm.rewards.tool_call_match import Call, golden_calls
from rule_rm.settings import Settings
from rule_rm.settings.reading import did_you_mean
from rule_rm.structured.schemas import SchemaError, check, problem
from rule_rm.workbench.dataset_check.findings import Finding, Numbered
from rule_rm.workbench.right_answers import Kind, kind_of

CHOICES = "multiple_choice"
# A golden letter, alone or in brackets: `B`, `(B)`.
_LETTER = re.compile(r"\s*\(?([A-Za-z])\)?\.?\s*\Z")
IMAGES = ("image", "images")
"""Columns of pictures, which may show the choices."""
_IMAGE = "<image>"
TOOLS = ("tools", "functions")
"""Columns with the tools that the policy may call."""
_PARAMETERS = ("parameters", "input_schema")


def offers(rows: Sequence[Numbered], settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each golden answer that a policy could not know of."""
    for numbered in rows:
        row = numbered.row
        if settings.reward_type == CHOICES and (letter := _unseen_letter(numbered)) is not None:
            yield Finding(
                numbered.index,
                "not_offered",
                f"the answer is {letter!r}, and neither the question nor the row has choices",
            )
        if settings.reward_type == CHOICES and (twins := _twins(numbered)) is not None:
            yield Finding(numbered.index, "same_choice", twins)
        if kind_of(row.ground_truth, row.prompt) is Kind.CALLS:
            for call in _calls(row.ground_truth):
                if (fault := _fault(call, _tools(row.extra_info))) is not None:
                    yield Finding(numbered.index, "not_offered", f"the golden call {fault}")


def _unseen_letter(numbered: Numbered) -> str | None:
    """Return the letter that is the golden answer if nothing says what it is the letter of."""
    row = numbered.row
    found = _LETTER.match(str(row.ground_truth))
    has_images = _IMAGE in row.prompt or any(row.columns.get(name) for name in IMAGES)
    if found is None or has_images or choices_of(row.prompt, row.extra_info):
        return None
    # A question may list its choices in a way that is not read; it has the letter then.
    return None if re.search(rf"\b{found[1]}\b", row.prompt, re.IGNORECASE) else found[1]


def _twins(numbered: Numbered) -> str | None:
    """Return a sentence if another choice has the same text as the golden one."""
    row = numbered.row
    found = _LETTER.match(str(row.ground_truth))
    choices = choices_of(row.prompt, row.extra_info)
    letter = found[1].upper() if found is not None else ""
    text = choices.get(letter, "").strip().casefold()
    others = [name for name, other in choices.items() if name != letter and other.strip().casefold() == text]
    return f"the choices {letter} and {others[0]} have the same text" if text and others else None


def _calls(ground_truth: Any) -> Sequence[Call]:
    try:
        return golden_calls(ground_truth)
    except (ValueError, RecursionError):
        # The reward says so.
        return ()


def _tools(extra_info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of each tool of a row; empty if the row has none that can be read."""
    for column in TOOLS:
        listed = extra_info.get(column)
        if isinstance(listed, str):
            try:
                listed = json.loads(listed)
            except (ValueError, RecursionError):
                continue
        if isinstance(listed, Sequence) and listed and all(isinstance(one, Mapping) for one in listed):
            tools = [one["function"] if isinstance(one.get("function"), Mapping) else one for one in listed]
            if all(isinstance(tool.get("name"), str) for tool in tools):
                return {tool["name"]: _parameters(tool) for tool in tools}
    return {}


def _parameters(tool: Mapping[str, Any]) -> Any:
    return next((tool[key] for key in _PARAMETERS if isinstance(tool.get(key), Mapping)), None)


def _fault(call: Call, tools: Mapping[str, Any]) -> str | None:
    """Return why a call can't be made of these tools; None if it can, or nothing is known of them."""
    if not call.name:
        return "has an empty name"
    if not tools:
        return None
    if call.name not in tools:
        return f"is of {call.name!r}, which is not among the tools of the row{did_you_mean(call.name, tools)}"
    schema = tools[call.name]
    known = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(known, Mapping) or not known:
        return None
    unknown = [name for name in call.arguments if name not in known]
    if unknown and not schema.get("additionalProperties") and "patternProperties" not in schema:
        near = did_you_mean(unknown[0], known)
        return f"of {call.name!r} has an argument {unknown[0]!r} that the tool does not take{near}"
    try:
        check(schema, schema)
        why = problem(dict(call.arguments), schema)
    except (SchemaError, RecursionError):
        return None
    return f"of {call.name!r} does not fit the tool's parameters: {why}" if why is not None else None
