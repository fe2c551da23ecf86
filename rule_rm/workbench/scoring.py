"""Score rollouts as the server does: by a service in this process, or by a running server.

Both take requests of `/get_reward`. So a rollout is prepared, matched with its golden answer and scored on
the same way.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from time import monotonic
from typing import Any

from rule_rm.errors import ConfigurationError, UnknownRewardError
from rule_rm.http.endpoints import Endpoints, of_reward
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.workbench.rollout_rows import RolloutRow, digest, request

Detail = dict[str, Any]
IN_FLIGHT = 4
"""Requests at a time: enough that no worker waits for the next one to be read."""
PATIENCE = 900.0
"""Seconds for a request. No trainer waits for it, and a program may run for a minute."""
_LONGEST_GROUP = 4096
"""Rollouts of one request, if a group is larger than a request."""
_FIRST_REPLY = 10.0
"""Seconds for a server's first reply. Until then, an unreachable server means a mistake in the URL."""
_ANY = "any"
_NOT_ABOUT_SCORES = frozenset(
    {"host", "port", "token", "token_file", "workers", "max_pending", "max_request_mb", "output_dir"}
    | {
        "log_level",
        "unscored_reward",
        "max_unscored",
        "request_timeout",
        "serve_sandbox",
        "judge_api_key_env",
    }
)
"""Settings that change no score."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The name and version of a reward, and its configuration."""

    reward_type: str
    version: str | None
    """The digest of the reward's code; None if a server does not say it."""
    configuration: dict[str, Any]
    """The settings that were changed and can change a score; of a server, its URL."""

    @property
    def digest(self) -> str:
        """A digest of the configuration."""
        return digest(json.dumps(self.configuration, sort_keys=True, default=str))


class Scorer(AbstractContextManager["Scorer"]):
    """A service in this process or a running server, behind one method."""

    def __init__(self, ask: Callable[[Any], Any], identity: Identity, close: Callable[[], object]) -> None:
        self._ask = ask
        self.identity = identity
        self.close = close

    def begin(self, rows: Sequence[RolloutRow]) -> Future[list[Detail]]:
        """Begin to score the rollouts; the result has the details of each."""
        future: Future[list[Detail]] = Future()

        def work() -> None:
            try:
                future.set_result(self._ask(request(rows))["details"])
            except BaseException as error:  # noqa: BLE001 - the caller raises it
                future.set_exception(error)

        # Unlike an executor's, this thread does not keep an interrupted command from its exit.
        threading.Thread(target=work, name="rule_rm.workbench", daemon=True).start()
        return future

    def __exit__(self, *_: object) -> None:
        self.close()


def open_scorer(settings: Settings, url: str | None = None, reward_type: str | None = None) -> Scorer:
    """Return a scorer of the server at the URL, else one with a service of these settings.

    `reward_type` is the one to ask a server for; by default its own. Raises ConfigurationError if the service
    can't start, RemoteRewardError if the server can't be reached.
    """
    return _remote(settings, url, reward_type) if url else _local(settings)


def _local(settings: Settings) -> Scorer:
    # The share of unscored rollouts is for the exit status, at the end.
    service = Service.start(
        replace(settings, max_unscored=1.0, request_timeout=max(settings.request_timeout, PATIENCE))
    )
    function = service.engine.rewards.get(settings.reward_type)
    if function is None:
        service.engine.close()
        raise UnknownRewardError(settings.reward_type, service.engine.rewards)
    identity = Identity(settings.reward_type, function.version, configuration_of(settings))

    def ask(payload: Any) -> Any:
        return service.answer(payload, wants_details=True)

    return Scorer(ask, identity, service.engine.close)


def _remote(settings: Settings, url: str, reward_type: str | None) -> Scorer:
    from rule_rm.client import RemoteRewardModel
    from rule_rm.token import read_token

    token = read_token(settings)
    address = of_reward(url, reward_type) if reward_type else url
    try:
        name, version = _rewards_of(url, reward_type, token)
        model = RemoteRewardModel(address, timeout=PATIENCE, token=token, batch_size=_LONGEST_GROUP)
    except ValueError as error:
        raise ConfigurationError(f"--url: {error}") from None
    identity = Identity(name, version, {"url": str(Endpoints(address, {}, True))})
    return Scorer(model.ask, identity, model.close)


def _rewards_of(url: str, reward_type: str | None, token: str | None) -> tuple[str, str | None]:
    """Return the reward type that a server scores with, and its version."""
    from rule_rm.http.transport import ExchangeError

    first = url.split(",")[0].strip()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    # A mistake is about the URL as it was given.
    Endpoints(first).close()
    endpoints = Endpoints(of_reward(first, _ANY).replace(f"/get_reward/{_ANY}", "/rewards"), headers)
    try:
        transport = endpoints.next().transport
        reply = transport.exchange("GET", "", None, monotonic() + _FIRST_REPLY) if transport else None
    except ExchangeError as error:
        raise ConfigurationError(f"--url: {error}; is the server started?") from None
    finally:
        endpoints.close()
    if reply is None or reply.status != 200:
        status = reply.status if reply else "nothing"
        hint = "; name its token by --token-file or RULE_RM_TOKEN" if status in (401, 403) else ""
        raise ConfigurationError(f"--url {endpoints} answered {status}{hint}")
    try:
        known = json.loads(reply.data)
        name = reward_type or _of_path(first) or known["default"]
        return name, known["rewards"][name]["version"]
    except (ValueError, KeyError, TypeError):
        return reward_type or "the server's", None


def _of_path(url: str) -> str | None:
    """Return the reward type in the path of a URL; None if there is none."""
    return url.partition("/get_reward/")[2].partition("?")[0].strip("/") or None


def configuration_of(settings: Settings) -> dict[str, Any]:
    """Return the changed settings that can change a score; files are there with a digest of their content."""
    found: dict[str, Any] = {}
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if value != setting.default and setting.name not in _NOT_ABOUT_SCORES:
            found[setting.name] = list(value) if isinstance(value, tuple) else value
    for name in ("dataset", "reward_config", "reward_file"):
        if name in found:
            paths = found[name] if isinstance(found[name], list) else [found[name]]
            found[f"{name}_digest"] = [_content_digest(Path(path)) for path in paths]
    return found


def _content_digest(path: Path) -> str:
    """Return a digest of a file, or of all files in a directory."""
    found = hashlib.blake2b(digest_size=8)
    for part in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if part.is_file():
            with part.open("rb") as stream:
                while block := stream.read(1 << 20):
                    found.update(block)
    return found.hexdigest()


def in_batches(rows: Iterable[RolloutRow], size: int) -> Iterator[list[RolloutRow]]:
    """Yield the rollouts in batches of at least `size`, which end where a group ends.

    Where they are cut depends on the rollouts alone, so a run that goes on cuts at the same places.
    """
    batch: list[RolloutRow] = []
    for row in rows:
        if len(batch) >= size and (not _is_same_group(batch[-1], row) or len(batch) >= _LONGEST_GROUP):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _is_same_group(left: RolloutRow, right: RolloutRow) -> bool:
    if left.group is not None or right.group is not None:
        return left.group == right.group
    return bool(left.prompt == right.prompt)
