"""Reward functions that sometimes never return, in every known way to defeat a time limit.

An answer such as `HANG:sleep` chooses the way; all others are scored as by `math_verifier`. `math_that_hangs`
decides plain cases before a worker is asked, like a guard that misses a trap. `bare_math_that_hangs` decides
none, like a function that a user wrote.
"""

from __future__ import annotations

import signal
import time

from rule_rm import Rollout, Score, register, registry


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
    """Hang in one call into C, during which no Python code runs, and no Python signal handler."""
    pow(3, 10**9)


def _swallow() -> None:
    """Loop forever and catch every exception that a time limit might raise."""
    while True:
        try:
            _loop()
        except BaseException:  # noqa: BLE001 - ignoring every exception is this trap
            continue


def _allocate() -> None:
    """Take memory without end."""
    taken = []
    while True:
        taken.append(bytearray(16_000_000))


WAYS = {"sleep": _sleep, "loop": _loop, "c": _compute_in_c, "swallow": _swallow, "memory": _allocate}


def _hang(work: object) -> Score:
    """Hang in the way that is named, or decide what `math_verifier` left to decide."""
    if work in WAYS:
        WAYS[str(work)]()
    return registry.get("math_verifier").score_work(work)


@register("math_that_hangs", decide=_hang)
def math_that_hangs(rollout: Rollout) -> object:
    """Return the score of `math_verifier`; none, ever, for an answer `HANG:` and a way."""
    ways = [way for way in WAYS if f"HANG:{way}" in rollout.response]
    return ways[0] if ways else registry.get("math_verifier").prepare(rollout)


@register("bare_math_that_hangs")
def bare_math_that_hangs(rollout: Rollout) -> Score:
    """Return the same in a single step."""
    return registry.get("math_that_hangs")(rollout)
