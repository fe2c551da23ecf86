"""Means that are pushed to a board of curves."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from rule_rm import Score, Status, redaction
from rule_rm.errors import ConfigurationError
from rule_rm.journal import Journal
from rule_rm.journal.pushing import Pusher, opener

from ..waiting import PATIENCE, until
from .scored import scored


class FakeBoard:
    """A fake of wandb and trackio, at the seam of the three functions that are called of them."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.began: list[dict] = []
        self.points: list[dict] = []
        self.is_finished = False

    def init(self, **given):
        self.began.append(given)

    def log(self, means):
        if self.fails:
            self.fails -= 1
            raise SystemExit("the board is away")
        self.points.append(means)

    def finish(self):
        self.is_finished = True


@pytest.fixture
def journal(monkeypatch):
    monkeypatch.delenv("WANDB_PROJECT", raising=False)
    made = Journal()
    made.record(scored(1.0, 0.0, Score.unscored(Status.ERROR, "no")))
    return made


def test_the_means_since_the_last_push_are_pushed(journal):
    board = FakeBoard()
    pusher = Pusher(journal.tallies, lambda: board, "here-6000", 0.01)
    until(lambda: board.points, "the first push")
    journal.record(scored(0.5, source=None))
    until(lambda: len(board.points) > 1, "the second push")
    pusher.close()
    first, second = board.points
    assert first["rule_rm/reward/math"] == first["rule_rm/reward/math/sums"] == 0.5
    assert first["rule_rm/status/math/error"] == pytest.approx(1 / 3)
    assert first["rule_rm/seconds/all"] == 0.25
    assert second["rule_rm/reward/math"] == second["rule_rm/component/math/accuracy"] == 0.5
    assert "rule_rm/reward/math/sums" not in second
    assert second["rule_rm/status/math/error"] == 0.0
    assert board.began == [{"project": "rule_rm", "name": "here-6000"}]
    assert board.is_finished


def test_a_board_that_fails_costs_a_line_of_the_log_and_no_mean(journal, caplog):
    board = FakeBoard(fails=1)
    pusher = Pusher(journal.tallies, lambda: board, "here-6000", 0.01)
    until(lambda: board.points, "the push after the failure")
    pusher.close()
    assert board.points[0]["rule_rm/reward/math"] == 0.5
    assert "the means could not be pushed (failure 1): SystemExit: the board is away" in caplog.text


def test_a_board_that_hangs_holds_up_no_request_and_not_the_end(journal, monkeypatch):
    monkeypatch.setattr("rule_rm.journal.pushing.CLOSING", 0.05)
    is_open, may_go = threading.Event(), threading.Event()

    def hangs():
        is_open.set()
        may_go.wait(PATIENCE)
        return FakeBoard()

    journal.pusher = Pusher(journal.tallies, hangs, "here-6000", 0.01)
    assert is_open.wait(PATIENCE)
    journal.record(scored(1.0))
    journal.close()
    may_go.set()
    assert journal.counts.state()["requests"] == 2


def test_a_board_that_is_not_installed_is_an_error():
    with pytest.raises(ConfigurationError, match="--push no_such_board needs the package"):
        opener("no_such_board")


def test_the_key_of_the_board_is_a_secret(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    monkeypatch.setenv("WANDB_API_KEY", "key-of-the-board")
    # Any module will do: it is not imported here.
    opener("json")
    assert redaction.redact("key-of-the-board") == "***"
    assert redaction.holds_secret("WANDB_API_KEY", "")


@pytest.mark.peers
@pytest.mark.parametrize("library", ["wandb", "trackio"])
def test_a_real_library_keeps_the_means_without_a_network(journal, library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    # It reads the variables when it is imported.
    board = pytest.importorskip(library, reason=f"needs {library}")
    monkeypatch.setattr("rule_rm.journal.pushing.CLOSING", PATIENCE)
    pusher = Pusher(journal.tallies, lambda: board, "here-6000", 600.0)
    pusher.close()
    assert pusher._failures.count == 0
    kept = [path for path in Path(tmp_path).rglob("*") if path.suffix in (".wandb", ".db")]
    assert kept
    if library == "trackio":
        with sqlite3.connect(kept[0]) as connection:
            rows = connection.execute("SELECT * FROM metrics").fetchall()
        assert any("rule_rm/reward/math" in str(row) for row in rows)
