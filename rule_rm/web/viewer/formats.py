"""Format values as text for the pages.

Responses are hostile: a character that hides or moves text is shown.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

# Control characters but tab and newline, those that hide or turn text, and lone surrogates, which no page can
# hold: `\x1b`, `\u202e`, `\ud83d`.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
)


def shown(text: Any) -> str:
    r"""Return a text with its invisible characters written out.

    >>> shown("1\u202e2")
    '1⟨U+202E⟩2'
    """
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", str(text))


def number(value: float | None) -> str:
    """Return a number in at most three significant digits, or all digits of an integer.

    >>> number(0.12345), number(1234567.0), number(None)
    ('0.123', '1,234,567', '–')
    """
    if value is None:
        return "–"
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def share(value: float | None) -> str:
    """Return a share in percent.

    >>> share(0.005), share(0.5), share(0.996)
    ('0.5 %', '50 %', '99.6 %')
    """
    if value is None:
        return "–"
    percent = value * 100
    if 99 < percent < 100:
        # Nearly all is not all.
        return f"{min(percent, 99.9):.1f} %"
    return f"{percent:.0f} %" if percent >= 10 or percent == 0 else f"{percent:.2g} %"


def seconds(value: float | None) -> str:
    """Return a duration in a fitting unit.

    >>> seconds(0.0042), seconds(90.0)
    ('4.2 ms', '90 s')
    """
    if value is None:
        return "–"
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"


def clock(time: float) -> str:
    """Return a local time with its day."""
    return datetime.fromtimestamp(time).strftime("%d %b %H:%M:%S")


FILTERS = {"shown": shown, "number": number, "share": share, "seconds": seconds, "clock": clock}
"""The filters of the templates."""
