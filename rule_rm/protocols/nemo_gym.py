"""NeMo-Gym: a resources server's `/verify`, for one row of a dataset and the OpenAI response to it.

The reply is the request with a `reward`. NeMo-Gym reads its own two keys out of it again, and makes a metric
of every other number at the top. The golden answer is in the row, under the dataset's name for it.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.errors import PayloadError
from rule_rm.messages.fields import Messages, completion, conversation, ground_truth, table
from rule_rm.messages.said import written
from rule_rm.protocols._fields import NUMBER, OBJECT, OPTIONAL_OBJECT, Kind, check_columns
from rule_rm.protocols._reply import figures, reward_of
from rule_rm.registry.signatures import GROUND_TRUTH_COLUMNS, golden_answer
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score, Status

NAME = "NeMo-Gym"
KEYS: tuple[str, ...] = ("responses_create_params", "response")
FIELDS: Mapping[str, Kind] = {"responses_create_params": OPTIONAL_OBJECT, "response": OBJECT}
SUMMARY = "responses_create_params, response and the columns of the dataset, such as expected_answer"
REPLY: Mapping[str, Kind] | Kind = {"reward": NUMBER}
HAS_OTHERS = True

RESERVED = frozenset(
    {
        "reward",
        "reward_components",
        "mask_sample",
        "instance_config",
        "failure_kind",
        "failure_reason",
        *KEYS,
    }
)
FAILURES = {Status.UNAVAILABLE: "judge_failed", Status.NO_VERDICT: "judge_unparseable"}
"""NeMo-Gym's names for failures that a later verification of the same row may not meet."""


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the one rollout: its response is the assistant's last turn, with the reasoning as thinking."""
    row = table({"row": {name: value for name, value in payload.items() if name not in KEYS}}, "row")
    golden = _golden(row)
    if golden is None:
        check_columns(row, (*GROUND_TRUTH_COLUMNS, "verifier_metadata"), "", None)
    check_columns(row, ("data_source",), "", None)
    source = row.get("data_source")
    tokens = _tokens(payload.get("response"))
    if tokens is not None:
        row.setdefault("response_length", tokens)
    prompt, messages = _prompt(table(payload, "responses_create_params"))
    answer, said = written(_output(payload.get("response")), chat_template)
    return [
        Rollout(
            prompt,
            answer,
            ground_truth({"row": golden}, "row"),
            source if isinstance(source, str) else None,
            row,
            messages=messages,
            completion=said,
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return the request with `reward`, the metrics, and the failures as 0 or 1.

    A sample that is not scored is masked and says why; a mixture says how its reward adds up.
    """
    (score,) = scores
    reply = {
        **payload,
        "reward": reward_of(score, unscored_reward),
        **figures(score, metrics, RESERVED),
    }
    if score.summands:
        reply["reward_components"] = dict(score.summands)
    if score.reward is None:
        reply |= {
            "mask_sample": True,
            "instance_config": _masked(payload.get("instance_config")),
            "failure_kind": FAILURES.get(score.status, "verifier_error"),
            "failure_reason": score.explanation or score.status.value,
        }
        if score.status in FAILURES:
            reply["_ng_failure_class"] = "judge_failed"
    return reply


def _masked(row: Any) -> Any:
    """Return the row's `instance_config` with the mask in it, as NeMo-RL reads the mask there alone."""
    return {**(row or {}), "mask_sample": True} if row is None or isinstance(row, Mapping) else row


def aggregate(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reply to `/aggregate_metrics`: the mean of each number in the replies of a run.

    A masked sample counts in no mean, as in NeMo-Gym's own figures; `coverage/…` says how many there were.

    >>> masked = {"reward": 0.0, "mask_sample": True}
    >>> aggregate({"verify_responses": [{"reward": 1.0}, {"reward": 0.5}, masked]})["key_metrics"]
    {'mean/reward': 0.75}
    """
    replies = payload.get("verify_responses")
    if not isinstance(replies, list) or not all(isinstance(reply, dict) for reply in replies):
        raise PayloadError("verify_responses must be a list of objects", "verify_responses")
    columns: dict[str, list[float]] = defaultdict(list)
    measured = [reply for reply in replies if not reply.get("mask_sample")]
    for reply in measured:
        for name, value in reply.items():
            if isinstance(value, (int, float)) and name != "mask_sample" and not name.startswith("_ng_"):
                columns[name].append(float(value))
    means = {f"mean/{name}": sum(column) / len(column) for name, column in columns.items()}
    headline = {name: mean for name, mean in means.items() if name == "mean/reward"}
    return {
        "group_level_metrics": _of_tasks(measured),
        "agent_metrics": means | _coverage(replies, measured),
        "key_metrics": headline,
    }


def _coverage(replies: Sequence[Mapping[str, Any]], measured: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return by NeMo-Gym's names how much of a run the means are of; nothing if no sample is masked."""
    if len(measured) == len(replies):
        return {}
    tasks, measured_tasks = ({one.get("_ng_task_index", 0) for one in some} for some in (replies, measured))
    return {
        "coverage/measured_rollouts": len(measured),
        "coverage/masked_rollouts": len(replies) - len(measured),
        "coverage/measured_tasks": len(measured_tasks),
        "coverage/fully_masked_tasks": len(tasks - measured_tasks),
    }


def _of_tasks(replies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the figures of each task's rewards, as NeMo-Gym's own profile has them."""
    tasks: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for reply in replies:
        if isinstance(reply.get("_ng_task_index"), int) and isinstance(reply.get("reward"), (int, float)):
            tasks[reply["_ng_task_index"]].append(reply)
    return [_of_task(task, rollouts) for task, rollouts in sorted(tasks.items())]


def _of_task(task: int, rollouts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rewards = [float(rollout["reward"]) for rollout in rollouts]
    return {
        "_ng_task_index": task,
        "mean/reward": statistics.fmean(rewards),
        "max/reward": max(rewards),
        "min/reward": min(rewards),
        "median/reward": statistics.median(rewards),
        "std/reward": statistics.stdev(rewards) if len(rewards) > 1 else 0.0,
        "rollout_infos": [
            {"_ng_rollout_index": rollout.get("_ng_rollout_index"), "reward": float(rollout["reward"])}
            for rollout in rollouts
        ],
    }


def _golden(row: Mapping[str, Any]) -> Any:
    """Return the golden answer in a column of the row, or in its `verifier_metadata`."""
    found = golden_answer(row)
    metadata = row.get("verifier_metadata")
    return golden_answer(metadata) if found is None and isinstance(metadata, Mapping) else found


def _prompt(parameters: Mapping[str, Any]) -> tuple[str, Messages]:
    """Return the prompt as a string, and as chat messages with the instructions before them."""
    given = parameters.get("input")
    if isinstance(given, list):
        # Other items of a conversation, such as tool calls and their results, have no role.
        given = [_chat_message(item) for item in given if not isinstance(item, dict) or "role" in item]
        parameters = {**parameters, "input": given}
    try:
        prompt, messages = conversation(parameters, "input")
    except PayloadError as error:
        # The body has the field within another.
        raise PayloadError(f"responses_create_params.{error}", error.field, error.index) from None
    messages = messages or ({"role": "user", "content": prompt},)
    instructions = parameters.get("instructions")
    system = ({"role": "system", "content": instructions},) if isinstance(instructions, str) else ()
    return prompt, system + messages


def _chat_message(item: Any) -> Any:
    """Return a message of the Responses interface in the form of chat completions."""
    if not isinstance(item, dict):
        return item
    content = item.get("content")
    if isinstance(content, list):
        content = [_content_part(part) for part in content]
    return {"role": item["role"], "content": content}


def _content_part(part: Any) -> Any:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind in ("input_text", "output_text"):
        return {"type": "text", "text": part.get("text")}
    if kind == "input_image":
        return {"type": "image_url", "image_url": {"url": part.get("image_url")}}
    return part


def _tokens(response: Any) -> int | None:
    usage = response.get("usage") if isinstance(response, dict) else None
    tokens = usage.get("output_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else None


def _output(response: Any) -> str | Messages:
    output = response.get("output") if isinstance(response, dict) else None
    if not isinstance(output, list):
        raise PayloadError("response.output must be a list", "response")
    try:
        return completion(output, "response")
    except PayloadError as error:
        # The body has the field within another.
        place = str(error).removeprefix("response")
        raise PayloadError(f"response.output{place}", error.field, error.index) from None
