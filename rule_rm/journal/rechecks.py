"""Scores samples of paid responses again, by another reward, and records whether that pays them too.

A policy that has found a hole in the reward is paid by it more and more, and by another rule less. A thread
scores one response at a time, and leaves out those that come faster.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from rule_rm.journal.parcels import CONFIRMED, RECHECKED, Scored
from rule_rm.journal.sounding import PAID
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.types import Rollout, Score

logger = logging.getLogger(__name__)

WAITING = 64
"""Responses that may wait to be scored again."""
CLOSING = 1.0
"""Seconds that the response under way may take at the end."""


class Rechecks:
    """Scores a share of the paid responses again."""

    def __init__(
        self,
        reward_type: str,
        share: float,
        score: Callable[[Rollout, str], Score],
        keep: Callable[[Scored], object],
    ) -> None:
        """Score by this reward; `keep` gets each result as a request of one rollout."""
        self._reward_type = reward_type
        self._share = share
        self._score = score
        self._keep = keep
        self._due = 0.0
        """Responses to take, of those seen so far."""
        self._waiting: deque[tuple[Rollout, Scored]] = deque(maxlen=WAITING)
        self._arrived = threading.Semaphore(0)
        self._is_closing = False
        self._failures = Failures()
        self._thread = threading.Thread(target=self._run, name="rechecks", daemon=True)
        self._thread.start()

    def take(self, scored: Scored) -> None:
        """Choose responses of a request to score again."""
        for rollout, score in zip(scored.rollouts, scored.scores, strict=True):
            if score.reward is None or score.reward < PAID:
                continue
            self._due += self._share
            if self._due >= 1.0:
                self._due -= 1.0
                self._waiting.append((rollout, scored))
                self._arrived.release()

    def close(self) -> None:
        """Leave out the rest."""
        self._is_closing = True
        self._arrived.release()
        self._thread.join(ending.left(CLOSING))

    def _run(self) -> None:
        while self._arrived.acquire() and not self._is_closing:
            if not self._waiting:
                continue
            rollout, scored = self._waiting.popleft()
            try:
                self._again(rollout, scored)
            except Exception as error:  # noqa: BLE001 - a sample is lost; the next one is tried
                if self._failures.is_worth_telling():
                    logger.warning("a paid response could not be scored again: %s", error)

    def _again(self, rollout: Rollout, scored: Scored) -> None:
        begun = time.monotonic()
        score = self._score(rollout, self._reward_type)
        if score.reward is not None:
            metrics = {**score.metrics, CONFIRMED: float(score.reward >= PAID)}
            score = replace(score, metrics=metrics)
        self._keep(
            replace(
                scored,
                reward_type=self._reward_type,
                rollouts=[replace(rollout, data_source=RECHECKED)],
                scores=[score],
                lookups=(),
                seconds=time.monotonic() - begun,
                stages={},
                time=time.time(),
                version="",
            )
        )
