"""A reward file for the server's tests: rules whose time, outcome and noise the response chooses."""

import time
from pathlib import Path

from rule_rm import Score, Status, register

print("a reward file may print what it likes")


@register("slow", summary="1.0 after as many seconds as the response says")
def slow(rollout) -> float:
    time.sleep(float(rollout.response))
    return 1.0


@register("gated", timeout=120.0, summary="1.0 once the file is there that the response names")
def gated(rollout) -> float:
    """`GATE#NAME` leaves a file `GATE-NAME` when it begins, and ends when there is a file `GATE`."""
    gate, _, name = rollout.response.partition("#")
    Path(f"{gate}-{name}").touch()
    while not Path(gate).exists():
        time.sleep(0.005)
    return 1.0


@register("failing", metrics=("mood",))
def failing(rollout) -> Score:
    """Return 1.0, but leave a response unscored that asks for an error or for a NaN metric."""
    if rollout.response == "fail":
        raise ValueError("this rule fails on purpose")
    return Score(1.0, Status.OK, metrics={"mood": float("nan") if rollout.response == "nan" else 0.5})
