"""Read the replies of OpenAI-compatible servers into a Reply, or raise an AttemptError with the reason.

A status of 200 proves little. Gateways send pages of HTML with it. Servers send half of their JSON, no
choices, a null content, or an error. None of that may become a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rule_rm.http.replies import decode, error_text, quote
from rule_rm.http.retry import PASSING_STATUSES, retry_after
from rule_rm.http.transport import HTTPReply
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.question import Logprobs, Reply

_QUOTED = 300
"""Characters of an error that a message may quote."""
_THINKING_PARTS = frozenset({"thinking", "reasoning", "redacted_thinking"})
"""Types of content parts that are not the reply: `{"type": "thinking", "text": "…"}`."""
_ENDPOINT_FAULTS = frozenset({401, 403, 404, 405, 407})
"""Statuses that blame the server (a revoked key, a model that was unloaded), never the question."""
_TOO_LONG = re.compile(
    r"context[ _](?:length|size|window)|(?:longer|more) than the (?:maximum |model(?:'s)? ){0,2}context"
    r"|(?:prompt|input|request)[^.]{0,40} (?:is|are) too (?:long|large)"
    r"|exceeds?[^.]{0,60}(?:context|max_model_len)",
    re.IGNORECASE,
)
"""An error for a question beyond the context: `This model's maximum context length is 8192 tokens`."""
_WHOLE = frozenset(
    {"stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed", "endoftext"}
)
"""Finish reasons of a whole reply: OpenAI's, TGI's, Anthropic's, Cohere's, Gemini's (in lower case)."""
_CUT = frozenset({"length", "max_tokens", "max_length", "max_output_tokens", "model_length"})
"""Finish reasons of a reply that was cut at its limit."""


def read_reply(reply: HTTPReply, endpoint: str, max_tokens: int = 0) -> Reply:
    """Return the judge's reply. Raises AttemptError if there is none; its message holds no secret.

    `max_tokens` is the limit that was asked for: a reply without a finish reason that is shorter was not cut.
    """
    if reply.status != 200:
        _refuse(reply, endpoint)
    content = decode(reply.data)
    if content is None:
        _fail("unreadable", f"{endpoint} answered no JSON, but {quote(reply.data, 80)!r}")
    choice = _first(content.get("choices")) if isinstance(content, dict) else None
    if choice is None:
        said = quote(error_text(content), _QUOTED)
        _fail("no_choices", f"{endpoint} answered {f'an error: {said}' if said else 'no choices'}")
    message = choice.get("message", {"content": choice["text"]} if "text" in choice else None)
    if not isinstance(message, dict):
        _fail("no_choices", f"{endpoint} answered a choice without a message")
    prompt_tokens, completion_tokens = _usage(content.get("usage"))
    finish_reason = _finish_reason(choice.get("finish_reason"), completion_tokens, max_tokens)
    text, thought = _text(message.get("content"))
    if text is None and isinstance(message.get("refusal"), str):
        text, finish_reason = "", "refusal"
    if text is None and finish_reason in ("", "stop"):
        _fail("no_content", f"{endpoint} answered without a content")
    reasoning, _ = _text(message.get("reasoning_content", message.get("reasoning")))
    return Reply(
        text=text or "",
        reasoning=reasoning if thought is None else thought,
        finish_reason=finish_reason,
        logprobs=_logprobs(choice.get("logprobs")),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        endpoint=endpoint,
    )


def refused_field(reply: HTTPReply) -> str:
    """Return the name of the request's field that a 400 or 422 refuses, in OpenAI's way; "" without one.

    >>> error = b'{"error": {"param": "temperature", "code": "unsupported_value"}}'
    >>> refused_field(HTTPReply(400, {}, error))
    'temperature'
    """
    if reply.status not in (400, 422):
        return ""
    content = decode(reply.data)
    error = content.get("error") if isinstance(content, dict) else None
    if isinstance(error, dict) and str(error.get("code", "")).startswith("unsupported"):
        return str(error.get("param") or "")
    said = error_text(content).lower()
    if "max_completion_tokens" in said:
        return "max_tokens"
    if "unsupported" in said or "not support" in said:
        return next((name for name in ("max_tokens", "temperature", "seed") if f"'{name}'" in said), "")
    return ""


