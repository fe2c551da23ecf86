"""Azure's endpoint grader for reinforcement fine-tuning: a sample and the row that it answers.

The reply must be a number with status 200, or an error. Azure discards a rollout whose grader fails, so one
that is not scored is answered with 503.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.errors import PayloadError, UnscoredError
from rule_rm.messages.fields import completion, conversation, ground_truth, table
from rule_rm.messages.said import written
from rule_rm.protocols._fields import NUMBER, OBJECT, OPTIONAL_OBJECT, check_columns
from rule_rm.protocols._reply import figures
from rule_rm.registry.signatures import GROUND_TRUTH_COLUMNS, golden_answer
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "Azure endpoint grader"
KEYS = ("sample", "item")
FIELDS = {"sample": OBJECT, "item": OPTIONAL_OBJECT}
SUMMARY = "sample (output_text, output_tools, …) and item (the row, with messages and the golden answer)"
REPLY = {"score": NUMBER}

RESERVED = frozenset({"score"})
_REFERENCES = ("reference_answer", "correct_answer")


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the one rollout of `{"sample": {"output_text": str, …}, "item": {…}}`."""
    sample, item = payload.get("sample"), table(payload, "item")
    if not isinstance(sample, dict):
        raise PayloadError("sample must be an object", "sample")
    answer, messages_said = written(completion(_said(sample), "sample"), chat_template)
    prompt, messages = conversation({"prompt": item.get("messages") or ""}, "prompt")
    source, golden = item.get("data_source"), golden_answer({**item, "answer": _reference(item)})
    if golden is None:
        check_columns(item, (*_REFERENCES, *GROUND_TRUTH_COLUMNS), "item.", "item")
    return [
        Rollout(
            prompt or str(item.get("question") or item.get("prompt") or ""),
            answer,
            ground_truth({"item": golden}, "item"),
            source if isinstance(source, str) else None,
            item,
            messages=messages,
            completion=messages_said,
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any]:
    """Return `score` and the metrics. Raises UnscoredError if the rollout is not scored."""
    (score,) = scores
    if score.reward is None:
        raise UnscoredError(f"the rollout was not scored: {score.explanation or score.status.value}")
    return {"score": score.reward, **figures(score, metrics, RESERVED)}


def _said(sample: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sample as a message. Raises PayloadError if it has neither a text nor calls of tools."""
    tools, text = sample.get("output_tools"), sample.get("output_text")
    if not isinstance(tools, list | None):
        raise PayloadError("sample.output_tools must be a list", "sample")
    if not isinstance(text, str | None):
        raise PayloadError("sample.output_text must be a string", "sample")
    if "output_text" not in sample and not tools:
        raise PayloadError("sample.output_text is missing", "sample")
    return [{"role": "assistant", "content": text, **({} if tools is None else {"tool_calls": tools})}]


def _reference(item: Mapping[str, Any]) -> Any:
    """Return the golden answer under the names of OpenAI's examples, else that of a usual column."""
    for name in _REFERENCES:
        if item.get(name) is not None:
            return item[name]
    return item.get("answer")
