r"""Read tool calls in prose: those of ReAct and of Qwen's first agents.

Thought: I need the weather.
Action: forecast
Action Input: {"city": "Oslo"}
Observation:
"""

from __future__ import annotations

import re
from typing import Any

from rule_rm.structured.python_calls import python_calls
from rule_rm.structured.strict import strict_json

_CALL = re.compile(
    r"^[ \t]*(?:Action:|✿FUNCTION✿:)[ \t]*(?P<name>[\w.-]{1,200})[ \t]*\n"
    r"[ \t]*(?:Action Input:|✿ARGS✿:)(?P<arguments>.*?)"
    r"(?=^[ \t]*(?:Action:|Thought:|Final Answer:|✿\w{1,20}✿)|\Z)",
    re.DOTALL | re.MULTILINE,
)
"""A call: `Action: add`, and below it `Action Input: {"a": 1}`, up to the next part."""
_RESULT = re.compile(r"^[ \t]*(?:Observation:|✿RESULT✿)", re.MULTILINE)
"""The result of a tool, which ends the turn: `Observation:`."""
_FENCE = re.compile(r"\A```(?:json)?\n(.*)\n```\Z", re.DOTALL)
"""Arguments in a fence: three backticks and `json` above `{"a": 1}`."""


def prose_calls(text: str) -> list[Any] | None:
    r"""Return the calls that a text makes in prose, before it gives a result itself; None if there is none.

    Raises ValueError if the arguments of one are no JSON.

    >>> prose_calls('Action: add\nAction Input: {"a": 1}\nObservation: 2\nAction: no\nAction Input: {}')
    [{'name': 'add', 'arguments': {'a': 1}}]
    """
    result = _RESULT.search(text)
    calls = list(_CALL.finditer(text[: result.start()] if result else text))
    if not calls:
        return None
    return [{"name": call["name"], "arguments": _arguments(call["arguments"].strip())} for call in calls]


def _arguments(text: str) -> Any:
    """Return arguments in JSON, or as ms-swift renders them, as a dict of Python."""
    if not text:
        return {}
    fenced = _FENCE.match(text)
    text = fenced[1] if fenced else text
    try:
        return strict_json(text)
    except ValueError:
        if not text.startswith("{"):
            raise
        calls = python_calls(f"[call(arguments={text})]")
        if len(calls) != 1 or calls[0]["arguments"].keys() != {"arguments"}:
            raise
        return calls[0]["arguments"]["arguments"]
