"""The sandbox host as a process; `host.SandboxHost.start` starts it."""

from __future__ import annotations

import json
import sys

from rule_rm.sandbox.host.host import main
from rule_rm.sandbox.host.options import SandboxOptions

if __name__ == "__main__":
    given = json.loads(sys.argv[2])
    tuples = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    sys.exit(main(sys.argv[1], SandboxOptions(**{**given, **tuples})))
