"""Read the fields of a request: checks for all wire formats, and how an error names a bad value.

A message names the field, the index and the kind of value, never the value itself. Error messages end in
logs, and texts of a training run don't belong there.

A string with a null character, or with half a surrogate pair, is refused: it came broken from a dataset. A
response with one is scored, since a policy can write such a character and it would cost the whole batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rule_rm.errors import PayloadError
from rule_rm.messages.contents import check_content, check_said
from rule_rm.messages.kinds import kind_of as _kind

Messages = tuple[Mapping[str, Any], ...]

THINKING_PARTS = ("thinking", "reasoning", "redacted_thinking")
"""The types of the parts of a message's content that are thinking."""
DEPTH_LIMIT = 32
"""Levels of nested lists and objects in one label. Copying or comparing a deeper one would recurse too
far.
"""


def texts(payload: Mapping[str, Any], field: str) -> list[str]:
    """Return the field, which must be a list of strings that UTF-8 can carry.

    >>> texts({"prompts": ["1+1?"]}, "prompts")
    ['1+1?']
    >>> texts({"prompts": ["1+1?", 2]}, "prompts")
    Traceback (most recent call last):
    rule_rm.errors.PayloadError: prompts[1] must be a string, not a number
    """
    items = _list(payload, field)
    for index, item in enumerate(items):
        if not isinstance(item, str):
            raise PayloadError(f"{field}[{index}] must be a string, not {_kind(item)}", field, index)
        _check_text(item, field, index)
    return items


def responses(payload: Mapping[str, Any], field: str) -> list[str]:
    """Return the field, which must be a list of strings, each the policy's text or ending with it."""
    items = _list(payload, field)
    return [_written(item, field, index) for index, item in enumerate(items)]


def ground_truths(payload: Mapping[str, Any], field: str, count: int) -> list[Any]:
    """Return the golden answers in the field, `count` of them: any JSON values.

    The answer is None for null and for an empty string, which trainers send for a dataset without answers.
    All of them are None if the field is missing or null.
    """
    if payload.get(field) is None:
        return [None] * count
    items = _list(payload, field)
    for index, item in enumerate(items):
        _check_value(item, field, index)
    check_length(items, field, count)
    return [None if isinstance(item, str) and not item.strip() else item for item in items]


def text(payload: Mapping[str, Any], field: str) -> str:
    """Return the field, which must be a string that UTF-8 can carry, or a list of one.

    >>> text({"prompt_str": ["1+1?"]}, "prompt_str")
    '1+1?'
    """
    value = _one(payload, field)
    if not isinstance(value, str):
        raise PayloadError(f"{field} must be a string, not {_kind(value)}", field)
    _check_text(value, field)
    return value


def completions(payload: Mapping[str, Any], field: str) -> list[str | Messages]:
    """Return the field, a list of responses: strings, or lists of messages."""
    return [completion(item, field, index) for index, item in enumerate(_list(payload, field))]


def completion(value: Any, field: str, index: int | None = None) -> str | Messages:
    """Return a response: a string, or a list of messages or of the items of a Responses reply.

    No text in it is refused, and what is nested too deep is left out: a policy may not cost its whole batch.

    >>> completion([{"role": "assistant", "content": "4\\ud83d"}], "responses")
    ({'role': 'assistant', 'content': '4\ufffd'},)
    """
    if not isinstance(value, list):
        return _written(value, field, index)
    for item in value:
        if not isinstance(item, dict):
            place = _place(field, index)
            raise PayloadError(
                f"{place} must be a string or a list of messages, not of {_kind(item)}", field, index
            )
    check_said(value, _place(field, index), field, index)
    return tuple(_harmless(item, 0) for item in value)


def response(payload: Mapping[str, Any], field: str) -> str:
    """Return the field, which must be a string, or a list of one: the policy's text, or one ending with it.

    >>> response({"response_str": ["4\\ud83d\\0"]}, "response_str")
    '4\ufffd\\x00'
    """
    return _written(_one(payload, field), field)


def optional_response(payload: Mapping[str, Any], field: str) -> str | None:
    """Return the field as `response` reads it; None if it is missing or null."""
    return None if payload.get(field) is None else response(payload, field)


def optional_text(payload: Mapping[str, Any], field: str) -> str | None:
    """Return the field as `text` reads it; None if it is missing or null."""
    return None if payload.get(field) is None else text(payload, field)


def ground_truth(payload: Mapping[str, Any], field: str) -> Any:
    """Return the golden answer, any JSON value; None if the field is missing, null or an empty string."""
    value = payload.get(field)
    _check_value(value, field)
    return None if isinstance(value, str) and not value.strip() else value


