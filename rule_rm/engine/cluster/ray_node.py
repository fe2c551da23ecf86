"""Ray: join or start a cluster, find its nodes, and reach the actor on each."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from rule_rm import redaction
from rule_rm.engine.cluster.courier import NodeLostError
from rule_rm.engine.cluster.node import Errand, Node, Order, Outcome
from rule_rm.errors import ConfigurationError

try:
    import ray
    from ray.exceptions import RayError
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
except ImportError as missing:
    raise ConfigurationError(
        f"--engine ray needs Ray; install the extra: pip install 'rule-rm[ray]' ({missing})"
    ) from None

logger = logging.getLogger(__name__)

ANSWER = 10.0
"""Seconds beyond the time that a call takes by itself after which a node counts as lost."""

NICENESS = "RAY_worker_niceness"
"""The variable for the niceness of a new cluster's workers. With 15, Ray's default, they would have a
thirtieth of the others' processor time on a busy machine."""


class Place(NamedTuple):
    """A node of the cluster on which an actor can be started."""

    identity: str
    name: str
    processors: int


class _Connection:
    """The connection of this process, of which Ray allows one: who holds it, and whether we made it."""

    lock = threading.Lock()
    holders = 0
    is_ours = False


class Cluster:
    """A hold on the connection to a Ray cluster; an edition and the next one have it together."""

    def __init__(self, address: str | None, processors: int) -> None:
        """Join the cluster at an address, else one that runs here, else start one with these processors.

        Raises ConfigurationError if that fails.
        """
        with _Connection.lock:
            if not ray.is_initialized():
                self._connect(address, processors)
                _Connection.is_ours = True
            _Connection.holders += 1

    @staticmethod
    def _connect(address: str | None, processors: int) -> None:
        options = {"include_dashboard": False, "logging_level": logging.ERROR, "log_to_driver": False}
        try:
            with _without_secrets():
                try:
                    ray.init(address=address or "auto", **options)
                except ConnectionError:
                    if address is not None:
                        raise
                    # Rewards run in them, as in the workers of the local engine.
                    os.environ.setdefault(NICENESS, "0")
                    ray.init(address="local", num_cpus=processors, **options)
        except Exception as error:  # noqa: BLE001 - Ray raises it, just that, if a node does not start in time
            raise ConfigurationError(
                f"there is no Ray cluster at {address or 'this machine'}: {error}"
            ) from None

    def places(self) -> list[Place]:
        """Return the living nodes that have processors."""
        return [
            Place(node["NodeID"], node["NodeManagerAddress"], int(node["Resources"]["CPU"]))
            for node in ray.nodes()
            if node["Alive"] and node["Resources"].get("CPU", 0) >= 1
        ]

    def close(self) -> None:
        """Let go of the connection; the last one leaves the cluster, and ends it if it was started here.

        No thread may be in a call of Ray then.
        """
        with _Connection.lock:
            _Connection.holders -= 1
            if _Connection.is_ours and not _Connection.holders:
                _Connection.is_ours = False
                ray.shutdown()


class RayNode:
    """A node behind an actor."""

    def __init__(self, place: Place, order: Order, patience: float, closing: threading.Event) -> None:
        """Start the actor. Raises ConfigurationError, with the reason, if it is not ready in time.

        `patience` is in seconds; `closing` ends the wait.
        """
        self.name = f"node {place.name} ({place.identity[:8]})"
        strategy = NodeAffinitySchedulingStrategy(node_id=place.identity, soft=False)
        # Trainers reserve the processors of their nodes, and rewards use what these leave.
        options = {"num_cpus": 0, "max_concurrency": 4, "max_restarts": 0, "scheduling_strategy": strategy}
        self._actor: Any = ray.remote(Node).options(**options).remote(order)
        state = self._actor.state.remote()
        until = time.monotonic() + patience
        try:
            while not ray.wait([state], timeout=0.2)[0]:
                if closing.is_set() or time.monotonic() > until:
                    self.close()
                    raise ConfigurationError(f"{self.name} was not ready after {patience:g} s")
            ray.get(state)
        except RayError as error:
            self.close()
            cause = getattr(error, "cause", None) or error
            raise ConfigurationError(f"{self.name}: {str(cause).strip().splitlines()[-1]}") from None

    def submit(self, errands: Sequence[Errand]) -> None:
        """Queue errands there. Raises NodeLostError if it is gone."""
        self._call(self._actor.submit, ANSWER, errands)

    def collect(self, seconds: float) -> list[Outcome]:
        """Return the scores that are there, once there is one. Raises NodeLostError if it is gone."""
        found: list[Outcome] = self._call(self._actor.collect, seconds + ANSWER, seconds)
        return found

    def state(self) -> tuple[dict[str, int], str | None]:
        """Return the figures of its workers, and why none would score now."""
        found: tuple[dict[str, int], str | None] = self._call(self._actor.state, ANSWER)
        return found

    def close(self) -> None:
        """End the actor, whose workers end with it."""
        try:
            ray.kill(self._actor)
        except (RayError, ValueError) as error:
            logger.debug("%s could not be ended: %s", self.name, error)

    @staticmethod
    def _call(method: Any, seconds: float, *arguments: Any) -> Any:
        try:
            return ray.get(method.remote(*arguments), timeout=seconds)
        except RayError as error:
            raise NodeLostError(f"{type(error).__name__}: {str(error).splitlines()[0]}") from None


@contextmanager
def _without_secrets() -> Iterator[None]:
    """Keep secrets out of the environment for as long as a cluster is started, which inherits it."""
    held = {name: value for name, value in os.environ.items() if redaction.holds_secret(name, value)}
    for name in held:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(held)
