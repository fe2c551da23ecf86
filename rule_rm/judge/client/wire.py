"""The replies of OpenAI-compatible servers: read into a Reply, or raised as a Failure that says what came.

A status of 200 proves little. Gateways send pages of HTML with it, servers send half of their JSON, no
choices, a content that is null, or an error. None of that may become a verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from rule_rm.client.replies import excerpt
from rule_rm.judge.client.failure import Failure
from rule_rm.judge.client.question import Reply
from rule_rm.judge.client.transport import HTTPReply, retry_after

MAX_RETRY_AFTER = 30.0
"""Seconds that a server can ask for."""
PASSING = frozenset({408, 425, 429})
"""Statuses that can pass, besides those from 500 on."""
_QUOTED = 300
Logprobs = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]


def read_reply(reply: HTTPReply, endpoint: str, key: str) -> Reply:
    """What the judge said. Raises Failure if that can't be told; its message does not hold `key`."""
    if reply.status != 200:
        _refuse(reply, endpoint, key)
    try:
        content = json.loads(reply.data)
    except (ValueError, RecursionError):
        _fail("unreadable", f"{endpoint} answered no JSON, but {excerpt(reply.data, 80)!r}")
    choice = _first(content.get("choices")) if isinstance(content, dict) else None
    if choice is None:
        said = _error_message(content, key)
        what = f"an error: {said}" if said else "no choices"
        _fail("no_choices", f"{endpoint} answered {what}")
    message = choice.get("message")
    if not isinstance(message, dict):
        _fail("no_choices", f"{endpoint} answered a choice without a message")
    finish_reason = choice.get("finish_reason")
    if not isinstance(finish_reason, str):
        finish_reason = ""
    text, reasoning = (
        _text(message.get("content")),
        _text(message.get("reasoning_content", message.get("reasoning"))),
    )
    if text is None and isinstance(message.get("refusal"), str):
        text, finish_reason = "", "refusal"
    if text is None and finish_reason in ("", "stop"):
        _fail("no_content", f"{endpoint} answered without a content")
    prompt_tokens, completion_tokens = _usage(content.get("usage"))
    return Reply(
        text=text or "",
        reasoning=reasoning,
        finish_reason=finish_reason,
        logprobs=_logprobs(choice.get("logprobs")),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        endpoint=endpoint,
    )


def _fail(kind: str, message: str) -> NoReturn:
    raise Failure(kind, message, can_pass=True, is_well=kind != "unreadable", status=200)


def _refuse(reply: HTTPReply, endpoint: str, key: str) -> NoReturn:
    """Raise what a status that is not 200 means."""
    status = reply.status
    if 300 <= status < 400:
        message = (
            f"{endpoint} answered {status}, a redirect, which is not followed; give the judge's real URL"
        )
        raise Failure("redirect", message, is_well=True, status=status)
    try:
        content = json.loads(reply.data)
    except (ValueError, RecursionError):
        content = None
    said = _error_message(content, key) or _quote(reply.data[: _QUOTED * 8].decode(errors="replace"), key)
    raise Failure(
        f"http_{status}",
        f"{endpoint} answered {status}: {said}",
        can_pass=status in PASSING or status >= 500,
        is_well=status < 500,
        retry_after=retry_after(reply.headers, MAX_RETRY_AFTER) if status in (429, 503) else None,
        status=status,
    )


def _error_message(content: Any, key: str) -> str:
    """What an error in JSON says, in OpenAI's, vLLM's or FastAPI's way to say it; "" if it says nothing."""
    if not isinstance(content, dict):
        return ""
    error = content.get("error") or content.get("message") or content.get("detail")
    if isinstance(error, dict):
        error = error.get("message") or error
    if not error:
        return ""
    return _quote(error if isinstance(error, str) else json.dumps(error), key)


def _quote(text: str, key: str) -> str:
    """The beginning of what a server wrote, without the key, which servers quote when they refuse it."""
    return excerpt(text.replace(key, "***") if key else text, _QUOTED)


def _first(choices: Any) -> dict[str, Any] | None:
    is_choice = isinstance(choices, list) and choices and isinstance(choices[0], dict)
    return choices[0] if is_choice else None


def _text(content: Any) -> str | None:
    """A content that is a text, or the texts of one in parts; None if it is neither."""
    if isinstance(content, list):
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(text for text in texts if isinstance(text, str)) or None
    return content if isinstance(content, str) else None


def _usage(usage: Any) -> tuple[int, int]:
    """Tokens of the prompt and of the reply; 0 if the server does not tell."""
    if not isinstance(usage, dict):
        return 0, 0
    counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    prompt, completion = (count if isinstance(count, int) and count > 0 else 0 for count in counts)
    return prompt, completion


def _logprobs(logprobs: Any) -> Logprobs | None:
    """Each token with its alternatives; None unless they are as the protocol has them."""
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not isinstance(tokens, list) or not tokens:
        return None
    try:
        return tuple((_string(token["token"]), _alternatives(token)) for token in tokens)
    except (LookupError, TypeError, ValueError):
        return None


def _alternatives(token: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    found = [(_string(top["token"]), float(top["logprob"])) for top in token.get("top_logprobs") or ()]
    if all(other != token["token"] for other, _ in found):
        found.append((token["token"], float(token["logprob"])))
    return tuple(found)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
