"""Findings on the rows of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rule_rm.workbench.rows import DataRow

HINTS = frozenset({"weak", "near_duplicate", "duplicate", "prose", "ambiguous", "slow", "repeated"})
"""Kinds of findings after which a row can still be used; `--fix` keeps all except the duplicates."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of one row, or a doubt about it."""

    index: int
    """The row, from 0 in the order of the file."""
    kind: str
    message: str

    @property
    def is_fault(self) -> bool:
        """True if the row can't be used as it is."""
        return self.kind not in HINTS

    @property
    def is_dropped(self) -> bool:
        """True if a cleaned copy leaves the row out."""
        return self.is_fault or self.kind == "duplicate"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A readable row with its place in the file."""

    index: int
    row: DataRow


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it."""

    place: str
    columns: Any
    """An object; any other value is a fault."""
