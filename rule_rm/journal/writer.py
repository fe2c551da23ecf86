"""Writes batches of scored requests to a store, and looks at them for alarms."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from rule_rm.journal.alarms import Alarms
from rule_rm.journal.parcels import Parcel, unpack
from rule_rm.journal.rows import Row, rows
from rule_rm.journal.sounding import Alarm
from rule_rm.journal.store import Store
from rule_rm.journal.sums import Sums
from rule_rm.redaction import redact
from rule_rm.settings.alarms import KINDS

logger = logging.getLogger(__name__)

_WHOLE = 1 << 63


class Heard(NamedTuple):
    """An alarm that sounded, without secrets."""

    kind: str
    message: str
    evidence: list[str]
    """The places of rollouts to look at."""
    time: float


class Settled(NamedTuple):
    """The end of a batch that a sink took."""

    failure: Exception | None
    """The reason why nothing of it was written; None if it was."""
    heard: Sequence[Heard] = ()


class Sink(Protocol):
    """Takes batches of scored requests, here or in another process. Used by one thread."""

    path: Path

    def submit(self, batch: Sequence[bytes], rollouts: int) -> bool:
        """Take a batch of packed parcels to write, all or nothing of it; return False if there is no room."""

    def settled(self, patience: float) -> list[Settled]:
        """Return the end of the oldest batches, in order; wait up to `patience` seconds for the first."""

    def bound(self) -> None:
        """Remove rollouts that are too old or too many."""

    def close(self) -> None:
        """Close the file."""

    def abandon(self) -> None:
        """End what takes too long, from another thread: the sink is not used afterwards."""


class Writer:
    """Writes to the store of this process."""

    def __init__(
        self,
        store: Store,
        *,
        sample: float = 1.0,
        with_texts: bool = True,
        alarms: Mapping[str, float] | None = None,
    ) -> None:
        """Keep a `sample` of the questions, 0 to 1, each with its whole group, and all unscored rollouts.

        `alarms` are their bounds by kind.
        """
        self.path = store.path
        self._store = store
        self._with_texts = with_texts
        self._below = int(sample * _WHOLE)
        self._request = store.last_request
        self._sums = Sums()
        self._alarms = Alarms(KINDS if alarms is None else alarms, self._sound)
        self._heard: list[Heard] = []
        self._settled: list[Settled] = []

    @property
    def done(self) -> int:
        """The number of the last batch that was written in this session; -1 without one."""
        return self._store.done

    def submit(self, batch: Sequence[bytes], _rollouts: int) -> bool:
        """Write a batch at once."""
        try:
            self._settled.append(Settled(None, self.write(batch)))
        except Exception as error:  # noqa: BLE001 - it is the answer
            self._settled.append(Settled(error))
        return True

    def settled(self, _patience: float) -> list[Settled]:
        """Return the end of the batches since the last call."""
        settled, self._settled = self._settled, []
        return settled

    def write(self, batch: Sequence[bytes], number: int = -1) -> list[Heard]:
        """Write a batch of packed parcels, all or nothing of it; return the alarms that sounded.

        `number` is that of the batch in this session.
        """
        if self._store.follow() or self._store.is_changed():
            self._request = self._store.last_request
        kept: list[Row] = []
        parcels: list[Parcel] = []
        for packed in batch:
            # One request after the other, so that its texts are still in the processor's cache.
            parcel = unpack(packed)
            parcels.append(parcel)
            self._request += 1
            kept += rows(parcel, self._request, with_texts=self._with_texts)
        self._sums.add(kept, parcels)
        if self._below < _WHOLE:
            kept = [row for row in kept if row.question < self._below or row.reward is None]
        first = self._store.write(kept, self._sums, number)
        try:
            self._alarms.watch(kept, first)
        except Exception:
            # Rollouts that were written are not lost if an alarm fails.
            logger.exception("the latest rollouts could not be looked at for alarms")
        heard, self._heard = self._heard, []
        return heard

    def _sound(self, alarm: Alarm, time: float) -> None:
        message = redact(alarm.message)
        self._store.add_alarm(time, alarm, message)
        evidence = [f"{self.path.stem}:{identity}" for identity in alarm.evidence]
        self._heard.append(Heard(alarm.kind, message, evidence, time))

    def bound(self) -> None:
        """Remove rollouts that are too old or too many."""
        self._store.bound()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def abandon(self) -> None:
        """Leave the file as it is: its database is whole after every transaction."""
