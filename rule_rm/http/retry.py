"""Retries: the length of pauses, the value of Retry-After, and the loop that uses both.

The judge's client has a loop of its own (`judge.client.asking`): there all questions share one budget of
retries and one line. It takes its pauses from here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry as Urllib3Retry

from rule_rm.errors import InternalError
from rule_rm.http.endpoints import Endpoint, Endpoints

T = TypeVar("T")

MAX_RETRY_AFTER = 30.0
"""Seconds that a server may ask for; a longer Retry-After is cut to this."""
PASSING_STATUSES = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may succeed later."""


class PassingError(InternalError):
    """An attempt failed in a way that can pass: the same request may succeed later or elsewhere."""

    def __init__(self, failure: Exception, retry_after: float = 0.0, *, is_connection: bool = False) -> None:
        super().__init__(str(failure))
        self.failure = failure
        """The exception that the caller raises if this attempt was the last."""
        self.is_connection = is_connection
        """True if there was no reply: the server may be starting again."""
        self.retry_after = retry_after
        """Seconds that the server asked for."""


class GaveUpError(InternalError):
    """The last attempt failed, or no time is left for another."""

    def __init__(self, failure: Exception, attempts: int) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.attempts = attempts


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and after which pauses an attempt is repeated."""

    attempts: int
    """Attempts at most, on all endpoints together."""
    first_pause: float
    """Seconds that an endpoint rests after the first failure; doubled after each further one."""
    longest_pause: float
    """Seconds, before what a Retry-After asks for."""
    least_share: float = 0.0
    """The part of a pause that chance can't shorten, from 0 (full jitter) to 1 (none)."""
    patience: float = 0.0
    """Seconds within which an attempt without a reply does not count."""

    def insist(
        self,
        endpoints: Endpoints,
        attempt: Callable[[Endpoint], T],
        until: float,
        *,
        wait: Callable[[float], bool],
        on_retry: Callable[[Endpoint, PassingError, int, float], object] = lambda *_: None,
    ) -> T:
        """Return the result of an attempt; after PassingError, try other endpoints and the same one again.

        `wait(seconds)` pauses; True means that the caller has given up. `on_retry` is called before each
        pause, with the endpoint, its failure, the number of failed attempts and the seconds. Raises
        GaveUpError after the last attempt, or if the next would begin after `until` on the monotonic clock.
        """
        endpoint = endpoints.next()
        patient_until = monotonic() + self.patience
        failed = counted = 0
        while True:
            try:
                return attempt(endpoint)
            except PassingError as error:
                failure = error
            failed += 1
            if not failure.is_connection or monotonic() >= patient_until:
                counted += 1
            rest = failure.retry_after + self.pause(failed)
            endpoint.rests_until = max(endpoint.rests_until, monotonic() + rest)
            last, endpoint = endpoint, endpoints.next()
            seconds = max(0.0, endpoint.rests_until - monotonic())
            next_at = monotonic() + seconds
            # Once all attempts are used up, only patience allows another, and it ends before this pause does.
            is_impatient = failure.is_connection and next_at >= patient_until and failed >= self.attempts
            if counted >= self.attempts or is_impatient or next_at >= until:
                break
            on_retry(last, failure, failed, seconds)
            if wait(seconds):
                break
        raise GaveUpError(failure.failure, failed) from failure.failure

    def pause(self, failed: int) -> float:
        """Return the seconds to pause after this many failures."""
        return jittered(failed, self.first_pause, self.longest_pause, self.least_share)


def jittered(failed: int, first: float, longest: float, least_share: float = 0.0) -> float:
    """Return a random pause up to a bound that doubles with each failure; `least_share` of it is certain."""
    bound = min(longest, first * 2.0 ** min(failed - 1, 16))
    return random.uniform(bound * least_share, bound)  # noqa: S311 - jitter, not a secret


def retry_after(headers: Mapping[str, str], longest: float = MAX_RETRY_AFTER) -> float | None:
    """Return the seconds of a Retry-After, a number or a date; None without one or with a bad one.

    >>> retry_after({"Retry-After": "2"}), retry_after({"Retry-After": "3600"}), retry_after({})
    (2.0, 30.0, None)
    """
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        return max(0.0, min(float(Urllib3Retry().parse_retry_after(value)), longest))
    except (InvalidHeader, ValueError, OverflowError):
        return None
