"""Rollouts as they are read from a journal, and the faults of files that can't be read.

A disk that fails, or a copy that was cut off, leaves a file that SQLite reads in part. It may also have
values of types that were never written. Such a file must not keep the others from being read.
"""

from __future__ import annotations

import json
import logging
import math
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rule_rm.journal.store import COLUMNS

logger = logging.getLogger(__name__)

LATEST = 1e11
"""The latest time that a page can show, in seconds since the epoch: the year 5138."""
_NAMES = ("id", *COLUMNS, "prompt", "ground_truth", "response")
_INTEGERS = frozenset({"request", "member", "step", "question", "length"})
_NUMBERS = frozenset({"reward", "similarity", "seconds"})
_MAPPINGS = ("components", "stages")
_UNREADABLE = (sqlite3.Error, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError)
"""The errors that the contents of a file lead to."""


class Place(NamedTuple):
    """The place of a rollout: the name of the file, and its identity there."""

    file: str
    id: int

    def __str__(self) -> str:
        return f"{self.file}:{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """Return the place that a text names; None if it names none."""
        file, _, number = text.rpartition(":")
        return cls(file, int(number)) if number.isdecimal() and len(number) < 19 and file else None


def as_dict(file: str, row: Sequence[Any]) -> dict[str, Any]:
    """Return a row as a rollout. Raises ValueError if it has a value that is never written."""
    rollout = dict(zip(_NAMES, row, strict=False))
    place = Place(file, rollout["id"])
    for name, value in rollout.items():
        if value is not None and not isinstance(value, _kinds(name)):
            raise ValueError(f"rollout {place.id} has {type(value).__name__} as its {name}")
    numbers([rollout[name] for name in _NUMBERS if rollout.get(name) is not None])
    rollout["time"] = moment(rollout["time"])
    rollout["place"] = place
    for name in _MAPPINGS:
        rollout[name] = _figures(rollout[name])
    return rollout


def _kinds(name: str) -> tuple[type, ...]:
    if name in _NUMBERS or name in ("id", "time"):
        return (int, float)
    return (int,) if name in _INTEGERS else (str,)


def moment(value: Any) -> float:
    """Return a time of a file. Raises ValueError if it is none."""
    if not isinstance(value, (int, float)) or not 0 <= value < LATEST:
        raise ValueError(f"{value!r:.40} is not a time")
    return value


def numbers(values: Sequence[Any]) -> tuple[float, ...]:
    """Return numbers of a file. Raises ValueError if one is none, or infinite."""
    for value in values:
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"{value!r:.40} is not a number")
    return tuple(values)


def _figures(text: str | None) -> dict[str, float]:
    found = json.loads(text or "{}")
    if not isinstance(found, Mapping):
        raise ValueError(f"{text!r:.40} is not an object")
    return dict(zip(found, numbers([*found.values()]), strict=True))


class Faults:
    """The files that can't be read, or not all of them. Used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[Path, str], str] = {}
        """Reasons, by the file and the method that read it."""

    @contextmanager
    def noted(self, path: Path, what: str) -> Iterator[None]:
        """Note and log an error that the file's contents lead to, instead of raising it."""
        try:
            yield
        except _UNREADABLE as error:
            why = f"the journal {path} can't be read: {error or type(error).__name__}"
            with self._lock:
                is_new = self._found.get((path, what)) != why
                self._found[path, what] = why
            if is_new:
                logger.warning("%s", why)
        else:
            with self._lock:
                self._found.pop((path, what), None)

    def of(self, paths: Sequence[Path]) -> list[str]:
        """Return why some of these files can't be read, one sentence each."""
        with self._lock:
            found = {path: why for (path, _), why in self._found.items()}
        return [found[path] for path in paths if path in found]
