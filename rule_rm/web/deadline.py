"""Read how long a client waits for its reply, from the header `X-Request-Deadline`.

A rollout that is not scored by then is not started: nobody would read its score.
"""

from __future__ import annotations

import math
import time

from rule_rm.errors import RequestError
from rule_rm.http.endpoints import DEADLINE_HEADER

UNIX_TIMES = 1e9
"""The least number that is a Unix time, and not the seconds that are left."""


def patience(value: str) -> float:
    """Return the seconds that a client still waits. Raises RequestError if the header says nothing of it.

    >>> patience("2.5")
    2.5
    """
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise RequestError(
            f"{DEADLINE_HEADER} must be the seconds that the client still waits, or the Unix time until "
            "which it does"
        )
    return max(number - time.time(), 0.0) if number >= UNIX_TIMES else number
