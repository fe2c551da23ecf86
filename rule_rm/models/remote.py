"""Ask an engine, such as vLLM or SGLang, that serves a reward model: text by text; the engine batches them.

Every endpoint is probed at the start with texts that can't be worth the same. Equal scores mean that it does
not serve a reward model. Scores that all lie within 0 and 1 mean an activation where raw scores were asked
for, and endpoints that disagree serve different models. Without the probe, bad training would be the only
symptom.
"""

from __future__ import annotations

import json
import logging
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from rule_rm import redaction
from rule_rm.errors import ConfigurationError, ModelError
from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.replies import decode, error_text, quote
from rule_rm.http.retry import PASSING_STATUSES, GaveUpError, PassingError, RetryPolicy, retry_after
from rule_rm.http.transport import ExchangeError
from rule_rm.models.engine_api import APIS, Text

logger = logging.getLogger(__name__)

RETRIES = RetryPolicy(attempts=4, first_pause=0.2, longest_pause=5.0)
LONGEST_RETRY_AFTER = 5.0
"""Seconds that an engine may ask for: a text waits for its score meanwhile."""
IN_FLIGHT = 64
"""Texts in flight per endpoint."""
ENDPOINT_FAULTS = frozenset({401, 403, 404, 405})
"""Statuses that blame the endpoint (a revoked key, a model that was unloaded), never the text."""
START_PATIENCE = 30.0
"""Seconds that an endpoint has at the start, as it may have been started at the same time."""
START_PAUSE = 1.0
_AGREEMENT = 0.05
"""How far two endpoints' scores of one text may lie apart, for their size: engines compute in bf16."""

