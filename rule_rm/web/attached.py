"""The child process of `start_server`: serves, and ends with its parent.

Its settings come as one line of JSON on the standard input, its address goes as another to the standard
output. The service stops at a second line, or at the end of the input. It also stops if the parent dies while
a fork of it holds the input open.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading

from rule_rm.errors import RuleRmError
from rule_rm.redaction import redact
from rule_rm.settings import Settings
from rule_rm.web.start import start

PARENT_CHECK_SECONDS = 1.0


def main() -> int:
    """Serve as the line on the standard input says; the exit status."""
    parent = os.getppid()
    # Prints of a reward file must not pass for the address: they go to the log, like everything else.
    to_parent = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    settings = Settings.load(json.loads(sys.stdin.readline()), {})
    threading.Thread(target=_end_with_parent, args=(parent,), name="parent", daemon=True).start()
    try:
        start(settings, lambda url: print(json.dumps({"url": url}), file=to_parent, flush=True))
    except RuleRmError as error:
        sys.stderr.write(f"{redact(str(error), with_pieces=True)}\n")
        return 2
    return 0


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        if select.select([sys.stdin], [], [], PARENT_CHECK_SECONDS)[0]:
            break
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
