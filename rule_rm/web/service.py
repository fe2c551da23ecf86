"""The parts of the service, as the views know them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rule_rm.engine import Engine
from rule_rm.golden import GoldenDataset
from rule_rm.journal import Journal
from rule_rm.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """Built once by `create_app`; the views keep nothing of their own."""

    settings: Settings
    engine: Engine
    golden: GoldenDataset
    journal: Journal = field(default_factory=Journal)
    started: float = field(default_factory=time.monotonic)
    """The monotonic time at which it was built."""
