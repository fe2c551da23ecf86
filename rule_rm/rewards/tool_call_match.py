"""`tool_call_match`: reward a response for the golden tool calls that it makes, and for few others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rule_rm.extract import spoken
from rule_rm.messages import harmony
from rule_rm.messages.said import tool_calls
from rule_rm.messages.turns import bare
from rule_rm.registry import register
from rule_rm.structured.possible_answers import OneOf, possible_call
from rule_rm.structured.strict import json_answer, same_json, strict_json
from rule_rm.structured.token_calls import WrittenParts, kimi_calls
from rule_rm.structured.tool_calls import MOST_CALLS, calls_in, unwrapped_calls
from rule_rm.structured.written import Written
from rule_rm.types import Rollout, Score, Status


class Call(NamedTuple):
    """One call of a tool."""

    name: str
    arguments: Mapping[str, Any]


class Match(NamedTuple):
    """The points for each part of the score, and the highest possible total."""

    names: float = 0.0
    keys: float = 0.0
    values: float = 0.0
    possible: float = 1.0


@register(
    "tool_call_match",
    summary="how alike the tool calls are to the golden ones: names, keys and values",
    metrics=("names", "keys", "values", "calls"),
    linear=True,
)
def tool_call_match(rollout: Rollout) -> Score:
    r"""Return the share of the golden calls that was made, 0 to 1: their names, argument keys and values.

    ToolRL's correctness reward (arXiv 2504.13958, `rlla.py`) before it is scaled to −3 … 3: the Jaccard index
    of the names, and for each golden call that of its keys and the number of right values; the sum is divided
    by 1 + Σ (1 + number of golden arguments). Each golden call is compared with the best call of the same
    name that is left. Where no call is golden, making none earns 1.0 and any other 0.0.

    The calls are those that the trainer parsed out of the response (`tool_calls` of its messages, function
    calls of a Responses reply), in all turns. Without any, they are read from its text, as the model's family
    writes them: `<tool_call>` with JSON or elements, `[TOOL_CALLS]`, the channels of gpt-oss, … (see
    `structured.tool_calls`). Else they are the JSON that is its answer; what is thought calls nothing. One
    that can't be read makes all of it 0. The ground truth is a list of `{"name": …, "arguments": {…}}` (or
    `"parameters"`, or OpenAI's form), its JSON text, or calls as a model writes them. BFCL's possible
    answers, `{"weather": {"city": ["Paris"], "days": [3, ""]}}`, are compared as its `ast_checker` does,
    without its types: any of the values is right, strings ignore case and marks, and "" lets the argument be
    missing. `names`, `keys` and `values` are shares, 1.0 where there is nothing to match.

    >>> golden = [{"name": "weather", "arguments": {"city": "Paris", "days": 3}}]
    >>> said = '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris", "days": 2}}\n</tool_call>'
    >>> tool_call_match(Rollout("", said, golden)).reward
    0.75
    """
    if rollout.ground_truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there are no golden tool calls")
    try:
        golden = golden_calls(rollout.ground_truth)
    except (ValueError, RecursionError) as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, f"the golden tool calls can't be read: {error}"[:300])
    try:
        calls = _calls(rollout)
    except (ValueError, RecursionError) as error:
        return _score(Match(), golden, [], f"a tool call can't be read: {error}"[:300], Status.WRONG_FORMAT)
    if not golden:
        none = Match(names=float(not calls))
        return _score(none, golden, calls, None if not calls else "no tool was to be called")
    if not calls:
        return _score(Match(), golden, calls, "no tool is called", Status.NO_ANSWER)
    return _score(_match(golden, calls), golden, calls)


def _match(golden: list[Call], calls: list[Call]) -> Match:
    names = _jaccard([call.name for call in golden], [call.name for call in calls])
    left = list(calls)
    keys = values = 0.0
    for wanted in golden:
        found = [(_alike(wanted, call), at) for at, call in enumerate(left) if call.name == wanted.name]
        if found:
            (of_keys, of_values), at = max(found, key=lambda one: (sum(one[0]), -one[1]))
            if of_keys + of_values > 0:
                keys, values = keys + of_keys, values + of_values
                del left[at]
    return Match(names, keys, values, 1.0 + sum(1.0 + len(call.arguments) for call in golden))


def _alike(wanted: Call, call: Call) -> tuple[float, float]:
    """Return the Jaccard similarity of the keys, and the number of right values.

    An argument that may be missing, and is, counts as right.
    """
    spared = [
        name
        for name, value in wanted.arguments.items()
        if isinstance(value, OneOf) and value.is_optional and name not in call.arguments
    ]
    keys = _jaccard(list(wanted.arguments), [*call.arguments, *spared])
    values = sum(
        name in call.arguments and _is_value(call.arguments[name], value)
        for name, value in wanted.arguments.items()
    )
    return keys, float(values + len(spared))


def _is_value(found: Any, wanted: Any) -> bool:
    """Return True if an argument has the wanted value; one without a type may be it in another type."""
    if isinstance(wanted, OneOf):
        return wanted.accepts(found)
    for one, other in ((found, wanted), (wanted, found)):
        if isinstance(one, (Written, WrittenParts)):
            return one.is_value(other)
    return same_json(found, wanted)


def _jaccard(left: list[str], right: list[str]) -> float:
    """Return how alike two multisets are; two empty ones are the same."""
    both = (Counter(left) & Counter(right)).total()
    return both / (len(left) + len(right) - both) if left or right else 1.0


def _calls(rollout: Rollout) -> list[Call]:
    """Return the calls of a rollout, structured or in its text. Raises ValueError if one can't be read."""
    structured = tool_calls(rollout.completion or ())
    if structured:
        return _read(structured)
    in_channels = harmony.calls(rollout.response)
    if in_channels:
        return [call for name, text in in_channels for call in _read(_of_message(name, text))]
    of_kimi = kimi_calls(rollout.response)
    if of_kimi is not None:
        return _read(of_kimi)
    text = spoken(rollout.response)
    if text is None:
        raise ValueError("the thinking is not closed once")
    for read in (calls_in, unwrapped_calls):
        written = read(text)
        if written is not None:
            return _read(written)
    found = json_answer(rollout.response).answer
    return _read(strict_json(found)) if found and found.startswith(("{", "[")) else []


