"""Each sandbox host of a machine has users of its own."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack

from rule_rm.sandbox.host import users

HOLD = """
import sys
from rule_rm.sandbox.host.users import first_uid
print(first_uid(), flush=True)
sys.stdin.read()
"""


def test_hosts_that_run_at_once_have_ranges_apart_until_there_are_too_many() -> None:
    with ExitStack() as stack:
        found = []
        for _ in range(users.RANGES + 1):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            stack.callback(process.kill)
            found.append(int(process.stdout.readline()))
        last = users.FIRST_UID + users.RANGE * (users.RANGES - 1)
        apart = [first for first in found if first != last]
        assert len(apart) == len(set(apart))
        assert found[-1] == last
        assert last + users.RANGE < 65534
