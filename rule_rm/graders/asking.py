"""The models that graders ask: a client for each, behind one address."""

from __future__ import annotations

import threading
from typing import Any

from rule_rm.errors import JudgeError
from rule_rm.judge.client.client_options import ClientOptions
from rule_rm.judge.client.judge_client import JudgeClient
from rule_rm.judge.client.question import Question, Reply

MOST = 16
"""Models that are asked by one server; requests name them, and each has a client of its own."""


class Judges:
    """Clients by model, made when a model is first asked."""

    def __init__(self, url: str, model: str = "", api_key_env: str = "", timeout: float = 60.0) -> None:
        """`model` is asked instead of any that a grader names; "" asks those."""
        self._url = url
        self._model = model
        self._api_key_env = api_key_env
        self._timeout = timeout
        self._lock = threading.Lock()
        self._clients: dict[str, JudgeClient] = {}

    def ask(self, model: str, question: Question, until: float) -> Reply:
        """Return the reply of a model. Raises JudgeError if there is none."""
        return self._client(self._model or model).ask(question, until)

    def state(self) -> dict[str, Any]:
        """Return the counts of each client."""
        with self._lock:
            return {model: client.state() for model, client in self._clients.items()}

    def close(self) -> None:
        """Ask nothing more."""
        with self._lock:
            for client in self._clients.values():
                client.close()

    def _client(self, model: str) -> JudgeClient:
        with self._lock:
            if model not in self._clients:
                if not self._url:
                    raise JudgeError("there is no judge: start the server with --judge-url")
                if len(self._clients) >= MOST:
                    raise JudgeError(f"{MOST} models are asked already")
                urls = tuple(url.strip() for url in self._url.split(",") if url.strip())
                self._clients[model] = JudgeClient(
                    ClientOptions(
                        urls=urls, model=model, api_key_env=self._api_key_env, timeout=self._timeout
                    )
                )
            return self._clients[model]
