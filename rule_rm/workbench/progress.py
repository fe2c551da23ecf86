"""Progress of a run: one line that is written over on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from rule_rm.workbench.tally import Tally

_REDRAW = 0.1
"""Seconds between two drawings on a terminal."""
_PLAIN = 10.0
"""Seconds between two plain lines."""
_BAR = 20
"""Characters of the bar."""


class Progress:
    """A line with the rate, the mean reward, the unscored rollouts and the time left."""

    def __init__(self, total: int | None, stream: TextIO | None = None) -> None:
        """`total` is the number of rollouts, if it is known."""
        self._total = total
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._begun = self._shown = time.monotonic()
        self._first: int | None = None
        self._is_drawn = False

    def show(self, tally: Tally) -> None:
        """Show the state if it is time to."""
        now = time.monotonic()
        if self._first is None:
            # Results of a run before this one say nothing about the rate.
            self._first, self._begun = tally.all.rollouts, now
        if now - self._shown < (_REDRAW if self._terminal else _PLAIN):
            return
        self._shown = now
        self._write(tally, now)

    def close(self, tally: Tally) -> None:
        """Show the last state, and leave the line."""
        if self._terminal:
            self._write(tally, time.monotonic())
            if self._is_drawn:
                self._stream.write("\n")
                self._stream.flush()

    def _write(self, tally: Tally, now: float) -> None:
        line = self._line(tally, now)
        if self._terminal:
            self._stream.write(f"\r\x1b[K{line}")
            self._is_drawn = True
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def _line(self, tally: Tally, now: float) -> str:
        totals = tally.all
        rate = (totals.rollouts - (self._first or 0)) / max(now - self._begun, 1e-6)
        parts = [f"{totals.rollouts} rollouts", f"{rate:.0f}/s"]
        if totals.mean is not None:
            parts.append(f"mean reward {totals.mean:.3f}")
        parts.append(f"{totals.unscored} unscored")
        if not self._total:
            return ", ".join(parts)
        parts[0] = f"{totals.rollouts}/{self._total}"
        if rate and totals.rollouts < self._total:
            parts.append(f"{duration((self._total - totals.rollouts) / rate)} left")
        filled = round(_BAR * min(totals.rollouts / self._total, 1.0))
        bar = "\N{FULL BLOCK}" * filled + "\N{LIGHT SHADE}" * (_BAR - filled)
        return f"{bar} {', '.join(parts)}" if self._terminal else ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time in words of two units.

    >>> duration(4), duration(75), duration(7300)
    ('4 s', '1 min 15 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
