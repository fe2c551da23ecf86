"""AWS Nova and Bedrock reinforcement fine-tuning: a bare list of rows, for a bare list of their rewards.

The event of the reward function goes to `POST /bedrock` as it is. Nova's rows end with the policy's message;
Bedrock's own have the policy's text in `modelResponse`. There is no way to say that a row is not scored, so
it gets the configured number, and the metric `unscored` is 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.errors import PayloadError
from rule_rm.messages.fields import check_messages, completion, content_of, ground_truth, table
from rule_rm.messages.said import written
from rule_rm.protocols._fields import Kind, check_columns
from rule_rm.protocols._reply import figures, reward_of
from rule_rm.registry.signatures import GROUND_TRUTH_COLUMNS, golden_answer
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

_ROW = {
    "type": "object",
    "anyOf": [
        {"required": ["messages"], "properties": {"messages": {"type": "array"}}},
        {"required": ["modelResponse"], "properties": {"modelResponse": {"type": "string"}}},
    ],
    "properties": {
        "messages": {"type": ["array", "null"]},
        "modelResponse": {"type": ["string", "null"]},
        "metadata": {"type": ["object", "null"]},
    },
}
ROWS = Kind("list of rows", {"type": "array", "items": _ROW})
REWARDS = Kind(
    "list of rewards",
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "aggregate_reward_score", "metrics_list"],
            "properties": {"aggregate_reward_score": {"type": "number"}},
        },
    },
)

NAME = "AWS Bedrock"
PATH = "/bedrock"
KEYS = ("rows",)
FIELDS = {"rows": ROWS}
SUMMARY = "a bare list of rows, each with id, messages or modelResponse, and reference_answer or metadata"
REPLY = REWARDS
HAS_OTHERS = True
IS_LIST = True
"""The body and the reply are lists; here the body is the value of `rows`."""

_POLICY_ROLES = ("assistant", "tool", "function")
_RESPONSE = "modelResponse"
_REFERENCES = ("reference_answer", "referenceAnswer")


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return a rollout for each row."""
    rows = payload.get("rows")
    if not isinstance(rows, list):
        raise PayloadError("the body must be a list of rows")
    return [_rollout(row, place, chat_template) for place, row in enumerate(rows)]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> list[dict[str, Any]]:
    """Return for each row its id, its reward and its metrics."""
    return [
        {
            "id": row.get("id"),
            "aggregate_reward_score": reward_of(score, unscored_reward),
            "metrics_list": [
                {"name": name, "value": value, "type": "Metric"}
                for name, value in figures(score, metrics).items()
            ],
        }
        for row, score in zip(payload["rows"], scores, strict=True)
    ]


def _rollout(row: Any, place: int, chat_template: str) -> Rollout:
    if not isinstance(row, dict) or all(row.get(name) is None for name in ("messages", _RESPONSE)):
        raise PayloadError(f"rows[{place}] must be an object with messages or {_RESPONSE}", "rows", place)
    asked, policy = _split(row, place)
    answer, said = written(completion(policy, "rows", place), chat_template)
    metadata = table(row, "metadata")
    source = metadata.get("data_source")
    prompt, golden = row.get("prompt"), _reference(row, metadata)
    if golden is None:
        check_columns(row, _REFERENCES, f"rows[{place}].", "rows")
        check_columns(metadata, (*_REFERENCES, *GROUND_TRUTH_COLUMNS), f"rows[{place}].metadata.", "rows")
    return Rollout(
        "\n\n".join(content for message in asked if (content := content_of(message)))
        or (prompt if isinstance(prompt, str) else ""),
        answer,
        ground_truth({"rows": golden}, "rows"),
        source if isinstance(source, str) else None,
        metadata,
        messages=tuple(asked) or None,
        completion=said,
    )


def _split(row: Mapping[str, Any], place: int) -> tuple[list[Any], Any]:
    """Return the messages before the policy's, and the policy's messages or text."""
    given, text = row.get("messages"), row.get(_RESPONSE)
    given = [] if given is None else given
    if not isinstance(given, list):
        raise PayloadError(f"rows[{place}].messages must be a list", "rows", place)
    if not isinstance(text, str | None):
        raise PayloadError(f"rows[{place}].{_RESPONSE} must be a string", "rows", place)
    end = len(given)
    while end and isinstance(given[end - 1], dict) and given[end - 1].get("role") in _POLICY_ROLES:
        end -= 1
    if text is None and end == len(given):
        raise PayloadError(
            f"rows[{place}].messages must end with the assistant's, which is the response", "rows", place
        )
    check_messages(given[:end], "rows", place)
    return given[:end], given[end:] if text is None else text


def _reference(row: Mapping[str, Any], metadata: Mapping[str, Any]) -> Any:
    """Return the golden answer of a row. AWS wants an object: one with a usual name, `{"answer": …}`, is it.

    >>> _reference({"referenceAnswer": {"answer": "85"}}, {}), _reference({}, {"reference_answer": "85"})
    ('85', '85')
    """
    found = (place[name] for place in (row, metadata) for name in _REFERENCES if place.get(name) is not None)
    reference = next(found, None)
    if reference is None:
        return golden_answer(metadata)
    inner = golden_answer(reference) if isinstance(reference, dict) else None
    return reference if inner is None else inner