def table(payload: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Return the field, which must be an object; empty if it is missing or null."""
    value = payload.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PayloadError(f"{field} must be an object, not {_kind(value)}", field)
    _check_value(value, field)
    return value


def conversation(payload: Mapping[str, Any], field: str) -> tuple[str, Messages | None]:
    """Return the field, a string or a list of chat messages, as one string; and the messages.

    A message's content is a string or a list of parts, of which those that have a `text` count.

    >>> conversation({"prompt": [{"role": "user", "content": "1+1?"}]}, "prompt")
    ('1+1?', ({'role': 'user', 'content': '1+1?'},))
    """
    if not isinstance(payload.get(field), list):
        return text(payload, field), None
    given = messages(payload, field) or ()
    contents = [content_of(message) for message in given]
    return "\n\n".join(content for content in contents if content), given


def messages(payload: Mapping[str, Any], field: str) -> Messages | None:
    """Return the field, which must be a list of chat messages, or None if it is missing or null."""
    given = payload.get(field)
    if given is None:
        return None
    if not isinstance(given, list):
        raise PayloadError(f"{field} must be a list of messages, not {_kind(given)}", field)
    check_messages(given, field)
    return tuple(given)


def conversations(payload: Mapping[str, Any], field: str, count: int) -> list[Messages | None]:
    """Return the field, `count` lists of chat messages or nulls; a missing field is `count` times None."""
    items = ground_truths(payload, field, count)
    for index, item in enumerate(items):
        if item is None:
            continue
        if not isinstance(item, list):
            raise PayloadError(
                f"{field}[{index}] must be a list of messages, not {_kind(item)}", field, index
            )
        check_messages(item, field, index)
    return [None if item is None else tuple(item) for item in items]


def unlabelled(label: Any) -> tuple[Any, str | None]:
    """Return the golden answer and the data source of a label, which may be an object with both.

    >>> unlabelled({"answer": "7", "data_source": "sums"}), unlabelled({"answer": "7"})
    (('7', 'sums'), ({'answer': '7'}, None))
    """
    source = label.get("data_source") if isinstance(label, dict) else None
    if not isinstance(source, str):
        return label, None
    rest = {name: value for name, value in label.items() if name != "data_source"}
    return (next(iter(rest.values())) if len(rest) == 1 else rest or None), source


def content_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message without its thinking; empty if it only calls a tool."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [
        part.get("text")
        for part in parts
        if isinstance(part, Mapping) and part.get("type") not in THINKING_PARTS
    ]
    return "".join(text for text in texts if isinstance(text, str))


def data_sources(payload: Mapping[str, Any], field: str, count: int) -> list[str | None]:
    """Return the field, `count` strings or nulls; None for all of them if it is missing or null."""
    items = ground_truths(payload, field, count)
    for index, item in enumerate(items):
        if item is not None and not isinstance(item, str):
            raise PayloadError(f"{field}[{index}] must be a string, not {_kind(item)}", field, index)
    return items


def tables(payload: Mapping[str, Any], field: str, count: int) -> list[dict[str, Any]]:
    """Return the field, `count` objects; null is an empty one, and a missing field is `count` of them."""
    items = ground_truths(payload, field, count)
    for index, item in enumerate(items):
        if item is not None and not isinstance(item, dict):
            raise PayloadError(f"{field}[{index}] must be an object, not {_kind(item)}", field, index)
    return [item or {} for item in items]


def utf8(text: str) -> str:
    r"""Return the text with U+FFFD in place of half a surrogate pair, which UTF-8 can't carry.

    >>> utf8("4\ud83d")
    '4\ufffd'
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check_length(items: list[Any], field: str, count: int) -> None:
    """Raise PayloadError unless there is one item for each of the `count` responses."""
    if len(items) != count:
        raise PayloadError(f"{field} has length {len(items)} where the batch has length {count}", field)


def _list(payload: Mapping[str, Any], field: str) -> list[Any]:
    if field not in payload:
        raise PayloadError(f"{field} is missing", field)
    items = payload[field]
    if not isinstance(items, list):
        raise PayloadError(f"{field} must be a list, not {_kind(items)}", field)
    return items


def _one(payload: Mapping[str, Any], field: str) -> Any:
    """Return the value of the field, or the only one in the list there."""
    if field not in payload:
        raise PayloadError(f"{field} is missing", field)
    value = payload[field]
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _written(value: Any, field: str, index: int | None = None) -> str:
    if not isinstance(value, str):
        raise PayloadError(f"{_place(field, index)} must be a string, not {_kind(value)}", field, index)
    return utf8(value)


def check_messages(given: list[Any], field: str, index: int | None = None) -> None:
    """Raise PayloadError unless each item is a message with a role, whose texts UTF-8 can carry."""
    for number, message in enumerate(given):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            what = "one without" if isinstance(message, dict) else _kind(message)
            raise PayloadError(
                f"{_place(field, index)}[{number}] must be a message with a role, not {what}",
                field,
                number if index is None else index,
            )
        if message["role"] not in ("tool", "function"):
            # The result of a tool may be any value.
            check_content(message, f"{_place(field, index)}[{number}]", field, index)
        _check_value(message, field, number if index is None else index)


def _check_text(text: str, field: str, index: int | None = None) -> None:
    if "\0" in text:
        raise PayloadError(f"{_place(field, index)} contains a null character", field, index)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            message = f"{_place(field, index)} contains half a surrogate pair, which is no character"
            raise PayloadError(message, field, index) from None


def _check_value(value: Any, field: str, index: int | None = None, depth: int = 0) -> None:
    """Check every text in a JSON value."""
    if isinstance(value, str):
        _check_text(value, field, index)
    elif isinstance(value, (list, dict)):
        if depth == DEPTH_LIMIT:
            raise PayloadError(f"{_place(field, index)} is nested more than {DEPTH_LIMIT} deep", field, index)
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        for part in parts:
            _check_value(part, field, index, depth + 1)


def _harmless(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return utf8(value)
    if depth > DEPTH_LIMIT:
        return None
    if isinstance(value, dict):
        return {utf8(name): _harmless(part, depth + 1) for name, part in value.items()}
    return [_harmless(part, depth + 1) for part in value] if isinstance(value, list) else value


def _place(field: str, index: int | None) -> str:
    return field if index is None else f"{field}[{index}]"
