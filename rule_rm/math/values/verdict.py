"""The result of a comparison: equal or not, the layer that decided, and why in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Layer(str, Enum):
    """The layers of the comparison, cheapest first."""

    TEXT = "text"
    NUMBER = "number"
    STRUCTURE = "structure"
    NUMERIC = "numeric"
    SYMBOLIC = "symbolic"
    GUARD = "guard"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is the golden answer."""

    equal: bool | None
    """None: the golden answer can't be read, so there is no verdict."""
    layer: Layer
    """The layer that decided."""
    reason: str

    def __str__(self) -> str:
        return f"{self.layer.value}: {self.reason}"
