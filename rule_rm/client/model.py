"""RemoteRewardModel: batches in, rewards out, in order and before a deadline, or an error with the reason.

Requests run in threads of their own, and the caller waits for them no longer than the deadline. A request
that the network holds up can therefore not hold up the trainer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, fields
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from rule_rm import redaction
from rule_rm.client.replies import Detail, error_message, read_details, read_rewards
from rule_rm.errors import RemoteRewardError
from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.replies import decode, quote
from rule_rm.http.retry import GaveUpError, PassingError, RetryPolicy, retry_after
from rule_rm.http.transport import ExchangeError

if TYPE_CHECKING:
    import torch

logger = logging.getLogger(__name__)
T = TypeVar("T")
Messages = Sequence[Mapping[str, Any]]
Read = Callable[[Any, int], list[T]]
"""A function that finds one value for each rollout in a decoded reply, or raises ValueError."""

PASSING_STATUSES = frozenset({429, 502, 503, 504})
FINAL_KINDS = frozenset({"untrusted", "too_large"})
"""Kinds of `ExchangeError` that the next attempt would meet again."""
MAX_PAUSE = 10.0
"""Seconds, before what a Retry-After asks for."""
MAX_RETRY_AFTER = 30.0
"""Seconds that a server can ask for."""


@dataclass(repr=False, eq=False)
class RemoteRewardModel:
    """A reward model behind a URL. It can be shared by threads, pickled, and used after a fork.

    A large batch goes out in parts, several at once. A part is sent again, to another endpoint if there is
    one, after failures that can pass. Those are the statuses 429, 502, 503 and 504, up to `retry_times`, and
    connections that are refused or break, up to `retry_seconds`: a server that starts again costs a pause.
    Anything else that goes wrong is raised at once. Proxies of the environment are not used.

    >>> RemoteRewardModel("http://127.0.0.1:6000", token="secret")
    RemoteRewardModel('http://127.0.0.1:6000/get_reward', timeout=100, retry_times=3)
    """

    endpoint: str | Sequence[str]
    """`http://host:6000/get_reward` or `http://host:6000`. Several (a list, or commas) share the work."""
    timeout: float = 100
    """Seconds for a whole call: connecting, sending, scoring, reading, all tries and pauses of all parts."""
    retry_times: int = 3
    """Replies with a passing status after which a part is given up, from all endpoints together."""
    _: KW_ONLY
    batch_size: int = 256
    """The most rollouts in one request."""
    concurrency: int = 8
    """The most requests of one call that are in flight."""
    backoff: float = 0.5
    """Seconds that an endpoint rests after a part's first failed try. They double with every further one,
    up to 10, and are cut by up to a half at random. The seconds of a Retry-After, up to 30, come on top.
    """
    retry_seconds: float | None = None
    """Seconds within which connections that fail don't count as tries; None means the timeout."""
    token: str | None = None
    """Sent as `Authorization: Bearer`. The endpoint's URL may hold a token instead."""
    verify: bool | str = True
    """Trust certificates by the system's store, by the CA file or directory named, or always (False)."""

    def __post_init__(self) -> None:
        for name in ("timeout", "retry_times", "batch_size", "concurrency"):
            if not 0 < getattr(self, name) < threading.TIMEOUT_MAX:
                raise ValueError(f"{name} must be above 0 and finite, not {getattr(self, name)!r}")
        if self.retry_seconds is not None and not self.retry_seconds >= 0:
            raise ValueError(f"retry_seconds must be at least 0, not {self.retry_seconds!r}")
        if not 0 <= self.backoff < math.inf:
            raise ValueError(f"backoff must be at least 0 and finite, not {self.backoff!r}")
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise ValueError("the token has a line break or another character that no HTTP header can hold")
        redaction.remember(self.token)
        headers = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        self._endpoints = Endpoints(self.endpoint, headers, self.verify, says_deadline=True)

    def score(
        self,
        prompts: Sequence[str],
        responses: Sequence[str],
        golden_responses: Sequence[Any] | None = None,
        *,
        messages: Sequence[Messages | None] | None = None,
    ) -> torch.Tensor | list[float]:
        """Return the rewards in order: float32 of shape (n,) where torch is installed, else a list.

        `messages` are the conversations before the responses, as chat messages, for rewards that need more
        than the prompt's text: a judge or a reward model, which may see images.

        An unscored rollout has the number that the service sends for it; `score_details` distinguishes them.

        Raises ValueError or TypeError, before anything is sent, if lists have unequal lengths or JSON can't
        hold a value. Raises RemoteRewardError if the service refuses the batch (with its message), sends no
        usable rewards, or is not done in time.
        """
        columns = _columns(
            prompts=prompts, responses=responses, golden_responses=golden_responses, messages=messages
        )
        rewards = self._ask(read_rewards, columns)
        try:
            import torch
        except ImportError:
            return rewards
        return torch.tensor(rewards, dtype=torch.float32)

    def score_details(
        self,
        prompts: Sequence[str],
        responses: Sequence[str],
        golden_responses: Sequence[Any] | None = None,
        *,
        messages: Sequence[Messages | None] | None = None,
    ) -> list[Detail]:
        """Return how each rollout was scored, in order. Takes and raises what `score` does."""
        columns = _columns(
            prompts=prompts, responses=responses, golden_responses=golden_responses, messages=messages
        )
        return self._ask(read_details, columns, details=True)

    def ask(self, payload: Mapping[str, Any]) -> Any:
        """Return the reply to one request in the wire format of any trainer, as decoded JSON.

        Raises TypeError or ValueError if JSON can't hold a value, and RemoteRewardError as `score` does.
        """
        request = _Part(0, 1, json.dumps(payload, allow_nan=False).encode())
        return self._send([request], _read_any)[0]

    async def score_async(self, *columns: Any, **options: Any) -> torch.Tensor | list[float]:
        """Return what `score` returns, without holding up the event loop."""
        return await _in_thread(partial(self.score, *columns, **options))

    async def score_details_async(self, *columns: Any, **options: Any) -> list[Detail]:
        """Return what `score_details` returns, without holding up the event loop."""
        return await _in_thread(partial(self.score_details, *columns, **options))

    async def ask_async(self, payload: Mapping[str, Any]) -> Any:
        """Return what `ask` returns, without holding up the event loop."""
        return await _in_thread(partial(self.ask, payload))

    def close(self) -> None:
        """Close the connections that are kept. A later call opens new ones."""
        self._endpoints.close()

    def __enter__(self) -> RemoteRewardModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        bounds = f"timeout={self.timeout}, retry_times={self.retry_times}"
        return f"RemoteRewardModel({str(self._endpoints)!r}, {bounds})"

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = {field.name: getattr(self, field.name) for field in fields(self)}
        return partial(type(self), **arguments), ()

    def _ask(self, read: Read[T], columns: Mapping[str, list[Any]], **options: Any) -> list[T]:
        """Return the values that `read` finds in the replies to the columns, sent in parts."""
        return self._send(self._split(columns, options), read)

    def _send(self, parts: list[_Part], read: Read[T]) -> list[T]:
        """Send all parts and join the results of `read` on the replies, or raise the first error."""
        deadline = monotonic() + self.timeout
        futures: list[Future[list[T]]] = [Future() for _ in parts]
        waiting = deque(zip(parts, futures, strict=True))
        over = threading.Event()

        def work() -> None:
            while not over.is_set():
                try:
                    part, future = waiting.popleft()
                except IndexError:
                    return
                try:
                    future.set_result(self._fetch(part, read, deadline, over))
                except BaseException as error:  # noqa: BLE001 - the caller raises it
                    future.set_exception(error)

        try:
            for _ in range(min(self.concurrency, len(parts))):
                # Unlike an executor's, these threads don't keep an interrupted trainer from its exit.
                threading.Thread(target=work, name="rule_rm.client", daemon=True).start()
            done, late = wait(futures, deadline - monotonic(), FIRST_EXCEPTION)
        finally:
            over.set()
        results = [result for future in futures if future in done for result in future.result()]
        if late:
            unanswered = f"{len(late)} of {len(parts)} requests to {self._endpoints} are unanswered"
            raise RemoteRewardError(f"no rewards within {self.timeout:g} s: {unanswered}")
        return results

    def _split(self, columns: Mapping[str, list[Any]], options: Mapping[str, Any]) -> list[_Part]:
        """Return parts of about equal size: at least one for each endpoint, if there are enough rollouts."""
        total = len(columns["prompts"])
        if not total:
            return []
        count = max(math.ceil(total / self.batch_size), min(total, len(self._endpoints)))
        size = math.ceil(total / count)
        parts = []
        for start in range(0, total, size):
            payload = {name: column[start : start + size] for name, column in columns.items()}
            body = json.dumps({**payload, **options}, allow_nan=False).encode()
            parts.append(_Part(start, len(payload["prompts"]), body))
        return parts

    def _fetch(self, part: _Part, read: Read[T], deadline: float, over: threading.Event) -> list[T]:
        """Return the result of `read` on the reply to one part, after the allowed attempts."""
        policy = RetryPolicy(
            attempts=self.retry_times,
            first_pause=self.backoff,
            longest_pause=MAX_PAUSE,
            least_share=0.5,
            patience=self.timeout if self.retry_seconds is None else self.retry_seconds,
        )

        def warn(endpoint: Endpoint, error: PassingError, failed: int, pause: float) -> None:
            # The server's message stays out of the log: it may quote the rollouts.
            failure = error.failure
            status = failure.status_code if isinstance(failure, RemoteRewardError) else None
            why = f"{endpoint}: {status}" if status else str(failure)
            tries = f"try {failed + 1} of {self.retry_times}" if status else f"attempt {failed + 1}"
            logger.warning("%s; %s in %.2f s", why, tries, pause)

        began = monotonic()
        try:
            return policy.insist(
                self._endpoints,
                lambda endpoint: self._request(endpoint, part, read, deadline),
                deadline,
                wait=over.wait,
                on_retry=warn,
            )
        except GaveUpError as error:
            status = error.failure.status_code if isinstance(error.failure, RemoteRewardError) else None
            if status:
                tried = f"try {error.attempts} of {self.retry_times}, within {self.timeout:g} s"
            else:
                seconds = f"{monotonic() - began:.1f} s, within {self.timeout:g} s allowed"
                attempts = "1 attempt" if error.attempts == 1 else f"{error.attempts} attempts"
                tried = f"{attempts} in {seconds}"
            raise RemoteRewardError(f"{error} ({tried})", status) from error.failure

    def _request(self, endpoint: Endpoint, part: _Part, read: Read[T], deadline: float) -> list[T]:
        try:
            reply = endpoint.post(part.body, deadline)
        except ExchangeError as error:
            failure = RemoteRewardError(str(error), error.status)
            if error.kind in FINAL_KINDS:
                raise failure from error
            raise PassingError(failure, is_connection=True) from error
        content = decode(reply.data)
        if reply.status == 200:
            try:
                return read(content, part.size)
            except ValueError as error:
                message = f"{endpoint} answered {error}: {quote(reply.data)!r}"
                raise RemoteRewardError(message, reply.status) from None
        message = f"{endpoint} answered {reply.status}: "
        message += error_message(content, part.start) or repr(quote(reply.data))
        failure = RemoteRewardError(message, reply.status)
        if reply.status in PASSING_STATUSES:
            raise PassingError(failure, retry_after(reply.headers, MAX_RETRY_AFTER) or 0.0)
        raise failure


