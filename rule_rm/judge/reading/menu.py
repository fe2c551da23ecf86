"""The menu of a template: the verdicts that a judge may give."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from rule_rm.errors import InternalError

SENTINEL = "VERDICT:"
_SHOWN = 40
"""Characters of a reply that a reason may quote."""
_COLON = r"(?::|={1,2}>?|-{1,2}>|[→⇒⟶⟹➜➔])"
"""The sign between sentinel and verdict: `:`, `=`, `->`, `→`."""
_COLONS = str.maketrans({"﹕": ":", "∶": ":", "꞉": ":", "︓": ":", "\u3000": " ", "﹦": "="})


class NoVerdictError(InternalError):
    """A reply has no reliable verdict; the message gives the reason, with a short quotation."""

    def __init__(self, reason: str, said: str = "") -> None:
        """`reason` is one of few, for counting; `said` is the part of the reply that it is about."""
        shown = said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
        super().__init__(f"{shown!r} {reason}" if said else reason)
        self.reason = reason
        self.reply = ""
        """The whole reply, for those who may see it."""


@dataclass(frozen=True, slots=True)
class Label:
    """The worth of a word on the menu."""

    value: float | None
    """None if the judge says by it that it can't tell, which leaves the rollout unscored."""
    is_answer: bool = True
    """False if it says that there is nothing to grade."""


class Place(str, Enum):
    """The place of the verdict in a reply."""

    LINE = "line"
    """After the sentinel, which begins the last line."""
    WITHIN_LINE = "within_line"
    """After the last sentinel, which is anywhere in the last line: `They match. Final Decision: Yes`."""
    WHOLE = "whole"
    """The whole reply is the verdict: `A`, or `[Correct]`."""
    BOXED = "boxed"
    """In the last \\boxed{}, which begins what follows the sentinel: `Final Judgment: \\boxed{A} -
    CORRECT`."""


@dataclass(frozen=True, slots=True)
class Menu:
    """All that a judge may say: one of the labels, or a number on the scale; for each dimension, if any."""

    labels: Mapping[str, Label] = field(default_factory=dict)
    scale: tuple[float, float] | None = None
    dimensions: tuple[str, ...] = ()
    sentinel: str = SENTINEL
    place: Place = Place.LINE
    synonyms: Mapping[str, str] = field(default_factory=dict)
    """Other words for labels: `{"CORRECT": "A"}` reads CORRECT as the label A."""

    def label(self, word: str) -> str | None:
        """Return the label that a word means, in any case; None if it means none."""
        wanted = folded_word(word)
        for name in self.labels:
            if folded_word(name) == wanted:
                return name
        return next((label for other, label in self.synonyms.items() if folded_word(other) == wanted), None)

    @property
    def worths(self) -> tuple[float, float]:
        """The least and the greatest worth of a label."""
        values = [label.value for label in self.labels.values() if label.value is not None]
        return min(values, default=0.0), max(values, default=1.0)

    def schema(self, *, reasoning: bool) -> dict[str, Any]:
        """Return the JSON schema of a reply in JSON, its reasons first."""
        verdict: dict[str, Any] = {"type": "string", "enum": list(self.labels)}
        if self.scale:
            verdict = {"type": "number", "minimum": self.scale[0], "maximum": self.scale[1]}
        if self.dimensions:
            verdict = _object(dict.fromkeys(self.dimensions, verdict))
        reasons = {"reasoning": {"type": "string"}} if reasoning else {}
        return _object({**reasons, "verdict": verdict})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """A judge's verdict."""

    value: float
    """The worth of the label; on a scale, 0 for its lower end and 1 for its upper one."""
    said: str
    is_answer: bool = True
    reply: str = ""
    """The whole reply, for those who may see it."""


def fold(text: str) -> str:
    """Return the text with full-width characters and all digits in ASCII, each in its place."""
    if text.isascii():
        return text
    return "".join(map(_folded, text)).translate(_COLONS)


def _folded(character: str) -> str:
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character


def folded_word(text: str) -> str:
    """Return a word as it is compared: folded, in one case, with single spaces."""
    return " ".join(fold(text).split()).casefold()


@lru_cache(maxsize=64)
def element_pattern(sentinel: str) -> re.Pattern[str]:
    """Return a pattern for an element that is named like the sentinel: `<verdict>CORRECT</verdict>`."""
    name = re.escape("_".join(fold(sentinel.strip().rstrip(":： ")).split()))
    return re.compile(
        rf"^[\s*_#`~•-]{{0,8}}<(?P<word>{name})>\s{{0,8}}(?P<said>[^<>\n]{{1,80}}?)\s{{0,8}}</{name}>",
        re.IGNORECASE | re.MULTILINE,
    )


@lru_cache(maxsize=64)
def tag_pattern(sentinel: str) -> re.Pattern[str]:
    """Return a pattern for a tag that is named like the sentinel, also with spaces: `< verdict>`."""
    words = r"[\s_-]{1,8}".join(map(re.escape, fold(sentinel.strip().rstrip(":： ")).split()))
    return re.compile(rf"<\s{{0,8}}/?\s{{0,8}}(?P<word>{words})\b", re.IGNORECASE)


@lru_cache(maxsize=64)
def sentinel_pattern(sentinel: str) -> re.Pattern[str]:
    """Return a pattern for the sentinel, wherever it is in a folded text: `VERDICT:`, `Verdict** :`.

    An arrow or a sign of equality is read as its colon: `VERDICT → CORRECT`.
    """
    core = sentinel.strip().rstrip(":： ")
    words = r"\s{1,8}".join(map(re.escape, fold(core).split()))
    colon = r"[\s*_`\"']{0,8}" + _COLON if core != sentinel.strip() else ""
    return re.compile(f"(?P<word>{words}){colon}", re.IGNORECASE)
