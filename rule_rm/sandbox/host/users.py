"""Give each sandbox host of a machine users of its own.

Where the host is root, programs run as users without a name. Two hosts that shared them would share the count
of processes, and a program of one could signal those of the other.
"""

from __future__ import annotations

import socket
from functools import cache

FIRST_UID = 64200
"""The first user of the first range; 65534 is nobody."""
RANGE = 192
"""Users of one host: enough for 64 slots of each profile."""
RANGES = 6
"""Hosts on one machine with a range of their own; any further host shares the last one."""


@cache
def first_uid() -> int:
    """Return the first user of this process's range, which it holds until it ends.

    A range is taken by binding a name that the kernel frees with the process, whatever ends it.
    """
    for number in range(RANGES):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0rule_rm-sandbox-users-{number}")
        except OSError:
            claim.close()
            continue
        # Without its object the socket lives as long as the process.
        claim.detach()
        return FIRST_UID + RANGE * number
    return FIRST_UID + RANGE * (RANGES - 1)
