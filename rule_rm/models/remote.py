"""A reward model that an engine serves, such as vLLM or SGLang: asked text by text, which the engine batches.

Every endpoint is tried at the start with texts that can't be worth the same. One that gives them equal scores
serves no reward model; one whose scores all lie within 0 and 1 applies an activation where raw scores were
asked for; endpoints that disagree serve different models. None of it shows in a run but by bad training.
"""

from __future__ import annotations

import json
import logging
import math
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from rule_rm.client.replies import decode, error_message, excerpt
from rule_rm.errors import ConfigurationError, ModelUnavailable, RemoteRewardError
from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.transport import MAX_IDLE_CONNECTIONS, PassingError, Transport, tls_context
from rule_rm.models.engine_api import APIS, Text

logger = logging.getLogger(__name__)

TRIES = 4
FIRST_PAUSE, MAX_PAUSE = 0.2, 5.0
START_PATIENCE = 30.0
"""Seconds that an endpoint has at the start, as it may have been started at the same time."""
START_PAUSE = 1.0
PASSING = frozenset({408, 425, 429})
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
    """How an engine is asked. Raises ConfigurationError for what can't be meant."""

    urls: tuple[str, ...]
    api: str = "vllm_classify"
    model: str = ""
    api_key_env: str = "RM_API_KEY"
    activation: bool = False
    """True: with the model's activation, so that scores may lie within 0 and 1; False: raw scores."""
    timeout: float = 60.0
    """Seconds that one text may take once it is asked for, tries and pauses together."""

    def __post_init__(self) -> None:
        if self.api not in APIS:
            raise ConfigurationError(f"rm_api must be one of {', '.join(APIS)}, not {self.api!r}")
        if not 0 < self.timeout < math.inf:
            raise ConfigurationError(f"rm_timeout must be above 0, not {self.timeout!r}")

    def endpoints(self) -> Endpoints:
        """The addresses to ask. Raises ConfigurationError for a bad one."""
        try:
            return Endpoints([_address(url, APIS[self.api].path) for url in self.urls])
        except (ValueError, LocationParseError) as error:
            raise ConfigurationError(f"rm_url: {error}") from None


class Engine:
    """An engine's endpoints, shared by threads."""

    def __init__(self, options: EngineOptions) -> None:
        """Try every endpoint. Raises ConfigurationError for one that can't be used."""
        self._options = options
        self._api = APIS[options.api]
        self._endpoints = options.endpoints()
        self._transport = Transport(
            len(self._endpoints), tls_context(True) if self._endpoints.are_secure else None
        )
        self._headers = {"Content-Type": "application/json", "User-Agent": "rule_rm"}
        if key := os.environ.get(options.api_key_env, "").strip():
            self._headers["Authorization"] = f"Bearer {key}"
        self._slots = threading.BoundedSemaphore(MAX_IDLE_CONNECTIONS * len(self._endpoints))
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        try:
            self._probe()
        except BaseException:
            self.close()
            raise

    def score(self, text: Text, until: float) -> float:
        """The engine's score of one text, NaN or infinite if it says so.

        Raises ModelUnavailable if there is none in time, ValueError for a text that the interface can't take.
        """
        if text["text"] is None and not (self._api.takes_messages or self._api.takes_pairs):
            raise ValueError(
                f"{self._options.api} takes whole texts, and the trainer sent none; chat_template=none joins "
                "prompt and response as they are, and other values of rm_api take messages"
            )
        if not self._slots.acquire(timeout=max(until - time.monotonic(), 0.0)):
            raise ModelUnavailable("the engine gave no score in time: too many texts before this one")
        try:
            (score,) = self._insist([text], min(until, time.monotonic() + self._options.timeout))
        finally:
            self._slots.release()
        return score

    def state(self) -> dict[str, Any]:
        """What `/health` shows."""
        with self._lock:
            counts = dict(self._counts)
        return {"engine": str(self._endpoints), "api": self._options.api, **counts}

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _insist(self, texts: Sequence[Text], until: float) -> list[float]:
        """Ask until there is an answer, or no time, or no use."""
        for tried in range(TRIES):
            endpoint = self._endpoints.next()
            try:
                scores = self._ask(endpoint, texts, until)
            except PassingError as error:
                self._count("failures")
                logger.debug("the engine failed: %s", error)
                pause = max(error.retry_after, random.uniform(0, FIRST_PAUSE * 2**tried))  # noqa: S311
                endpoint.rests_until = time.monotonic() + pause
                if len(self._endpoints) > 1 and tried < len(self._endpoints) - 1:
                    pause = 0.0
                if tried == TRIES - 1 or time.monotonic() + pause >= until:
                    raise ModelUnavailable(str(error)) from error
                time.sleep(min(pause, MAX_PAUSE))
            except RemoteRewardError as error:
                self._count("failures")
                raise ModelUnavailable(str(error)) from error
            else:
                endpoint.rests_until = 0.0
                self._count("scored")
                return scores
        raise AssertionError("the last try returns or raises")

    def _ask(self, endpoint: Endpoint, texts: Sequence[Text], until: float) -> list[float]:
        """One request. Raises PassingError if another may succeed, else RemoteRewardError."""
        body = self._api.body(texts, self._options.activation)
        if self._options.model:
            body["model"] = self._options.model
        status, headers, data = self._transport.post(
            endpoint, json.dumps(body).encode(), self._headers, until
        )
        reply = decode(data)
        if status != 200:
            said = error_message(reply, 0) or excerpt(data, 200)
            message = f"{endpoint} answered {status}: {self._without_key(said)}"
            if status in PASSING or status >= 500:
                raise PassingError(message, status, _seconds(headers.get("Retry-After")))
            raise RemoteRewardError(message, status)
        try:
            return self._api.read(reply, len(texts))
        except ValueError as error:
            raise PassingError(f"{endpoint} answered {error}", status) from None

    def _probe(self) -> None:
        """Raise ConfigurationError unless every endpoint gives raw scores of one and the same model."""
        first: list[float] = []
        for url in self._options.urls:
            endpoint = Endpoint.parse(_address(url, self._api.path))
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
                    f"{endpoint} gives {scores}, all within 0 and 1 as an activation makes them, where raw "
                    "scores were asked for; turn it off in the engine, or set rm_activation=true to want it"
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
        """The scores of the probes, from an endpoint that may not be up yet."""
        patience = time.monotonic() + START_PATIENCE
        while True:
            try:
                return self._ask(endpoint, PROBES, time.monotonic() + self._options.timeout)
            except PassingError as error:
                # What is not up yet refuses connections, or answers 503 while it loads.
                is_starting = error.status_code in (None, 502, 503)
                if not is_starting or time.monotonic() + START_PAUSE >= patience:
                    raise ConfigurationError(f"the engine of rm_url can't be used: {error}") from error
                time.sleep(START_PAUSE)
            except RemoteRewardError as error:
                raise ConfigurationError(f"the engine of rm_url can't be used: {error}") from error

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1

    def _without_key(self, text: str) -> str:
        _, _, key = self._headers.get("Authorization", "").partition(" ")
        return text.replace(key, "***") if key else text


def _address(text: str, path: str) -> str:
    """The URL of the interface on a server that is given by its root, with or without /v1, or in full."""
    url = parse_url(text.strip())
    given = (url.path or "").rstrip("/")
    if not given.endswith(path):
        given = given.removesuffix("/v1") + path
    return url._replace(path=given, fragment=None).url


def _seconds(value: str | None) -> float:
    try:
        return max(0.0, min(float(value or 0), MAX_PAUSE))
    except ValueError:
        return 0.0
