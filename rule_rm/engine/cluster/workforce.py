"""The workforce of a cluster: an actor on each node, for as long as the node lives."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from rule_rm.engine.cluster.courier import Courier
from rule_rm.engine.cluster.node import Order
from rule_rm.engine.cluster.ray_node import Cluster, Place, RayNode
from rule_rm.engine.control import Configuration
from rule_rm.engine.fair_queue import FairQueue, Job
from rule_rm.engine.pool import Customer
from rule_rm.engine.tally import Tally
from rule_rm.engine.workforce import SLOW_LANES
from rule_rm.errors import ConfigurationError
from rule_rm.processes.failures import Failures
from rule_rm.processes.guarded import Guarded
from rule_rm.settings import Settings

logger = logging.getLogger(__name__)

STARTING = 120.0
"""Seconds that a node may take until it scores: it imports the package and warms up the rewards."""
LOOK_EVERY = 0.5
"""Seconds between two looks at which nodes there are."""
PAUSE = 10.0
"""Seconds before a node that could not be started is tried again."""
AHEAD = 16
"""Jobs for each worker that a node has at a time. More would wait there instead of in the fair queue. With
fewer, workers would be idle while a message is on its way."""
CLOSING = 15.0
"""Seconds that a call of Ray may take at the end."""
MOST_FILES = 16 << 20
"""Bytes of reward files and of the modules next to them that are shipped."""


class ClusterWorkforce:
    """The workforce on the nodes of a Ray cluster; a `Workforce`."""

    def __init__(
        self,
        settings: Settings,
        configuration: Configuration,
        queue: FairQueue[Job],
        needs: Collection[str],
        customer: Customer,
    ) -> None:
        """Join or start the cluster; returns when the first node is ready.

        Raises ConfigurationError if none becomes ready, with the reason of one.
        """
        self.tally = Tally()
        self._queue = queue
        self._customer = customer
        self._order = Order(_without_secrets(settings), configuration, needs, _files(settings))
        self._lock = threading.Lock()
        self._started = 0
        self._couriers: dict[str, Courier] = {}
        self._starting: set[str] = set()
        self._starters: list[threading.Thread] = []
        self._resting: dict[str, float] = {}
        self._why: str | None = "no node is ready"
        self._failures = Failures()
        self._closing = threading.Event()
        self._cluster = Cluster(settings.ray_address, settings.workers)
        self._watcher = Guarded("cluster", self._watch, self._closing)
        self._watcher.start()
        try:
            self._wait_for_one()
        except ConfigurationError:
            self.close()
            raise

    def workers(self) -> dict[str, int]:
        """Return how many nodes score, how many rollouts they have, and how often one was started anew."""
        with self._lock:
            couriers = [*self._couriers.values()]
            return {
                "nodes": len(couriers),
                "carried": sum(courier.carried for courier in couriers),
                "restarts": max(0, self._started - len(couriers)),
            }

    def why_not_ready(self) -> str | None:
        """Return why no job would be run now; None if one would be."""
        if self._watcher.failure:
            return self._watcher.failure
        with self._lock:
            is_served = any(not courier.is_lost for courier in self._couriers.values())
            return None if is_served else self._why or "every node is lost"

    def close(self) -> None:
        """End the actors, and leave the cluster; the queue must have been closed."""
        self._closing.set()
        self._watcher.join(CLOSING)
        with self._lock:
            couriers = [*self._couriers.values()]
        for courier in couriers:
            courier.close()
        threads = [thread for courier in couriers for thread in courier.threads] + [*self._starters]
        until = time.monotonic() + CLOSING
        for thread in threads:
            thread.join(max(until - time.monotonic(), 0.0))
        if any(thread.is_alive() for thread in threads):
            # Ray breaks the process if it is shut down in the midst of a call.
            logger.warning("a node does not answer, so the connection to the Ray cluster is left open")
        else:
            self._cluster.close()

    def _wait_for_one(self) -> None:
        until = time.monotonic() + STARTING
        while self.why_not_ready() is not None:
            with self._lock:
                has_failed = bool(self._resting) and not self._starting
            if has_failed or time.monotonic() > until:
                raise ConfigurationError(f"no node of the Ray cluster can score: {self.why_not_ready()}")
            self._closing.wait(0.05)

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._look()
            self._closing.wait(LOOK_EVERY)

    def _look(self) -> None:
        """Let go of lost nodes, and have new ones started."""
        now = time.monotonic()
        with self._lock:
            lost = [one for one, courier in self._couriers.items() if courier.is_lost]
            for identity in lost:
                courier = self._couriers.pop(identity)
                self.tally.count_retried()
                self._why = f"{courier.node.name} is lost"
        for place in self._cluster.places():
            with self._lock:
                is_known = place.identity in self._couriers or place.identity in self._starting
                if is_known or self._resting.get(place.identity, 0.0) > now:
                    continue
                self._starting.add(place.identity)
            starter = threading.Thread(target=self._start, args=[place], name="starts a node", daemon=True)
            self._starters = [one for one in self._starters if one.is_alive()] + [starter]
            starter.start()

    def _start(self, place: Place) -> None:
        settings = replace(self._order.settings, workers=place.processors)
        try:
            node = RayNode(place, self._order._replace(settings=settings), STARTING, self._closing)
        except ConfigurationError as error:
            with self._lock:
                self._starting.discard(place.identity)
                self._resting[place.identity] = time.monotonic() + PAUSE
                self._why = str(error)
            if self._failures.is_worth_telling() and not self._closing.is_set():
                logger.warning("%s (failure %d)", error, self._failures.count)
            return
        window = AHEAD * place.processors + SLOW_LANES
        with self._lock:
            self._starting.discard(place.identity)
            self._resting.pop(place.identity, None)
            if self._closing.is_set():
                node.close()
                return
            count = self.tally.count
            self._couriers[place.identity] = Courier(node, self._queue, self._customer, window, count)
            self._started += 1
        logger.info("%s scores with %d workers", node.name, place.processors)


def _without_secrets(settings: Settings) -> Settings:
    """Return the settings that leave the server: its token and other secrets stay."""
    secret: dict[str, Any] = {one.name: one.default for one in fields(settings) if one.metadata["secret"]}
    return replace(settings, **secret)


def _files(settings: Settings) -> dict[str, bytes]:
    """Return the reward files and the modules next to them.

    Raises ConfigurationError if they are too large.
    """
    paths: set[Path] = set()
    for name in settings.reward_file:
        path = Path(name).resolve()
        paths |= {path, *path.parent.glob("*.py")}
    files = {str(path): path.read_bytes() for path in sorted(paths) if path.is_file()}
    size = sum(map(len, files.values()))
    if size > MOST_FILES:
        raise ConfigurationError(
            f"the reward files and the modules next to them have {size} bytes, above the {MOST_FILES} "
            "that are shipped. Give the reward files a directory of their own"
        )
    return files
