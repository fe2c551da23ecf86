"""Pushes means to wandb or trackio, where it is installed, next to the curves of the trainer.

A thread imports and calls the library, so no request waits for it. A failure costs a line of the log; the
next push has the means since the last one that worked.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.journal.tallies import Tallies
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures

logger = logging.getLogger(__name__)

PAUSE = 15.0
"""Seconds between two pushes."""
CLOSING = 5.0
"""Seconds that the last push may take."""
PROJECT, KEY = "WANDB_PROJECT", "WANDB_API_KEY"
"""Variables of wandb."""
Sum = tuple[float, float]
"""A number of observations, and their total."""


class Board(Protocol):
    """A library that draws what it is sent, as a module: wandb or trackio."""

    def init(self, **given: Any) -> object:
        """Begin a run."""

    def log(self, means: dict[str, float]) -> object:
        """Add a point to the curves of the run."""

    def finish(self) -> object:
        """End the run."""


class Pusher:
    """Pushes the means of the latest seconds, from a thread of its own."""

    def __init__(
        self, tallies: Tallies, open_board: Callable[[], Board], name: str, pause: float = PAUSE
    ) -> None:
        """Push to the board, under the name of a run. It is opened by the thread, as that may take long."""
        self._tallies = tallies
        self._open = open_board
        self._name = name
        self._pause = pause
        self._board: Board | None = None
        self._before: dict[str, Sum] = {}
        self._failures = Failures()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Push the rest, if that is done soon."""
        self._is_closing.set()
        self._thread.join(ending.left(CLOSING))

    def _run(self) -> None:
        is_last = False
        while not is_last:
            is_last = self._is_closing.wait(self._pause)
            try:
                self._push()
                if is_last and self._board is not None:
                    self._board.finish()
            except BaseException as error:  # noqa: BLE001 - a library may raise SystemExit, and may be mended
                self._board = None
                if self._failures.is_worth_telling():
                    count, why = self._failures.count, f"{type(error).__name__}: {error}"
                    logger.warning("the means could not be pushed (failure %d): %s", count, why)

    def _push(self) -> None:
        now = sums(self._tallies)
        means = {
            name: (total - self._before.get(name, (0.0, 0.0))[1]) / new
            for name, (n, total) in now.items()
            if (new := n - self._before.get(name, (0.0, 0.0))[0]) > 0
        }
        if not means:
            return
        if self._board is None:
            board = self._open()
            board.init(project=os.environ.get(PROJECT, "rule_rm"), name=self._name)
            self._board = board
        self._board.log({f"rule_rm/{name}": value for name, value in means.items()})
        self._before = now


def opener(library: str) -> Callable[[], Board]:
    """Return a function that imports the library. Raises ConfigurationError if it is not installed."""
    if importlib.util.find_spec(library) is None:
        raise ConfigurationError(f"--push {library} needs the package: pip install {library}")
    redaction.remember(os.environ.get(KEY), KEY)
    return lambda: cast("Board", importlib.import_module(library))


def sums(tallies: Tallies) -> dict[str, Sum]:
    """Return the number and the total of rewards, components, statuses and seconds so far."""
    found: dict[str, Sum] = {}
    with tallies.lock:
        kinds: Mapping[str, Mapping[Any, Any]] = {
            "reward": tallies.rewards,
            "component": tallies.components,
        }
        for kind, histograms in kinds.items():
            for (reward_type, name), histogram in histograms.items():
                own = (float(sum(histogram.counts)), histogram.total)
                names = [f"{kind}/{reward_type}/{name}"] if name else []
                if kind == "reward":
                    names.append(f"reward/{reward_type}")
                for one in names:
                    n, total = found.get(one, (0.0, 0.0))
                    found[one] = (n + own[0], total + own[1])
        for stage, histogram in tallies.stages.items():
            found[f"seconds/{stage}"] = (float(sum(histogram.counts)), histogram.total)
        of_type: dict[str, float] = {}
        for (reward_type, _, _), count in tallies.rollouts.items():
            of_type[reward_type] = of_type.get(reward_type, 0.0) + count
        for (reward_type, _, status), count in tallies.rollouts.items():
            name = f"status/{reward_type}/{status}"
            found[name] = (of_type[reward_type], found.get(name, (0.0, 0.0))[1] + count)
    return found
