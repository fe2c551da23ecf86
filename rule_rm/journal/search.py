"""Search the rollouts of a journal from the newest on, within a budget of time.

Texts have no index. A search goes through spans of identities, which grow with time, until it has enough or
its time is over. It returns how far it came, so that the next one goes on from there.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

SPAN, SPAN_OF_TEXTS = 200_000, 5_000
"""Rollouts of one step of a search, without and with a text: a fraction of a second each."""
_STEPS_BETWEEN_LOOKS = 20_000
DISORDER = 5.0
"""Seconds by which rollouts may be written in another order than that of their times."""

Moment = tuple[float, int]
"""Time and identity of a rollout, by which rollouts are sorted."""


@dataclass(slots=True)
class Search:
    """A search in one file: its query, with a place for the condition on identities."""

    connection: sqlite3.Connection
    query: str
    """It has `{span}` where the condition is to be."""
    values: dict[str, Any]
    most: int
    rows: list[Sequence[Any]] = field(default_factory=list)

    def run(self, before: Moment | None, span: int, until: float) -> Moment | None:
        """Fill `rows`; return the moment before which nothing was searched yet, None if all was.

        One step is always done, so that a search that is continued comes to its end.
        """
        (lowest,) = self._one("SELECT coalesce(min(id), 0) FROM rollouts")
        top = self._highest() if before is None else self._last_by(before[0] + DISORDER, lowest)
        is_first = True
        while top >= lowest > 0 and len(self.rows) < self.most:
            if not is_first and time.monotonic() > until:
                return self._moment(top)
            bottom = max(top - span, lowest - 1)
            limit = None if is_first else until
            if not self._step(bottom, top, limit):
                return self._moment(top)
            top = bottom
            # A step through younger rollouts than the beginning does not count.
            at = self._moment(top)
            is_first = is_first and before is not None and at is not None and at[0] >= before[0]
        return None

    def _step(self, bottom: int, top: int, until: float | None) -> bool:
        """Search the identities above `bottom`, up to `top`; return False if the time is over before."""
        handler: Callable[[], bool] | None = None if until is None else lambda: time.monotonic() > until
        self.connection.set_progress_handler(handler, _STEPS_BETWEEN_LOOKS)
        query = self.query.replace("{span}", "r.id > :bottom AND r.id <= :top")
        values = {**self.values, "bottom": bottom, "top": top, "enough": self.most - len(self.rows)}
        try:
            self.rows += self.connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:
            if until is None or time.monotonic() < until:
                raise
            return False
        finally:
            self.connection.set_progress_handler(None, 0)
        return True

    def _moment(self, top: int) -> Moment | None:
        """Return the moment just after the rollout with this identity, or the next older one."""
        found = self._one("SELECT time, id FROM rollouts WHERE id <= ? ORDER BY id DESC LIMIT 1", top)
        return (found[0], found[1] + 1) if found is not None else None

    def _highest(self) -> int:
        (highest,) = self._one("SELECT coalesce(max(id), 0) FROM rollouts")
        return int(highest)

    def _last_by(self, moment: float, lowest: int) -> int:
        """Return the identity of the last rollout that is not younger, by halving."""
        low, high = lowest - 1, self._highest()
        while low < high:
            middle = (low + high + 1) // 2
            (found, at) = self._one("SELECT time, id FROM rollouts WHERE id >= ? ORDER BY id LIMIT 1", middle)
            if found <= moment:
                low = max(middle, at)
            else:
                high = middle - 1
        return low

    def _one(self, query: str, *values: object) -> Any:
        return self.connection.execute(query, values).fetchone()