async def _in_thread(call: Callable[[], T]) -> T:
    """Return the result of a call in a new thread; an executor has too few threads for trainers."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(settle_with: Callable[[Any], object], value: Any) -> None:
        if not future.done():
            settle_with(value)

    def work() -> None:
        try:
            outcome = partial(settle, future.set_result, call())
        except BaseException as error:  # noqa: BLE001 - whoever awaits it raises it
            outcome = partial(settle, future.set_exception, error)
        # The loop may have been closed meanwhile; then nobody waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(outcome)

    threading.Thread(target=work, name="rule_rm.client.async", daemon=True).start()
    return await future


@dataclass(frozen=True, slots=True)
class _Part:
    """A request, and where its rollouts are in the batch."""

    start: int
    size: int
    body: bytes


def _read_any(reply: Any, _: int) -> list[Any]:
    if reply is None:
        raise ValueError("no JSON")
    return [reply]


def _columns(**given: Sequence[Any] | None) -> dict[str, list[Any]]:
    columns = {}
    for name, column in given.items():
        if isinstance(column, (str, bytes)):
            raise TypeError(f"{name} must be a list, not one text")
        if column is not None:
            columns[name] = list(column)
    sizes = {name: len(column) for name, column in columns.items()}
    if len(set(sizes.values())) > 1:
        counts = ", ".join(f"{size} {name}" for name, size in sizes.items())
        raise ValueError(f"lists of unequal lengths: {counts}")
    return columns
