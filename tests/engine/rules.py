"""A reward file whose functions misbehave in every way that the engine must survive."""

import ctypes
import os
import re
import signal
import time
from pathlib import Path

from rule_rm import Score, register


def _compute_for_ever():
    while True:
        pass


def _sleep_for_ever_ignoring_sigterm():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1000)


def _allocate_for_ever():
    kept = []
    while True:
        kept.append(bytearray(50_000_000))


def _crash():
    ctypes.string_at(0)


def _leave_a_daemon_and_hang():
    if os.fork() == 0:
        os.setsid()
        time.sleep(1000)
    time.sleep(1000)


def _print_a_flood():
    for _ in range(1000):
        print("x" * 10_000)
    os.write(1, b"x" * 1_000_000)
    os.write(2, b"x" * 1_000_000)


def _raise():
    raise ValueError("no number in this response")


MISDEEDS = {
    "compute": _compute_for_ever,
    "sleep": _sleep_for_ever_ignoring_sigterm,
    "allocate": _allocate_for_ever,
    "crash": _crash,
    "daemon": _leave_a_daemon_and_hang,
    "flood": _print_a_flood,
    "raise": _raise,
    "sys.exit": lambda: exit(0),
    "os._exit": lambda: os._exit(0),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "nan": lambda: float("nan"),
    "text": lambda: "1.0",
    "huge": lambda: Score(1.0, explanation="x" * 5_000_000),
}


@register("misbehave")
def misbehave(rollout):
    """Do the misdeed that the response names; any other response earns its length."""
    if rollout.response in MISDEEDS:
        returned = MISDEEDS[rollout.response]()
        if returned is not None:
            return returned
    return float(len(rollout.response))


@register("strict", lowest=lambda *, worst: worst)
def strict(rollout, *, worst: float = -0.5):
    """Wrong answers cost something here."""
    misbehave(rollout)
    return worst


def _open_gate(work):
    name, directory = work[0], Path(work[1])
    (directory / f"called-{name}-{time.monotonic_ns()}").touch()
    if name == "crash":
        _crash()
    while not (directory / f"open-{name}").exists():
        time.sleep(0.002)
    return Score(1.0)


@register("gated", decide=_open_gate)
def gated(rollout):
    """Record each call in a directory, and wait there for a file with the response's name."""
    return rollout.response, rollout.ground_truth


@register("moment")
def moment(rollout):
    """The time on the clock that all processes share."""
    return time.monotonic()


@register("process")
def process(rollout):
    """Return the process id of the worker."""
    return float(os.getpid())


LEAK = []


@register("leak")
def leak(rollout):
    """Leak a tenth of a worker's memory; the reward is the worker's process id."""
    LEAK.append(bytearray(int(rollout.response)))
    return float(os.getpid())


@register("runaway", linear=True)
def runaway(rollout):
    """Run a regular expression that takes exponential time on a response of many `a`."""
    return float(re.match("(?:a|a)*b", rollout.response) is None)
