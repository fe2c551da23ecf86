"""The engine: from rollouts to scores, in order, in time, each once.

Plain cases are decided here, by the reward's first step. Equal work shares one verdict. The rest goes through
the queue to the pool. Every rollout gets a score. If its time is over, the score says so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from rule_rm import registry
from rule_rm.engine.batch import SHUT_DOWN, Batch
from rule_rm.engine.control import Configuration
from rule_rm.engine.deciding import REMEMBERED, Deciding
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.residents import Residents
from rule_rm.engine.served import load_rewards
from rule_rm.engine.services import Services
from rule_rm.engine.shared_verdicts import SharedVerdicts, hide_password
from rule_rm.engine.template_process import Begun
from rule_rm.engine.verdict_cache import VerdictCache
from rule_rm.engine.verdict_table import VerdictTable
from rule_rm.engine.workforce import SLOW_LANES, LocalWorkforce, Workforce
from rule_rm.errors import OverloadedError, UnopenedRewardError
from rule_rm.registry import RewardFunction
from rule_rm.registry.mixture import describe
from rule_rm.registry.options import by_reward, missing
from rule_rm.settings import Settings
from rule_rm.settings.choices import LOCAL
from rule_rm.types import Rollout, Score, Status

CACHED_VERDICTS = 65_536
_UNBOUNDED = 1 << 30
JUDGE = "llm_judge"
"""The reward type that a named judge is always opened for: `/get_reward2` asks for it."""


class Engine:
    """The scoring engine of a process; any thread may use it.

    >>> with Engine(Settings(reward_type="example_safety", workers=1)) as engine:
    ...     engine.score([Rollout("Hello?", "Good morning.")])[0].reward
    1.0
    """

    def __init__(
        self,
        settings: Settings,
        previous: Engine | None = None,
        *,
        begun: Begun | None = None,
        on_step: Callable[[str], object] = lambda step: None,
    ) -> None:
        """Load the reward functions and start the workers.

        It shares the services of the `previous` engine, whose requests it takes over. `begun` is a
        template process that was begun before. `on_step` is called with the next thing that is waited for.
        Raises ConfigurationError if the engine can't be started.
        """
        self._settings = settings
        hide_password()
        on_step("reward files")
        mixture = describe(settings)
        self._functions = load_rewards(settings, mixture)
        self._cache = VerdictCache(CACHED_VERDICTS)
        self._deciding = Deciding(self._cache, settings.rollout_timeout)
        self._lock = threading.Lock()
        self._running: dict[bytes, Job] = {}
        # The couriers of a cluster's nodes bound the jobs that run.
        active = settings.workers if settings.engine == LOCAL else _UNBOUNDED
        self._queue = FairQueue[Job](active, SLOW_LANES, settings.max_pending)
        self.table = VerdictTable(VerdictTable.allocate()) if settings.server_processes > 1 else None
        """The verdicts of workers for the other processes of the server, if it has some."""
        with ExitStack() as closing:
            if self.table is not None:
                closing.callback(self.table.close)
            on_step("judges and models")
            self._residents = Residents(
                self._functions, _wanted(settings), self._score_one, settings.max_pending
            )
            closing.callback(self._residents.close)
            needs = self._needs()
            if needs:
                on_step(", ".join(sorted(needs)))
            self._services: Services = (
                Services(needs, settings) if previous is None else previous._services.shared(needs, settings)
            )
            closing.callback(self._services.close)
            self._residents.sandbox = self._services.sandbox
            configuration = self._configuration(mixture)
            self._shared: SharedVerdicts | None = None
            if settings.shared_verdicts:
                self._shared = SharedVerdicts(settings.shared_verdicts, configuration)
                closing.callback(self._shared.close)
            on_step("workers")
            self._workforce = self._hired(configuration, needs, begun)
            closing.callback(self._workforce.close)
            closing.callback(self._queue.close)
            self._closing = closing.pop_all()
        self.rewards = {
            name: function
            for name, function in self._functions.items()
            if "/" not in name
            and (not function.is_resident or name in self._residents)
            and not missing(function.extras)
        }
        """The reward functions that requests may name, by reward type."""

    def _needs(self) -> set[str]:
        """Return the names of the services that the opened rewards need."""
        needs = {need for name in self._residents.reached for need in self._functions[name].needs}
        return needs | self._residents.needs

    def _configuration(self, mixture: Mapping[str, Any] | None) -> Configuration:
        return Configuration(
            sources=sorted({function.source for function in self._functions.values()}),
            options=by_reward(self._settings),
            mixture=mixture,
            memory_mb=self._settings.worker_memory_mb,
            versions={name: one.version for name, one in registry.registered().items()},
        )

    def _hired(self, configuration: Configuration, needs: Collection[str], begun: Begun | None) -> Workforce:
        settings = self._settings
        if settings.engine == LOCAL:
            return LocalWorkforce(settings, configuration, self._queue, self._services, self, begun)
        # Most servers have no cluster, and no Ray.
        from rule_rm.engine.cluster.workforce import ClusterWorkforce

        return ClusterWorkforce(settings, configuration, self._queue, needs, self)

    def score(self, rollouts: Sequence[Rollout], reward_type: str | None = None) -> list[Score]:
        """Return the scores of the rollouts, in their order, after at most `request_timeout` seconds.

        `reward_type` is the one of the settings by default. Raises UnknownRewardError, and OverloadedError if
        too much waits already; then nothing of the request was accepted.
        """
        until = time.monotonic() + self._settings.request_timeout
        batch = self.begin(rollouts, reward_type, until)
        batch.wait(until)
        return batch.close(self._settings.request_timeout)

    def begin(
        self,
        rollouts: Sequence[Rollout],
        reward_type: str | None,
        until: float,
        names: Callable[[int], str] | None = None,
    ) -> Batch:
        """Begin to score the rollouts, as `score` does; those that have not begun at `until` are not started.

        `names` returns the id of a rollout by its place, for the log. Close the batch to have the scores that
        are there, then or before.
        """
        function = self._function(reward_type)
        if not function.is_resident:
            return self._begin_in_workers(function, rollouts, names)
        batch = Batch([None] * len(rollouts), missing=len(rollouts))
        self._residents.submit(function.name, rollouts, batch, until)
        return batch

    def _begin_in_workers(
        self,
        function: RewardFunction,
        rollouts: Sequence[Rollout],
        names: Callable[[int], str] | None = None,
    ) -> Batch:
        scores: list[Score | None] = []
        jobs: dict[int, Job] = {}
        for place, rollout in enumerate(rollouts):
            decided = self._deciding.decide(function, rollout)
            if isinstance(decided, Job):
                jobs[place] = decided
                decided.name = names(place) if names is not None else ""
                scores.append(None)
            else:
                scores.append(decided)
        batch = Batch(scores, missing=len(jobs))
        if jobs:
            self._submit(jobs, batch)
        return batch

    def _score_one(self, name: str, rollout: Rollout, until: float) -> Score:
        """Return the score of a rollout that a resident asks for."""
        try:
            batch = self._begin_in_workers(self._functions[name], [rollout])
            batch.wait(until)
            return batch.close(self._settings.request_timeout)[0]
        except OverloadedError as error:
            return Score.unscored(Status.UNAVAILABLE, str(error))

    @property
    def sandbox(self) -> str | None:
        """The address of the sandbox, if one was started or named."""
        return self._services.sandbox

    def state(self) -> dict[str, Any]:
        """Return the figures of `/health`: workers, waiting rollouts, the cache, outcomes of jobs."""
        return {
            "workers": self._workforce.workers(),
            "pending": self._queue.waiting,
            "cache": self._cache.state(),
            "jobs": self._workforce.tally.counts(),
            "residents": self._residents.state(),
            "residents_waiting": self._residents.waiting,
            **({} if self._shared is None else {"shared_verdicts": self._shared.state()}),
            **self._services.state(),
        }

    def is_ready(self) -> bool:
        """Return True if a rollout would be scored now."""
        return self.why_not_ready() is None

    def why_not_ready(self) -> str | None:
        """Return why a rollout would not be scored now; None if it would be."""
        return self._workforce.why_not_ready() or self._services.why_not_ready()

    def close(self) -> None:
        """End every worker and thread; rollouts that still wait are answered as expired."""
        for job in self._queue.close():
            self.deliver(job, SHUT_DOWN)
        self._closing.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _function(self, reward_type: str | None) -> RewardFunction:
        name = reward_type or self._settings.reward_type
        if name not in self.rewards:
            if name in self._functions:
                raise UnopenedRewardError(name, missing(self._functions[name].extras))
            raise registry.unknown(name, self.rewards)
        return self.rewards[name]

    def _submit(self, jobs: Mapping[int, Job], batch: Batch) -> None:
        """Queue the jobs, by place; a job that equals a waiting or running one joins it instead."""
        retry_after = self._queue.waiting * self._workforce.tally.mean_seconds() / self._settings.workers
        line: dict[int, Job] = {}
        joined: list[tuple[Job, int]] = []
        fresh: dict[bytes, Job] = {}
        with self._lock:
            for place, job in jobs.items():
                same = (fresh.get(job.key) or self._running.get(job.key)) if job.key else None
                if same is None:
                    job.waiting.append((batch, place))
                    line[id(job)] = job
                    if job.key:
                        fresh[job.key] = job
                else:
                    joined.append((same, place))
                    same.aliases += job.aliases
                    if not same.taken:
                        line[id(same)] = same
            self._queue.put(line.values(), min(max(retry_after, 1.0), 60.0))
            self._running |= fresh
            for same, place in joined:
                same.waiting.append((batch, place))

    def claim(self, job: Job) -> bool:
        """Return True if a lane should run the job.

        Otherwise it is settled here: nobody waits for it, or another server has its verdict.
        """
        if not self._is_awaited(job):
            return False
        if (found := self._shared_verdict(job)) is not None:
            self._settle(job, found)
        return found is None

    def _is_awaited(self, job: Job) -> bool:
        """Return False, and forget the job, if nobody waits for it."""
        with self._lock:
            if any(batch.is_open for batch, _ in job.waiting):
                return True
            if job.key is not None:
                self._running.pop(job.key, None)
        return False

    def _shared_verdict(self, job: Job) -> Score | None:
        return None if self._shared is None or not self._is_shared(job) else self._shared.find(job.key or b"")

    def _is_shared(self, job: Job) -> bool:
        """Return True if its verdict depends on nothing but the code, the configuration and the work."""
        return job.key is not None and not self._functions[job.reward_type].needs

    def deliver(self, job: Job, score: Score) -> None:
        """Hand the score of a job to everyone who waits for it. A lane calls this when it has run it."""
        self._settle(job, score)
        if self._shared is not None and self._is_shared(job):
            self._shared.keep(job.key or b"", score)

    def _settle(self, job: Job, score: Score) -> None:
        with self._lock:
            if job.key is not None:
                self._running.pop(job.key, None)
                if score.status in REMEMBERED:
                    # An answer from memory takes no time.
                    remembered = replace(score, seconds=None)
                    for key in (job.key, *job.aliases):
                        self._cache.put(key, remembered)
                        if self.table is not None:
                            self.table.put(key, remembered)
            waiting = list(job.waiting)
        for batch, place in waiting:
            batch.put(place, score)


def _wanted(settings: Settings) -> list[str]:
    """Return the reward types that the service is started for."""
    return [settings.reward_type, JUDGE] if settings.judge_url else [settings.reward_type]
