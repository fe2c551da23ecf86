"""SIGHUP: reload rewards, mixture and golden data while requests are answered."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from rule_rm.editions import Editions
from rule_rm.errors import ReloadError


def reload_on_hangup(editions: Editions, stopping: threading.Event) -> None:
    """Reload at each SIGHUP from now on. Call it in the main thread.

    The SIGHUP of a terminal that was closed stops the service, as it does other programs.
    """
    had_terminal = _has_terminal()
    wanted = threading.Event()

    def hang_up(_number: int, _frame: FrameType | None) -> None:
        if had_terminal and not _has_terminal():
            stopping.set()
        else:
            wanted.set()

    def reload_when_wanted() -> None:
        while wanted.wait():
            wanted.clear()
            try:
                editions.reload()
            except ReloadError:
                # It is logged, and the service goes on as it is.
                continue

    threading.Thread(target=reload_when_wanted, name="reloader", daemon=True).start()
    signal.signal(signal.SIGHUP, hang_up)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
