"""The journal of a service: takes scored requests, counts them, and has them kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rule_rm.journal.alarms import KINDS, Alarms
from rule_rm.journal.bell import Bell
from rule_rm.journal.counts import Counts
from rule_rm.journal.keeper import Keeper
from rule_rm.journal.rows import Scored
from rule_rm.journal.store import Bounds, Store
from rule_rm.journal.tallies import Tallies


class Journal:
    """The journal of a service; used from any thread."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.tallies = Tallies()
        self.bell: Bell | None = None
        self.keeper: Keeper | None = None
        """The thread that writes the database; None if no database is kept."""

    def keep(
        self,
        path: Path,
        bounds: Bounds | None = None,
        *,
        sample: float = 1.0,
        with_texts: bool = True,
        alarms: Mapping[str, float] | None = None,
        webhook: str | None = None,
    ) -> None:
        """Write the rollouts that are scored from now on to a database, as `Keeper` does.

        `alarms` are the bounds of the alarms, by kind. An alarm goes to the log, the database and the URL
        `webhook`.

        Raises ConfigurationError if the file can't be written.
        """
        store = Store(path, bounds or Bounds())
        self.keeper = Keeper(store, sample=sample, with_texts=with_texts)
        self.bell = Bell(store, webhook)
        self.keeper.watch = Alarms(KINDS if alarms is None else alarms, self.bell.sound).watch

    def record(self, scored: Scored) -> None:
        """Enter a request."""
        self.counts.record(scored.reward_type, scored.scores, scored.seconds)
        self.tallies.record(scored)
        if self.keeper is not None:
            self.keeper.add(scored)

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`."""
        kept = {} if self.keeper is None else {"journal": self.keeper.state()}
        return {**self.counts.state(), **kept}

    def close(self) -> None:
        """Log the rest and write the waiting records, at the end."""
        self.counts.close()
        if self.keeper is not None:
            self.keeper.close()
