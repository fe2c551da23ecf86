"""End a command that Ctrl-C interrupts while it is imported without a traceback, as other programs end.

To import this module is enough.
"""

from __future__ import annotations

import signal
import sys
import threading
from itertools import pairwise

_has_set: list[bool] = []


def end_quietly() -> None:
    """Let SIGINT end this process at once, if it runs a command of ours and nobody else has a handler."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and _is_command() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _has_set.append(True)


def _is_command() -> bool:
    """Return True in `rule-rm` and `python -m rule_rm`, not in a program whose package imports this one."""
    name = (sys.argv or [""])[0].rpartition("/")[2]
    if name != "-m":
        return name == "rule-rm"
    # While the package of a module that is run is imported, its name is known to the interpreter alone.
    module = dict(pairwise(sys.orig_argv)).get("-m", "")
    return module.partition(".")[0] == "rule_rm"


def raise_again() -> None:
    """Let SIGINT raise KeyboardInterrupt again, after `end_quietly` changed that."""
    if _has_set:
        _has_set.clear()
        signal.signal(signal.SIGINT, signal.default_int_handler)


end_quietly()
