"""Search the rollouts of a journal from the newest on, within a budget of time.

Texts have no index. A search goes through spans of identities until it has enough or its time is over. It
returns how far it came, so that the next one goes on from there.

Rollouts are ordered by identity, which is the order of writing. Where the clock was set back, their times
don't grow with it.
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


@dataclass(slots=True)
class Search:
    """A search in one file: its query, with a place for the condition on identities."""

    connection: sqlite3.Connection
    query: str
    """It has `{span}` where the condition is to be."""
    values: dict[str, Any]
    most: int
    rows: list[Sequence[Any]] = field(default_factory=list)

    def run(self, before: int | None, span: int, until: float) -> int | None:
        """Fill `rows`; return the identity below which nothing was searched yet, None if all or enough was.

        `before` is what another search returned. One step is always done, so that a search that is continued
        comes to its end.
        """
        lowest, highest = self._one("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM rollouts")
        top, limit = highest if before is None else min(before - 1, highest), None
        while top >= lowest > 0 and len(self.rows) < self.most:
            bottom = max(top - span, lowest - 1)
            if not self._step(bottom, top, limit):
                return int(top) + 1
            top, limit = bottom, until
        return None

    def next_time(self, before: int) -> float | None:
        """Return the time of the newest rollout below an identity; None if there is none."""
        found = self._one("SELECT time FROM rollouts WHERE id < ? ORDER BY id DESC LIMIT 1", before)
        return None if found is None else found[0]

    def _step(self, bottom: int, top: int, until: float | None) -> bool:
        """Search the identities above `bottom`, up to `top`; return False if the time is over before."""
        if until is not None and time.monotonic() > until:
            return False
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

    def _one(self, query: str, *values: object) -> Any:
        return self.connection.execute(query, values).fetchone()
