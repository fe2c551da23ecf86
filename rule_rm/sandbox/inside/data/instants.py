"""Dates, times, spans of time and time zones as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_NAMES = ("date", "datetime", "time", "timedelta")


def form(value: Any, kind: type) -> Any:
    """Return the form of a date, a time, a span or a zone; None if it has none, or if it is none of these."""
    name = kind.__name__
    if kind.__module__ != "datetime" or name not in (*_NAMES, "timezone"):
        return None
    if name == "timezone":
        return {"!": name, "v": _span(value.utcoffset(None))}
    if name == "timedelta":
        return {"!": name, "v": _span(value)}
    zone = getattr(value, "tzinfo", None)
    if zone is None or type(zone).__name__ == "timezone":
        return {"!": name, "v": value.isoformat()}
    # A zone with rules of its own is known by its name; one without has no form.
    key = getattr(zone, "key", None)
    if name != "datetime" or type(zone).__module__ != "zoneinfo" or not isinstance(key, str):
        return None
    return {"!": "zoned", "v": [value.replace(tzinfo=None).isoformat(), value.fold, key]}


def _span(value: Any) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _made(name: str) -> Callable[[Any], Any]:
    def made(content: Any) -> Any:
        import datetime

        kind = getattr(datetime, name)
        return kind(*map(int, content)) if name == "timedelta" else kind.fromisoformat(content)

    return made


def _zoned(content: Any) -> Any:
    import datetime
    import zoneinfo

    text, fold, key = content
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(key), fold=int(fold))


def _zone(content: Any) -> Any:
    import datetime

    return datetime.timezone(datetime.timedelta(*map(int, content)))


DECODERS: dict[str, Callable[[Any], Any]] = {
    "zoned": _zoned,
    "timezone": _zone,
    **{name: _made(name) for name in _NAMES},
}
"""Functions that make a value of the content of a form, by its tag."""
