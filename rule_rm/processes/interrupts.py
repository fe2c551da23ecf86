"""End a command that Ctrl-C interrupts while it is imported without a traceback, as other programs end.

To import this module is enough.
"""

from __future__ import annotations

import signal
import sys
import threading

_has_set: list[bool] = []


def end_quietly() -> None:
    """Let SIGINT end this process at once, if it runs a command of ours and nobody else has a handler.

    `-m` is the name of a module that is run, while its package is imported.
    """
    name = (sys.argv or [""])[0].rpartition("/")[2]
    is_main = threading.current_thread() is threading.main_thread()
    if (
        name in ("rule-rm", "-m")
        and is_main
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _has_set.append(True)


def raise_again() -> None:
    """Let SIGINT raise KeyboardInterrupt again, after `end_quietly` changed that."""
    if _has_set:
        _has_set.clear()
        signal.signal(signal.SIGINT, signal.default_int_handler)


end_quietly()
