"""The workforce of an engine, which runs its jobs, here or elsewhere.

`LocalWorkforce` is a pool of worker processes on this machine. `cluster.ClusterWorkforce` has one on each
node of a Ray cluster. Both take jobs from the engine's queue and deliver each job's score once.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Protocol

from rule_rm.engine.control import Configuration
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.nursery import Nursery
from rule_rm.engine.pool import Customer, Pool
from rule_rm.engine.services import Services
from rule_rm.engine.tally import Tally
from rule_rm.engine.template_process import Begun
from rule_rm.settings import Settings

SLOW_LANES = 64
"""Rollouts past the soft limit that may run at a time, next to the others. Beyond that number, one that hangs
holds up others for as long as it may run."""


class Workforce(Protocol):
    """Workers that run the jobs of a queue."""

    def workers(self) -> dict[str, int]:
        """Return how many workers live, how many are idle, and how often they were started anew."""

    @property
    def tally(self) -> Tally:
        """The account of the jobs that it ran."""

    def why_not_ready(self) -> str | None:
        """Return why no job would be run now; None if one would be."""

    def close(self) -> None:
        """End everything that it started; its queue must have been closed."""


class LocalWorkforce:
    """A nursery of worker processes, and the pool that gives them jobs."""

    def __init__(
        self,
        settings: Settings,
        configuration: Configuration,
        queue: FairQueue[Job],
        services: Services,
        customer: Customer,
        begun: Begun | None = None,
    ) -> None:
        """Start the workers, from a template process that was begun before if there is one.

        Raises ConfigurationError if they can't be started.
        """
        self._configured = settings.workers
        with ExitStack() as closing:
            self._nursery = Nursery(configuration, settings.workers + 1, services.environment, begun)
            closing.callback(self._nursery.close)
            closing.callback(queue.close)
            self._pool = Pool(queue, self._nursery, settings.workers + SLOW_LANES, customer)
            closing.pop_all()

    def workers(self) -> dict[str, int]:
        """Return how many are configured, live and are idle, and how often the template was started again.

        One more than configured lives, ready for the next rollout, and one for each past its soft limit.
        """
        return {"configured": self._configured, **self._nursery.workers()}

    @property
    def tally(self) -> Tally:
        """The account of the jobs that it ran."""
        return self._pool.tally

    def why_not_ready(self) -> str | None:
        """Return why no job would be run now; None if one would be."""
        return self._nursery.why_not_ready()

    def close(self) -> None:
        """End every worker and lane; the queue must have been closed."""
        self._nursery.close()
        self._pool.close()
