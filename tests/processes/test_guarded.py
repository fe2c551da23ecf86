"""A guarded thread continues after any exception of its body, and reports itself as failed until then."""

from __future__ import annotations

import threading

from rule_rm.processes import guarded
from rule_rm.processes.guarded import Guarded

from ..waiting import PATIENCE, until


def test_a_body_that_fails_is_begun_again_until_it_returns(monkeypatch, caplog):
    monkeypatch.setattr(guarded, "FIRST_PAUSE", 0.001)
    failed = []

    def body() -> None:
        if len(failed) < 4:
            failed.append(thread.failure)
            raise IndexError("list index out of range")

    thread = Guarded("keeper", body, threading.Event())
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert thread.failure is None
    assert len(failed) == 4
    assert caplog.text.count("Traceback") == 3, "the 1st, 2nd and 4th"


def test_a_failure_is_told_while_it_lasts_and_closing_ends_it():
    closing = threading.Event()

    def body() -> None:
        raise OSError("no descriptor")

    thread = Guarded("keeper", body, closing)
    thread.start()
    # Between two failures the body runs, and there is no failure to see.
    assert until(lambda: thread.failure, "a failure") == "keeper failed: OSError: no descriptor"
    closing.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
