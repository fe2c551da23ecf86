"""The limits of time and memory that a problem brings along, in the units of its data set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rule_rm.sandbox.grading.suites import Limited

_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
"""A number with its unit, such as `2.0 seconds` or `256 megabytes`."""


def limits(known: Mapping[str, Any]) -> Limited:
    """Return the limits of a problem, of which any may be missing."""
    return Limited(_seconds(known.get("time_limit")), _megabytes(known))


def _seconds(limit: Any) -> float | None:
    """Return a time limit in seconds: of a number, of "2 seconds", or as CodeContests has it."""
    if isinstance(limit, Mapping):
        return float(limit.get("seconds") or 0) + float(limit.get("nanos") or 0) / 1e9 or None
    return _amount(limit, {"ms": 0.001, "millisecond": 0.001, "milliseconds": 0.001})


def _megabytes(known: Mapping[str, Any]) -> int | None:
    if known.get("memory_limit_bytes"):
        return max(1, int(known["memory_limit_bytes"]) >> 20)
    found = _amount(known.get("memory_limit"), {"bytes": 1 / (1 << 20), "kb": 1 / 1024, "gb": 1024.0})
    return None if found is None else max(1, int(found))


def _amount(limit: Any, units: Mapping[str, float]) -> float | None:
    """Return a limit in seconds or megabytes; its unit, if it is another, is one of `units`."""
    if not limit:
        return None
    number, unit = _AMOUNT.match(str(limit)).groups()  # type: ignore[union-attr]
    return float(number) * units.get(unit.lower(), 1.0) or None
