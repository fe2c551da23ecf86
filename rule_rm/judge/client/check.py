"""Is there a judge? One token is asked of each endpoint at start, and what is wrong is told with what to do.

A list of models alone would not do: some servers have none, or an empty one, or serve models that are not in
it.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress

from rule_rm.errors import ConfigurationError
from rule_rm.judge.client.failure import Failure
from rule_rm.judge.client.options import COMPLETIONS, ClientOptions
from rule_rm.judge.client.question import Question, Written
from rule_rm.judge.client.transport import Transport
from rule_rm.judge.client.wire import read_reply

ASK_AGAIN = 1.0
"""Seconds between two questions to a server that is not ready."""
LISTED = 8
"""Models that a message names at most."""


def check(transport: Transport, options: ClientOptions, until: float) -> None:
    """Raise ConfigurationError if there is no judge at an endpoint; wait while it says it is not ready."""
    question = Question(messages=({"role": "user", "content": "Reply with OK."},), max_tokens=1)
    body = Written(question, options.model, options.extra).body(None)
    while True:
        try:
            read_reply(transport.exchange("POST", COMPLETIONS, body, until), transport.name, options.key)
            return
        except Failure as failure:
            if failure.kind == "no_content":
                return
            pause = max(ASK_AGAIN, failure.retry_after or 0.0)
            if failure.status in (429, 503) and time.monotonic() + pause < until:
                time.sleep(pause)
                continue
            advice = _advice(failure, transport, options, until)
            raise ConfigurationError(f"the judge can't be used: {failure}; {advice}") from None


def _advice(failure: Failure, transport: Transport, options: ClientOptions, until: float) -> str:
    """What to do about it."""
    if failure.kind == "untrusted":
        return "name a file with the certificate of its authority by SSL_CERT_FILE"
    if failure.status is None:
        return "is its server started, and is its URL right?"
    if failure.status in (401, 403):
        name = options.api_key_env or "the environment variable that api_key_env names"
        return f"is its key in {name}?"
    if failure.status in (400, 404, 422):
        models = _models(transport, until)
        if models and options.model not in models:
            more = ", …" if len(models) > LISTED else ""
            return f"it has no model {options.model!r}, but {', '.join(models[:LISTED])}{more}"
        if failure.status == 404 and not models:
            return f"is its URL right? It has no {COMPLETIONS} there"
        return "see model and extra_body"
    return "see its own log"


def _models(transport: Transport, until: float) -> list[str]:
    """The models that a server lists."""
    with suppress(Failure, ValueError, RecursionError, LookupError, TypeError):
        content = json.loads(transport.exchange("GET", "/models", None, until).data)
        return [str(model["id"]) for model in content["data"]]
    return []
