"""slime's remote reward, `--rm-type remote_rm`: one sample a request, without metadata.

The whole reply becomes the reward, so it is a bare number. A run with `--reward-key` needs an object; as
slime adds nothing to its requests, the URL says so: `?reward_key=score`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.messages.fields import completion, conversation, ground_truth, optional_text, table, unlabelled
from rule_rm.messages.said import written
from rule_rm.protocols._fields import ANY, NUMBER, OPTIONAL_OBJECT, OPTIONAL_TEXT, PROMPT, SAID, Kind
from rule_rm.protocols._reply import figures, reward_of
from rule_rm.settings import AUTO
from rule_rm.types import Rollout, Score

NAME = "slime remote_rm"
KEYS = ("prompt", "response", "label")
FIELDS = {
    "prompt": PROMPT,
    "response": SAID,
    "label": ANY,
    "metadata": OPTIONAL_OBJECT,
    "reward_key": OPTIONAL_TEXT,
}
SUMMARY = "prompt (a text or messages), response, label and, if wanted, metadata and, in the URL, reward_key"
REPLY = Kind(
    "number, or an object with the number under reward_key", {"anyOf": [NUMBER.schema, {"type": "object"}]}
)


def parse_request(payload: Mapping[str, Any], *, chat_template: str = AUTO) -> list[Rollout]:
    """Return the one rollout of `{"prompt": str or messages, "response": str, "label": any}`.

    `metadata`, which slime itself does not send, may name a `data_source`; so may a label that is an object.
    """
    prompt, messages = conversation(payload, "prompt")
    answer_wanted, named = unlabelled(ground_truth(payload, "label"))
    metadata = table(payload, "metadata")
    source = metadata.get("data_source", named)
    answer, said = written(completion(payload.get("response"), "response"), chat_template)
    return [
        Rollout(
            prompt,
            answer,
            answer_wanted,
            source if isinstance(source, str) else None,
            metadata,
            messages=messages,
            completion=said,
        )
    ]


def build_response(
    payload: Mapping[str, Any], scores: Sequence[Score], *, metrics: Sequence[str], unscored_reward: float
) -> dict[str, Any] | float:
    """Return the reward; with a `reward_key`, an object of the reward under this key and the figures."""
    (score,) = scores
    reward = reward_of(score, unscored_reward)
    key = optional_text(payload, "reward_key")
    return reward if key is None else {key: reward, **figures(score, metrics, {key})}