PROBES = tuple(
    {
        "text": f"Question: {question}\nAnswer: {answer}",
        "messages": [{"role": "user", "content": question}],
        "prompt": question,
        "response": answer,
    }
    for question, answer in (
        ("What is the capital of France?", "The capital of France is Paris."),
        ("What is the capital of France?", "no no no no no no no no no no no no"),
        ("What is the capital of France?", "I don't care, and you should be ashamed of asking."),
        ("What is the capital of France?", "Paris, on the Seine; it has been that for most of its history."),
    )
)
"""Answers to one question, so that they can be reranked as well: raw scores hardly all lie within 0 and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How to ask an engine. Raises ConfigurationError if a value is invalid."""

    urls: tuple[str, ...]
    api: str = "vllm_classify"
    model: str = ""
    api_key_env: str = "RM_API_KEY"
    activation: bool = False
    """Ask for the model's activation, which may put scores within 0 and 1; False asks for raw scores."""
    timeout: float = 60.0
    """Seconds that one text may take from the first attempt on, pauses included."""

    def __post_init__(self) -> None:
        if self.api not in APIS:
            raise ConfigurationError(f"rm_api must be one of {', '.join(APIS)}, not {self.api!r}")
        if not 0 < self.timeout < math.inf:
            raise ConfigurationError(f"timeout must be above 0, not {self.timeout!r}")

    @property
    def key(self) -> str:
        """The key in the environment; "" if there is none."""
        key = os.environ.get(self.api_key_env, "").strip()
        redaction.remember(key, self.api_key_env)
        return key

    def endpoints(self) -> Endpoints:
        """Return the addresses to ask. Raises ConfigurationError if one is invalid."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            return Endpoints([_address(url, APIS[self.api].path) for url in self.urls], headers)
        except (ValueError, LocationParseError) as error:
            raise ConfigurationError(f"rm_url: {error}") from None


class _AttemptError(ModelError):
    """One attempt failed; `status` is its HTTP status, if one arrived."""

    def __init__(self, message: str, status: int | None) -> None:
        super().__init__(message)
        self.status = status


class ScoringEngine:
    """An engine's endpoints, shared by threads."""

    def __init__(self, options: EngineOptions) -> None:
        """Probe every endpoint. Raises ConfigurationError if one can't be used."""
        self._options = options
        self._api = APIS[options.api]
        self._endpoints = options.endpoints()
        self._slots = threading.BoundedSemaphore(IN_FLIGHT * len(self._endpoints))
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        try:
            self._probe()
        except BaseException:
            self.close()
            raise

    def score(self, text: Text, until: float) -> float:
        """Return the engine's score of one text, NaN or infinite if it says so.

        Raises ModelError if there is none in time, ValueError for a text that the interface can't take.
        """
        if text["text"] is None and not (self._api.takes_messages or self._api.takes_pairs):
            raise ValueError(
                f"{self._options.api} takes whole texts, and the trainer sent none; chat_template=none joins "
                "prompt and response as they are, and other values of rm_api take messages"
            )
        if not self._slots.acquire(timeout=max(until - time.monotonic(), 0.0)):
            raise ModelError("the engine gave no score in time: too many texts before this one")
        try:
            (score,) = self._insist([text], min(until, time.monotonic() + self._options.timeout))
        finally:
            self._slots.release()
        return score

    def state(self) -> dict[str, Any]:
        """Return the entry of the engine in `/health`."""
        with self._lock:
            counts = dict(self._counts)
        return {"engine": str(self._endpoints), "api": self._options.api, **counts}

    def close(self) -> None:
        """Close the connections."""
        self._endpoints.close()

    def _insist(self, texts: Sequence[Text], until: float) -> list[float]:
        """Ask, on whichever endpoint, until scores arrive or no time is left."""
        given_up = threading.Event()
        try:
            scores = RETRIES.insist(
                self._endpoints,
                lambda endpoint: self._attempt(endpoint, texts, until),
                until,
                wait=given_up.wait,
            )
        except GaveUpError as error:
            raise ModelError(str(error)) from error.failure
        self._count("scored")
        return scores

    def _attempt(self, endpoint: Endpoint, texts: Sequence[Text], until: float) -> list[float]:
        try:
            return self._ask(endpoint, texts, until)
        except PassingError as error:
            self._count("failures")
            logger.debug("the engine failed: %s", error)
            raise
        except _AttemptError as failure:
            self._count("failures")
            is_elsewhere = failure.status in ENDPOINT_FAULTS or 300 <= (failure.status or 0) < 400
            if is_elsewhere and len(self._endpoints) > 1:
                raise PassingError(failure) from failure
            raise

    def _ask(self, endpoint: Endpoint, texts: Sequence[Text], until: float) -> list[float]:
        """Send one request. Raises PassingError if another may succeed, else _AttemptError."""
        body = self._api.body(texts, self._options.activation)
        if self._options.model:
            body["model"] = self._options.model
        try:
            status, headers, data = endpoint.post(json.dumps(body).encode(), until)
        except ExchangeError as error:
            failure = _AttemptError(str(error), error.status)
            if error.kind in ("untrusted", "too_large"):
                raise failure from error
            raise PassingError(failure) from error
        reply = decode(data)
        if status != 200:
            said = quote(error_text(reply) or data, 200)
            failure = _AttemptError(f"{endpoint} answered {status}: {said}", status)
            if status in PASSING_STATUSES or status >= 500:
                raise PassingError(failure, retry_after(headers, LONGEST_RETRY_AFTER) or 0.0)
            raise failure
        try:
            return self._api.read(reply, len(texts))
        except ValueError as error:
            raise PassingError(_AttemptError(f"{endpoint} answered {error}", status)) from None

    def _probe(self) -> None:
        """Raise ConfigurationError unless every endpoint gives raw scores of one and the same model."""
        first: list[float] = []
        for endpoint in self._endpoints:
            scores = self._try(endpoint)
            if not all(map(math.isfinite, scores)):
                raise ConfigurationError(f"{endpoint} gives {scores}, no numbers")
            if len(set(scores)) == 1:
                raise ConfigurationError(
                    f"{endpoint} gives {scores[0]:.6g} for different texts; it serves no reward model, or "
                    "not by this rm_api"
                )
            if not self._options.activation and all(0 <= score <= 1 for score in scores):
                raise ConfigurationError(
                    f"{endpoint} gives {scores}, all within 0 and 1, as if by an activation; "
                    "turn it off in the engine, or set rm_activation=true to want it"
                )
            first = first or scores
            if any(
                abs(one - other) > _AGREEMENT * (1 + abs(one))
                for one, other in zip(first, scores, strict=True)
            ):
                raise ConfigurationError(
                    f"{endpoint} gives {scores} where the first of rm_url gives {first}: "
                    "they serve different models"
                )

    def _try(self, endpoint: Endpoint) -> list[float]:
        """Return the scores of the probes, from an endpoint that may not be up yet."""
        patience = time.monotonic() + START_PATIENCE
        while True:
            try:
                return self._ask(endpoint, PROBES, time.monotonic() + self._options.timeout)
            except PassingError as error:
                # A server that is still starting refuses connections, or answers 503 while it loads.
                status = error.failure.status if isinstance(error.failure, _AttemptError) else None
                if status not in (None, 502, 503) or time.monotonic() + START_PAUSE >= patience:
                    raise ConfigurationError(f"the engine of rm_url can't be used: {error}") from error
                time.sleep(START_PAUSE)
            except ModelError as error:
                raise ConfigurationError(f"the engine of rm_url can't be used: {error}") from error

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1


def _address(text: str, path: str) -> str:
    """Return the interface's URL on a server given by its root, with or without /v1, or in full."""
    url = parse_url(text.strip())
    given = (url.path or "").rstrip("/")
    if not given.endswith(path):
        given = given.removesuffix("/v1") + path
    return url._replace(path=given, fragment=None).url
