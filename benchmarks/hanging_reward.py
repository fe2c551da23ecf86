"""A reward file whose function now and then never returns, in every way that is known to defeat a time limit.

An answer of `HANG:sleep` and the like chooses the way; all others are scored as by `math_verifier`, but in a
worker, as this function condenses nothing.
"""

from __future__ import annotations

import signal
import time

from rule_rm import Rollout, Score, register
from rule_rm.rewards.math_verifier import math_verifier


def _sleep() -> None:
    """Sleep, and take no notice of a signal that can be ignored."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(3600)


def _loop() -> None:
    while True:
        pass


def _compute_in_c() -> None:
    """One call into C, during which no Python code runs and no Python signal handler either."""
    pow(3, 10**9)


def _swallow() -> None:
    """Catch whatever a time limit might raise."""
    while True:
        try:
            _loop()
        except BaseException:  # noqa: BLE001
            continue


def _allocate() -> None:
    """Take memory without end."""
    taken = []
    while True:
        taken.append(bytearray(16_000_000))


WAYS = {"sleep": _sleep, "loop": _loop, "c": _compute_in_c, "swallow": _swallow, "memory": _allocate}


@register("math_that_hangs", summary="math_verifier, but for responses that ask to hang it")
def math_that_hangs(rollout: Rollout) -> Score:
    """The score of `math_verifier`; none, ever, for an answer `HANG:` and a way."""
    for way, hang in WAYS.items():
        if f"HANG:{way}" in rollout.response:
            hang()
    return math_verifier(rollout)
