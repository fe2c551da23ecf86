"""All faults, dealt by a seed: each is done to the service for a moment, and undone."""

from __future__ import annotations

from benchmarks.chaos import asked_faults, client_faults, machine_faults, process_faults
from benchmarks.chaos.site import Site

FAULTS = (
    *process_faults.FAULTS,
    *client_faults.FAULTS,
    *machine_faults.FAULTS,
    *asked_faults.FAULTS,
)


class Faults:
    """A deck of all faults, shuffled again when it is used up: a run of any length has each equally often."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._deck: list[int] = []

    def any(self) -> str:
        """Do the next one; return its name."""
        if not self._deck:
            self._deck = [*range(len(FAULTS))]
            self._site.chance.shuffle(self._deck)
        fault = FAULTS[self._deck.pop()]
        fault(self._site)
        return fault.__name__
