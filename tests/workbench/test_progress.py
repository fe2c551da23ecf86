"""The progress of a run: a line that is written over on a terminal, whole lines elsewhere."""

from __future__ import annotations

import io
from types import SimpleNamespace

from rule_rm.workbench import progress
from rule_rm.workbench.tally import Tally


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(stream, monkeypatch):
    clock = iter([0.0, 1.0, 2.0, 13.0, 14.0])
    # The clock of this module alone: other threads go by theirs.
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    bar, tally = progress.Progress(20, stream), Tally()
    for reward in (1.0, None):
        bar.show(tally)
        tally.add({"reward": reward, "status": "ok" if reward else "error"})
    bar.show(tally)
    bar.close(tally)
    return stream.getvalue()


def test_a_terminal_has_one_line_with_rate_mean_unscored_and_time_left(monkeypatch):
    lines = shown(Terminal(), monkeypatch)
    assert lines.count("\n") == 1
    assert "2/20" in lines
    assert "mean reward 1.000, 1 unscored" in lines
    assert "left" in lines


def test_elsewhere_there_are_whole_lines_and_not_many(monkeypatch):
    lines = shown(io.StringIO(), monkeypatch)
    assert "\r" not in lines
    assert lines == "2/20, 0/s, mean reward 1.000, 1 unscored, 1 min 48 s left\n"
