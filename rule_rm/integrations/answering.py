"""The scorer behind a trainer's reward function: a server by URL or, on request, an engine in this process.

Both take the same requests and give the same replies, so an integration knows neither. The URL is an argument
or the variable RULE_RM_URL; `in-process` scores here, with the settings of the environment (REWARD_TYPE,
DATASET_PATH, …). Without a URL nothing is scored: a trainer that would bypass its server must not continue.

The patience with a server is in seconds: RULE_RM_TIMEOUT for a whole call, RULE_RM_RETRY_SECONDS for
connections that fail. A token is in the URL, in RULE_RM_TOKEN or in the file of RULE_RM_TOKEN_FILE.
"""

from __future__ import annotations

import atexit
import math
import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType
from typing import Any

from rule_rm.client import RemoteRewardModel
from rule_rm.errors import ConfigurationError, RemoteRewardError
from rule_rm.http.endpoints import of_reward
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.token import VARIABLE, read_token

URL_VARIABLE = "RULE_RM_URL"
TIMEOUT_VARIABLE = "RULE_RM_TIMEOUT"
RETRY_VARIABLE = "RULE_RM_RETRY_SECONDS"
IN_PROCESS = "in-process"
UNAUTHORIZED = 401
TOKEN_HINT = (
    f"the reward server wants its token: set {VARIABLE}=TOKEN (or {VARIABLE}_FILE) for the trainer, "
    "or add it to the URL, http://HOST:6000/t/TOKEN"
)
BATCH = 256
"""The most rollouts in one request."""

Ask = Callable[[Mapping[str, Any]], Any]
_remotes: dict[tuple[Any, ...], Ask] = {}
_services: dict[int, Service] = {}
"""Services by process id: a forked process has neither the threads nor the workers of its parent."""
_lock = threading.Lock()


def answering(
    url: str | None = None,
    reward_type: str | None = None,
    *,
    timeout: float | None = None,
    retry_seconds: float | None = None,
) -> Ask:
    """Return the function that takes a request of any wire format and returns the reply.

    `reward_type` is the one of the server, or of the settings, by default. `timeout` and `retry_seconds` are
    those of `RemoteRewardModel`.

    Raises ConfigurationError if there is no URL, or if an engine can't start. The function raises
    RemoteRewardError if the server gives no reply or wants a token, and PayloadError.
    """
    url = url or os.environ.get(URL_VARIABLE)
    if not url:
        raise ConfigurationError(
            f"there is no reward server to ask: set {URL_VARIABLE}=http://HOST:6000, or pass its URL "
            f"({IN_PROCESS!r} scores in this process, with the settings of the environment)"
        )
    patience = {
        "timeout": _seconds(TIMEOUT_VARIABLE, timeout),
        "retry_seconds": _seconds(RETRY_VARIABLE, retry_seconds),
    }
    with _lock:
        if url == IN_PROCESS:
            return partial(_answer, _service(), reward_type)
        return _remote(
            url, reward_type, {name: value for name, value in patience.items() if value is not None}
        )


def score_all(ask: Ask, columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return how each rollout of the columns `prompts`, `responses`, … was scored; `reward` may be None."""
    details: list[dict[str, Any]] = []
    for start in range(0, len(columns["responses"]), BATCH):
        part = {name: column[start : start + BATCH] for name, column in columns.items()}
        details += ask({**part, "details": True})["details"]
    return details


def check_keywords(given: Mapping[str, Any], known: Collection[str], theirs: Collection[str] = ()) -> None:
    """Raise TypeError for an unknown keyword argument, unless it can be the trainer's own.

    `theirs` are names that the trainer passes. Columns of a dataset are lists, and what else a trainer hands
    over is an object, so a plain value under an unknown name is a misspelt option.

    >>> check_keywords({"ulr": "http://127.0.0.1:6000"}, ["url", "reward_type"])
    Traceback (most recent call last):
    TypeError: there is no option 'ulr'; did you mean 'url'? The options are reward_type, url
    """
    for name, value in given.items():
        if name in theirs or not isinstance(value, (str, int, float)):
            continue
        nearest = get_close_matches(name, known, 1)
        hint = f"did you mean {nearest[0]!r}? " if nearest else ""
        raise TypeError(f"there is no option {name!r}; {hint}The options are {', '.join(sorted(known))}")


def _seconds(variable: str, given: float | None) -> float | None:
    text = os.environ.get(variable) if given is None else given
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < threading.TIMEOUT_MAX:
        raise ConfigurationError(f"{variable} must be a number of seconds, not {text!r}")
    return seconds


def _remote(url: str, reward_type: str | None, patience: Mapping[str, Any] = MappingProxyType({})) -> Ask:
    urls = [part.strip() for part in url.split(",") if part.strip()]
    if reward_type:
        urls = [of_reward(part, reward_type) for part in urls]
    key = os.getpid(), ",".join(urls), *patience.items()
    if key not in _remotes:
        _remotes[key] = RemoteRewardModel(urls, token=read_token(Settings.load({})), **patience).ask
    return partial(_admitted, key, _remotes[key])


def _admitted(key: tuple[Any, ...], ask: Ask, payload: Mapping[str, Any]) -> Any:
    """Return the reply to a request.

    Raises RemoteRewardError as `ask` does; it names the variable if the server refused the token.
    """
    try:
        return ask(payload)
    except RemoteRewardError as error:
        if error.status_code != UNAUTHORIZED:
            raise
        # The next call reads the variable again.
        _remotes.pop(key, None)
        raise RemoteRewardError(f"{TOKEN_HINT}. {error}", error.status_code) from None


def _service() -> Service:
    process = os.getpid()
    if process not in _services:
        _services[process] = service = Service.start(Settings.load({}))
        service.begin_index()
        atexit.register(_services[process].engine.close)
    return _services[process]


def _answer(service: Service, reward_type: str | None, payload: Mapping[str, Any]) -> Any:
    return service.answer(payload, reward_type, wants_details=payload.get("details", False))