def _fail(kind: str, message: str) -> NoReturn:
    is_well = None if kind == "no_content" else kind != "unreadable"
    raise AttemptError(kind, message, can_pass=True, is_well=is_well, is_endpoints_fault=True, status=200)


def _refuse(reply: HTTPReply, endpoint: str) -> NoReturn:
    """Raise the error for a status other than 200."""
    status = reply.status
    if 300 <= status < 400:
        message = (
            f"{endpoint} answered {status}, a redirect, which is not followed; give the judge's real URL"
        )
        raise AttemptError("redirect", message, is_well=True, is_endpoints_fault=True, status=status)
    said = quote(error_text(decode(reply.data)) or reply.data, _QUOTED)
    raise AttemptError(
        f"http_{status}",
        f"{endpoint} answered {status}: {said}",
        can_pass=status in PASSING_STATUSES or status >= 500,
        is_well=status < 500,
        is_endpoints_fault=status in _ENDPOINT_FAULTS,
        is_too_long=status in (400, 413, 422) and bool(_TOO_LONG.search(said)),
        retry_after=retry_after(reply.headers) if status in (429, 503) else None,
        status=status,
    )


def _first(choices: Any) -> dict[str, Any] | None:
    is_choice = isinstance(choices, list) and choices and isinstance(choices[0], dict)
    return choices[0] if is_choice else None


def _finish_reason(given: Any, completion_tokens: int, max_tokens: int) -> str:
    """Return stop, length, another reason in the server's words, or "" if nothing shows how the reply ended.

    >>> [_finish_reason(given, 5, 10) for given in ("STOP", "max_tokens", "content_filter", None)]
    ['stop', 'length', 'content_filter', 'stop']
    """
    if given is None and 0 < completion_tokens < max_tokens:
        return "stop"
    if not isinstance(given, str):
        return ""
    name = given.casefold()
    return "stop" if name in _WHOLE else "length" if name in _CUT else given


def _text(content: Any) -> tuple[str | None, str | None]:
    """Return a content's text and the thinking among its parts; None for each that is missing."""
    if not isinstance(content, list):
        return (content if isinstance(content, str) else None), None
    parts = [part for part in content if isinstance(part, dict)]
    said = [part.get("text") for part in parts if part.get("type") not in _THINKING_PARTS]
    thought = [
        part.get("thinking") or part.get("text") for part in parts if part.get("type") in _THINKING_PARTS
    ]
    joined = ["".join(text for text in texts if isinstance(text, str)) for texts in (said, thought)]
    return joined[0] or None, joined[1] or None


def _usage(usage: Any) -> tuple[int, int]:
    """Return the tokens of the prompt and of the reply; 0 if the server doesn't say."""
    if not isinstance(usage, dict):
        return 0, 0
    prompt, completion = (_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    return prompt, completion


def _count(given: Any) -> int:
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    # Some servers send floats; the comparison is false for NaN.
    return int(given) if is_number and 0 < given < 1e12 else 0


def _logprobs(logprobs: Any) -> Logprobs | None:
    """Return each token with its alternatives; None unless they are as either protocol has them."""
    if not isinstance(logprobs, dict):
        return None
    try:
        if isinstance(logprobs.get("content"), list):
            tokens = tuple((_string(token["token"]), _alternatives(token)) for token in logprobs["content"])
        else:
            tokens = _completion_logprobs(logprobs)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return tokens or None


def _alternatives(token: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    found = [(_string(top["token"]), _logprob(top["logprob"])) for top in token.get("top_logprobs") or ()]
    if all(other != token["token"] for other, _ in found):
        found.append((token["token"], _logprob(token["logprob"])))
    return tuple(found)


def _completion_logprobs(logprobs: Mapping[str, Any]) -> Logprobs:
    """Read the shape of /completions: parallel lists of tokens, logprobs and dicts of alternatives."""
    tokens, own, top = (logprobs[name] for name in ("tokens", "token_logprobs", "top_logprobs"))
    found = []
    for token, logprob, alternatives in zip(tokens, own, top, strict=True):
        others = {_string(other): _logprob(value) for other, value in (alternatives or {}).items()}
        found.append((_string(token), tuple({**others, token: _logprob(logprob)}.items())))
    return tuple(found)


def _logprob(value: Any) -> float:
    number = float(value)
    if number != number:
        raise ValueError("a logprob is NaN")
    return number


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
