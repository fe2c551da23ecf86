"""Who answers a trainer's reward function: a server by its URL, else an engine in this process.

Both take the same requests and give the same replies, so an integration knows neither. The URL is an argument
or the variable RULE_RM_URL; a token stands in it, in RULE_RM_TOKEN or in the file of RULE_RM_TOKEN_FILE.
Without a URL, the settings come from the environment as they do for a server (REWARD_TYPE, DATASET_PATH, …).
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rule_rm.client import RemoteRewardModel
from rule_rm.http.endpoints import of_reward
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.token import read_token

URL_VARIABLE = "RULE_RM_URL"
BATCH = 256
"""The most rollouts in one request."""

Ask = Callable[[Mapping[str, Any]], Any]
_remotes: dict[tuple[int, str], Ask] = {}
_services: dict[int, Service] = {}
"""By the id of the process: a forked one has neither the threads nor the workers of its parent."""
_lock = threading.Lock()


def answering(url: str | None = None, reward_type: str | None = None) -> Ask:
    """What takes a request of any wire format and returns the reply; made on first use in a process.

    `reward_type` is the one of the server, or of the settings, by default. Raises ConfigurationError if an
    engine can't start. Asking raises RemoteRewardError if the server gives no reply, and PayloadError.
    """
    url = url or os.environ.get(URL_VARIABLE)
    with _lock:
        return _remote(url, reward_type) if url else partial(_answer, _service(), reward_type)


def score_all(ask: Ask, columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """How each rollout of the columns `prompts`, `responses`, … was scored: `reward`, which may be None, …"""
    details: list[dict[str, Any]] = []
    for start in range(0, len(columns["responses"]), BATCH):
        part = {name: column[start : start + BATCH] for name, column in columns.items()}
        details += ask({**part, "details": True})["details"]
    return details


def _remote(url: str, reward_type: str | None) -> Ask:
    urls = [part.strip() for part in url.split(",") if part.strip()]
    if reward_type:
        urls = [of_reward(part, reward_type) for part in urls]
    key = os.getpid(), ",".join(urls)
    if key not in _remotes:
        _remotes[key] = RemoteRewardModel(urls, token=read_token(Settings.load({}))).ask
    return _remotes[key]


def _service() -> Service:
    process = os.getpid()
    if process not in _services:
        _services[process] = Service.start(Settings.load({}))
        atexit.register(_services[process].engine.close)
    return _services[process]


def _answer(service: Service, reward_type: str | None, payload: Mapping[str, Any]) -> Any:
    return service.answer(payload, reward_type, wants_details=payload.get("details", False))