def _of_message(name: str, text: str) -> Any:
    """Return the calls of a message to a tool: gpt-oss writes its arguments, Muse whole calls."""
    written = calls_in(text)
    return {"name": name, "arguments": strict_json(text)} if written is None else written


def golden_calls(ground_truth: Any) -> list[Call]:
    """Return the calls of a ground truth. Raises ValueError if they can't be read."""
    if isinstance(ground_truth, str):
        written = calls_in(bare(ground_truth))
        ground_truth = json.loads(ground_truth) if written is None else written
    listed = ground_truth if isinstance(ground_truth, list) else [ground_truth]
    possible = [possible_call(one) for one in listed]
    if listed and None not in possible and len(listed) <= MOST_CALLS:
        return [Call(*one) for one in possible if one is not None]
    return _read(ground_truth)


def _read(value: Any) -> list[Call]:
    """Return one call, or a list of them. Raises ValueError if it is anything else."""
    if isinstance(value, Mapping) and isinstance(value.get("tool_calls"), list):
        value = value["tool_calls"]
    listed: Iterable[Any] = value if isinstance(value, (list, tuple)) else [value]
    calls = [_call(one) for one in listed]
    if len(calls) > MOST_CALLS:
        raise ValueError(f"there are more than {MOST_CALLS}")
    return calls


def _call(value: Any) -> Call:
    if isinstance(value, Mapping) and isinstance(value.get("function"), Mapping):
        value = value["function"]
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise ValueError("a call must be an object with a name")
    arguments = value.get("arguments", value.get("parameters", {}))
    if isinstance(arguments, str):
        arguments = strict_json(arguments) if arguments.strip() else {}
    if not isinstance(arguments, Mapping):
        raise ValueError(f"the arguments of {value['name']:.80} must be an object")
    return Call(value["name"], arguments)


def _score(
    match: Match,
    golden: list[Call],
    calls: list[Call],
    explanation: str | None = None,
    status: Status = Status.OK,
) -> Score:
    wanted = sum(len(call.arguments) for call in golden)
    reward = (match.names + match.keys + match.values) / match.possible
    metrics = {
        "names": match.names,
        "keys": match.keys / len(golden) if golden else 1.0,
        "values": match.values / wanted if wanted else 1.0,
        "calls": float(len(calls)),
    }
    answer = ", ".join(call.name[:80] for call in calls[:8]) or None
    return Score(min(1.0, reward), status, answer, explanation, metrics)
