"""Turn the rows of a trainer's dataset and its policy's messages into plain values for a request.

Trainers pass numpy arrays, tensors, images and conversations. A value without a form in JSON becomes null: a
reward function that needs it reports that. Images are in `images`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rule_rm.integrations import images
from rule_rm.messages.fields import conversation, utf8
from rule_rm.registry.signatures import golden_answer


def plain(value: Any) -> Any:
    """Return a dataset's value in JSON's types; None if it has no such form.

    >>> plain({"level": (1, 2.5, float("nan")), 3: "a\\0b"})
    {'level': [1, 2.5, None], '3': 'a\ufffdb'}
    """
    if images.is_image(value):
        return images.as_url(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(str(name)): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (bool, int)) else None


def text(value: str) -> str:
    """Return a dataset's text as the service accepts it."""
    return utf8(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def response_of(completion: Any) -> Any:
    """Return the policy's response in the form of a request: a string, or a list of messages."""
    return utf8(completion) if isinstance(completion, str) else plain(list(completion))


def split_messages(messages: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Return the messages before the policy's turns, and those turns with the results of tools."""
    end = len(messages)
    while end and messages[end - 1].get("role") in ("assistant", "tool", "function"):
        end -= 1
    return list(messages[:end]), list(messages[end:])


def row(columns: Mapping[str, Any], index: int, count: int) -> dict[str, Any]:
    """Return the row at an index of the columns; only lists of `count` values are a dataset's columns."""
    return {
        name: plain(column[index])
        for name, column in columns.items()
        if isinstance(column, (list, tuple)) and len(column) == count
    }


def batch(
    prompts: Sequence[Any], responses: Sequence[Any], rows: Sequence[Mapping[str, Any]]
) -> dict[str, list[Any]]:
    """Return the columns of a request, with the golden answer and the data source of each row.

    A prompt is a string or a list of chat messages.
    """
    conversations = [
        _with_images(*_conversation(prompt), row) for prompt, row in zip(prompts, rows, strict=True)
    ]
    return {
        "prompts": [prompt for prompt, _ in conversations],
        "responses": list(responses),
        "golden_responses": [golden_answer(row) for row in rows],
        "data_sources": [_data_source(row) for row in rows],
        "extra_infos": [images.without_images(row) for row in rows],
        "messages": [messages for _, messages in conversations],
    }


def sample(prompt: Any, response: Any, row: Mapping[str, Any], ground_truth: Any = None) -> dict[str, Any]:
    """Return a request for one rollout, whose reply has a `score` that is always a number.

    The prompt is a string or a list of chat messages. The row may have the messages of a string.
    """
    prompt, messages = _conversation(prompt)
    if messages is None and isinstance(row.get("messages"), list):
        messages = _conversation(row["messages"])[1]
    prompt, messages = _with_images(prompt, messages, row)
    return {
        "prompt_str": prompt,
        "response_str": response,
        "ground_truth": golden_answer(row) if ground_truth is None else plain(ground_truth),
        "data_source": _data_source(row),
        "extra_info": images.without_images(row),
        "messages": messages,
    }


def _conversation(prompt: Any) -> tuple[str, list[Any] | None]:
    text, messages = conversation({"prompt": plain(prompt) if prompt else ""}, "prompt")
    return text, None if messages is None else list(messages)


def _with_images(
    prompt: str, messages: list[Any] | None, row: Mapping[str, Any]
) -> tuple[str, list[Any] | None]:
    """Return a conversation with the images of its row, if there are any and they are sent."""
    if messages is None and any(row.get(name) for name in images.COLUMNS):
        messages = [{"role": "user", "content": prompt}]
    return prompt, None if messages is None else images.in_messages(messages, row)


def _data_source(row: Mapping[str, Any]) -> str | None:
    source = row.get("data_source")
    return source if isinstance(source, str) else None
