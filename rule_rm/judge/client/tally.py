"""Count calls, retries, failures by kind, tokens and cost, and log them in ever fewer lines.

Of repeated events the 1st, 2nd, 4th, 8th … is logged, by its kind. A server's text stays out of the log: it
may quote the question.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import Any

from rule_rm.judge.client.failure import AttemptError
from rule_rm.judge.client.question import Reply
from rule_rm.processes.failures import is_worth_telling

logger = logging.getLogger(__name__)


class Tally:
    """The counts of one client. All methods may be called from any thread."""

    def __init__(self, price_in: float, price_out: float) -> None:
        """Count at these prices for a million tokens."""
        self._price_in = price_in
        self._price_out = price_out
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._seconds = 0.0
        self._is_without_usage = False

    def clear(self) -> None:
        """Forget all counts: questions of the trial at start are not part of the run."""
        with self._lock:
            for counts in (self._counts, self._failures, self._lost):
                counts.clear()
            self._seconds = 0.0

    def add(self, name: str) -> None:
        """Count one more of `calls`, `cached`, `joined`, `requests` or `retries`."""
        with self._lock:
            self._counts[name] += 1

    def replied(self, reply: Reply, seconds: float) -> None:
        """Count a reply, and the seconds that it took."""
        with self._lock:
            self._counts["replies"] += 1
            self._counts["prompt_tokens"] += reply.prompt_tokens
            self._counts["completion_tokens"] += reply.completion_tokens
            self._seconds += seconds
            is_free = self._price_in + self._price_out == 0
            has_usage = reply.prompt_tokens + reply.completion_tokens > 0
            is_news = not (is_free or has_usage or self._is_without_usage)
            self._is_without_usage |= is_news
            count, lost = self._counts["replies"], self._lost.total()
        if is_news:
            logger.warning("the judge at %s reports no usage: the cost is unknown", reply.endpoint)
        if is_worth_telling(count):
            logger.info("the judge at %s replied (reply %d, %d questions lost)", reply.endpoint, count, lost)

    def failed(self, failure: AttemptError, endpoint: str) -> None:
        """Count a failed attempt."""
        with self._lock:
            self._failures[failure.kind] += 1
            count = self._failures[failure.kind]
        if is_worth_telling(count):
            logger.warning(
                "the judge at %s failed: %s (failure %d of that kind)", endpoint, failure.kind, count
            )

    def lost(self, failure: AttemptError) -> None:
        """Count a question that got no reply."""
        with self._lock:
            self._lost[failure.kind] += 1
            count = self._lost.total()
        if is_worth_telling(count):
            logger.warning("a question to the judge got no reply: %s (question %d)", failure.kind, count)

    def mean_completion(self, otherwise: int) -> int:
        """Return the mean number of tokens of a reply; `otherwise` before the first."""
        with self._lock:
            replies = self._counts["replies"]
            return self._counts["completion_tokens"] // replies if replies else otherwise

    def state(self) -> dict[str, Any]:
        """Return all counts; `cost` is in the currency of the prices, `mean_seconds` is per reply."""
        with self._lock:
            counts = {name: self._counts[name] for name in _NAMES}
            cost = counts["prompt_tokens"] * self._price_in + counts["completion_tokens"] * self._price_out
            return {
                **counts,
                "cost": cost / 1e6,
                "mean_seconds": round(self._seconds / counts["replies"], 4) if counts["replies"] else 0.0,
                "failures": dict(self._failures),
                "lost": dict(self._lost),
            }


_NAMES = ("calls", "cached", "joined", "requests", "retries", "replies", "prompt_tokens", "completion_tokens")


def _is_worth_telling(count: int) -> bool:
    return count & (count - 1) == 0
