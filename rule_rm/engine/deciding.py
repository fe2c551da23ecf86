"""The first step of a rollout, in the server's own process: a score that is known, or a job for a worker."""

from __future__ import annotations

import hashlib
import logging
from functools import partial

from rule_rm.engine.fair_queue import Job
from rule_rm.engine.messages import EXPLANATION_LIMIT, Task, encode_task
from rule_rm.engine.verdict_cache import VerdictCache
from rule_rm.processes.failures import Failures
from rule_rm.registry import RewardFunction
from rule_rm.types import Rollout, Score, Status

logger = logging.getLogger(__name__)

SHORT = 1 << 16
"""The most characters of a response that is read in the server's own process, which takes milliseconds. A
worker reads a longer one from its first step on, as a worker can be killed at the limit."""
REMEMBERED = frozenset({Status.OK, Status.NO_ANSWER, Status.WRONG_FORMAT, Status.REFUSED, Status.TIMEOUT})
"""The statuses of verdicts that stay the same."""


class Deciding:
    """Decides rollouts by a reward's first step and by verdicts from memory; used from any thread."""

    def __init__(self, cache: VerdictCache, rollout_timeout: float) -> None:
        """Use the verdicts of a cache; rewards that set no limit have `rollout_timeout` seconds."""
        self._cache = cache
        self._rollout_timeout = rollout_timeout
        self._failures = Failures()

    def decide(self, function: RewardFunction, rollout: Rollout) -> Score | Job:
        """Return the score if it is known here and now; else a job that will make it known."""
        limit = function.timeout or self._rollout_timeout
        # A group has the time of its members.
        limit *= len(rollout.group or (rollout,))
        least = None if function.waits else function.least
        job = partial(Job, function.name, limit=limit, timeout_reward=least)
        whole = None
        try:
            if function.is_pure:
                whole = self._cache.key(function.name, rollout)
                if (seen := self._cache.get(whole)) is not None:
                    return seen
                if _length(rollout) > SHORT:
                    return job(task=encode_task(Task(function.name, rollout, is_whole=True)), key=whole)
            prepared = function.prepare(rollout)
            if not isinstance(prepared, Score):
                task = encode_task(Task(function.name, prepared))
                if whole is None:
                    return job(task=task, key=None)
                key = _digest(task)
                known = self._cache.get(key)
                if known is None:
                    return job(task=task, key=key, aliases=[whole])
                prepared = known
        except BaseException as error:  # SystemExit is a failure as well
            if self._failures.is_worth_telling():
                logger.exception("%s could not be prepared for a worker", function.name)
            explanation = f"{type(error).__name__}: {error}"[:EXPLANATION_LIMIT]
            return Score.unscored(Status.ERROR, explanation)
        if whole is not None and prepared.status in REMEMBERED:
            self._cache.put(whole, prepared)
        return prepared


def _length(rollout: Rollout) -> int:
    """Return the characters that the policy wrote, those of a whole group if it is one."""
    return sum(len(member.response) for member in rollout.group or (rollout,))


def _digest(task: bytes) -> bytes:
    return hashlib.blake2b(task, digest_size=16).digest()
