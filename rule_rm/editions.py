"""Editions: the rewards and golden data that were loaded together, and the change from one to the next.

A request is answered by the edition that was current when it came, to its end. The next edition is loaded and
warmed up meanwhile. If that fails, nothing has changed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rule_rm import registry
from rule_rm.engine import Engine
from rule_rm.errors import ReloadError, RuleRmError
from rule_rm.golden import GoldenDataset
from rule_rm.settings import Settings

logger = logging.getLogger(__name__)

MARGIN = 5.0
"""Seconds beyond the request timeout after which an edition is closed, even if a request uses it."""


@dataclass(slots=True, eq=False)
class Edition:
    """Rewards and golden data that were loaded together."""

    engine: Engine
    golden: GoldenDataset
    number: int = 1
    """1 at the start of the service, and one more with each reload."""
    used: int = 0
    """Requests that are being answered with it."""

    def versions(self) -> dict[str, str]:
        """Return the version of each reward, by reward type."""
        return {name: function.version for name, function in self.engine.rewards.items()}


class Stay:
    """The use of an edition by one request, which ends once."""

    def __init__(self, edition: Edition, changed: threading.Condition) -> None:
        self.edition = edition
        self._changed = changed
        self._is_over = False

    def end(self) -> None:
        """Let the edition go; a second call does nothing."""
        with self._changed:
            if not self._is_over:
                self._is_over = True
                self.edition.used -= 1
                self._changed.notify_all()


@dataclass(slots=True)
class Editions:
    """The current edition, and the former ones that still answer requests."""

    settings: Settings
    current: Edition
    on_change: Callable[[], object] = lambda: None
    """Called when a reload has changed the edition, before it counts as done."""
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _reloading: threading.Lock = field(default_factory=threading.Lock)
    _former: list[Edition] = field(default_factory=list)
    _step: tuple[str, float] | None = None
    """The step of the reload under way, and the monotonic time of its start; None without a reload."""
    _is_closed: bool = False

    def enter(self) -> Stay:
        """Return a use of the current edition, which the caller ends."""
        with self._changed:
            self.current.used += 1
            return Stay(self.current, self._changed)

    def state(self) -> dict[str, Any]:
        """Return the number of the edition, and how long a reload has taken so far and what it waits for."""
        step = self._step
        if step is None:
            return {"edition": self.current.number}
        name, began = step
        reload = {"seconds": round(time.monotonic() - began, 1), "waits_for": name}
        return {"edition": self.current.number, "reload": reload}

    def reload(self) -> dict[str, Any]:
        """Load reward files, mixture and golden data again, and answer with them from now on.

        Returns what changed. Raises ReloadError, and changes nothing, if they can't be used.
        """
        if not self._reloading.acquire(blocking=False):
            other = self.state().get("reload")
            so_far = f" for {other['seconds']} s, and waits for {other['waits_for']}" if other else ""
            raise ReloadError(f"another reload is under way{so_far}")
        began = time.monotonic()
        logger.info("reload: edition %d answers until the next one is ready", self.current.number)
        try:
            following = self._load(began)
            with self._changed:
                if self._is_closed:
                    following.engine.close()
                    raise ReloadError("the service is being stopped")
                before, self.current = self.current, following
                self._former.append(before)
        except Exception as error:
            logger.error("reload failed, and edition %d stays: %s", self.current.number, _reason(error))
            if isinstance(error, ReloadError):
                raise
            raise ReloadError(f"edition {self.current.number} stays: {_reason(error)}") from error
        finally:
            self._step = None
            self._reloading.release()
        threading.Thread(target=self._retire, args=[before], name="retiring", daemon=True).start()
        self.on_change()
        changes = _changes(before, following)
        logger.info("reloaded in %.1f s: %s", time.monotonic() - began, _in_words(changes))
        return changes

    def close(self) -> None:
        """Close every engine except the first, which belongs to its creator, and refuse reloads."""
        with self._changed:
            self._is_closed = True
            engines = [edition.engine for edition in (*self._former, self.current) if edition.number > 1]
        for engine in engines:
            engine.close()

    def _load(self, began: float) -> Edition:
        def on_step(name: str) -> None:
            self._step = (name, began)
            logger.info("reload: %s, after %.1f s", name, time.monotonic() - began)

        on_step("golden data")
        golden = load_golden(self.settings)
        golden.prepare()
        with registry.loading_anew():
            engine = Engine(self.settings, previous=self.current.engine, on_step=on_step)
        return Edition(engine, golden, self.current.number + 1)

    def _retire(self, edition: Edition) -> None:
        """Close an edition when the requests that came to it are answered."""
        until = time.monotonic() + self.settings.request_timeout + MARGIN
        with self._changed:
            self._changed.wait_for(lambda: not edition.used, until - time.monotonic())
        edition.engine.close()
        with self._changed:
            if edition in self._former:
                self._former.remove(edition)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, RuleRmError) else f"{type(error).__name__}: {error}"


def load_golden(settings: Settings) -> GoldenDataset:
    """Return the golden dataset of the settings. Raises DatasetError if it can't be used."""
    if not settings.dataset:
        return GoldenDataset.empty()
    return GoldenDataset.load(
        settings.dataset,
        question_key=settings.question_key,
        answer_key=settings.answer_key,
        threshold=settings.fuzzy_threshold,
    )


def _changes(before: Edition, after: Edition) -> dict[str, Any]:
    """Return the versions that differ, each as [before, after], with null where there is none."""
    old, new = before.versions(), after.versions()
    return {
        "edition": after.number,
        "rewards": {
            name: [old.get(name), new.get(name)]
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        },
        "golden": {
            "questions": [len(before.golden), len(after.golden)],
            "version": [before.golden.version, after.golden.version],
        },
    }


def _in_words(changes: dict[str, Any]) -> str:
    rewards = ", ".join(f"{name} {was} → {now}" for name, (was, now) in changes["rewards"].items())
    questions, (was, now) = changes["golden"]["questions"], changes["golden"]["version"]
    golden = "golden data unchanged" if was == now else f"golden questions {questions[0]} → {questions[1]}"
    return f"edition {changes['edition']}; {rewards or 'no version of a reward changed'}; {golden}"
