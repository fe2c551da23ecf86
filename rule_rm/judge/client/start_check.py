"""Check at start that there is a judge: each server is asked for one token, and errors say what to do.

A list of models alone would not do: some servers have none, or an empty one, or serve models that it lacks.
"""

from __future__ import annotations

import time
from contextlib import suppress

from rule_rm.errors import ConfigurationError
from rule_rm.http.replies import decode
from rule_rm.http.transport import ExchangeError
from rule_rm.judge.client.asking import exchange
from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.question import Question, Written
from rule_rm.judge.client.servers import JudgeServer

ASK_AGAIN = 1.0
"""Seconds between two questions to a server that is not ready."""
LISTED = 8
"""Models that a message names at most."""


def check(server: JudgeServer, options: ClientOptions, until: float, *, is_raw: bool = False) -> None:
    """Raise ConfigurationError if there is no judge at a server; wait while it says that it is not ready."""
    messages = ({"role": "user", "content": "Reply with OK."},)
    question = Question(messages=messages, is_raw=is_raw, max_tokens=1)
    written = Written(question, options.model, options.extra)
    while True:
        try:
            exchange(server, written, until)
            return
        except AttemptError as failure:
            if failure.kind == "no_content":
                return
            pause = max(ASK_AGAIN, failure.retry_after or 0.0)
            if failure.status in (429, 503) and time.monotonic() + pause < until:
                time.sleep(pause)
                continue
            advice = _advice(failure, server, options, question.path, until)
            raise ConfigurationError(f"the judge can't be used: {failure}; {advice}") from None


def _advice(
    failure: AttemptError, server: JudgeServer, options: ClientOptions, path: str, until: float
) -> str:
    """Return what to do about a failure."""
    if failure.kind == "untrusted":
        return "name a file with the certificate of its authority by SSL_CERT_FILE"
    if failure.status is None:
        return "is its server started, and is its URL right?"
    if failure.status in (401, 403):
        name = options.api_key_env or "the environment variable that api_key_env names"
        return f"is its key in {name}?"
    if failure.status in (400, 404, 422):
        models = _models(server, until)
        if models and options.model not in models:
            more = ", …" if len(models) > LISTED else ""
            return f"it has no model {options.model!r}, but {', '.join(models[:LISTED])}{more}"
        if failure.status == 404 and not models:
            return f"is its URL right? It has no {path} there"
        return "see model and extra_body"
    return "see its own log"


def _models(server: JudgeServer, until: float) -> list[str]:
    """Return the models that a server lists."""
    with suppress(ExchangeError, LookupError, TypeError):
        content = decode(server.transport.exchange("GET", "/models", None, until).data)
        return [str(model["id"]) for model in content["data"]]
    return []
