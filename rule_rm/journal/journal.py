"""The journal of a service: takes scored requests, counts them, and has them kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rule_rm.journal.bell import Bell
from rule_rm.journal.counts import Counts
from rule_rm.journal.keeper import Keeper
from rule_rm.journal.parcels import Scored
from rule_rm.journal.pushing import Pusher
from rule_rm.journal.rechecks import Rechecks
from rule_rm.journal.scribe import Scribe
from rule_rm.journal.store import Bounds, Store
from rule_rm.journal.tallies import Tallies
from rule_rm.journal.traces import Traces
from rule_rm.journal.writer import Sink, Writer


class Journal:
    """The journal of a service; used from any thread."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.tallies = Tallies()
        self.bell: Bell | None = None
        self.keeper: Keeper | None = None
        """The thread that writes the database; None if no database is kept."""
        self.rechecks: Rechecks | None = None
        """The thread that scores samples again; None if no reward is named for that."""
        self.pusher: Pusher | None = None
        """The thread that pushes means; None if nobody wants them."""
        self.traces: Traces | None = None
        """The spans of requests; None if nobody collects them."""

    def keep(
        self,
        path: Path,
        bounds: Bounds | None = None,
        *,
        sample: float = 1.0,
        with_texts: bool = True,
        alarms: Mapping[str, float] | None = None,
        webhook: str | None = None,
        is_apart: bool = False,
    ) -> None:
        """Write the rollouts that are scored from now on to a database, as `Writer` does.

        `alarms` are the bounds of the alarms, by kind. An alarm goes to the log, the database and the URL
        `webhook`. With `is_apart`, a process of its own writes.

        Raises ConfigurationError if the file can't be written.
        """
        bounds = bounds or Bounds()
        options = {"sample": sample, "with_texts": with_texts, "alarms": alarms}
        self.bell = Bell(webhook)
        sink: Sink
        if is_apart:
            sink = Scribe(path, {"size": bounds.size, "age": bounds.age, **options})
        else:
            sink = Writer(Store(path, bounds), sample=sample, with_texts=with_texts, alarms=alarms)
        self.keeper = Keeper(sink, self.bell.sound)

    def record(self, scored: Scored) -> None:
        """Enter a request."""
        self.counts.record(scored.reward_type, scored.scores, scored.seconds, scored.sender.request_id)
        self.tallies.record(scored)
        if self.keeper is not None:
            self.keeper.add(scored)
        if self.rechecks is not None:
            self.rechecks.take(scored)
        if self.traces is not None:
            self.traces.record(scored)

    def state(self) -> dict[str, Any]:
        """Return the entry for `/health`."""
        kept = {} if self.keeper is None else {"journal": self.keeper.state()}
        return {**self.counts.state(), **kept}

    def close(self) -> None:
        """Log the rest and write the waiting records, at the end."""
        self.counts.close()
        if self.rechecks is not None:
            self.rechecks.close()
        if self.keeper is not None:
            self.keeper.close()
        if self.traces is not None:
            self.traces.close()
        if self.pusher is not None:
            self.pusher.close()
