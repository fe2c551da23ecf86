"""A reward file with residents: what waits, what fails, and what asks for another reward."""

import os
import threading
import time

from rule_rm import Rollout, Score, register
from rule_rm.errors import ConfigurationError, JudgeError
from rule_rm.registry.resident import Ask, Resident

CLOSED = []
"""The names of the residents that were closed."""


@register("length", metrics=("letters",))
def length(rollout: Rollout, *, per_letter: float = 1.0) -> Score:
    if rollout.response == "hang":
        time.sleep(1000)
    return Score(per_letter * len(rollout.response), metrics={"letters": len(rollout.response)})


@register("patient", metrics=("waited",))
class Patient(Resident):
    """Waits until `together` rollouts are in it at once, so that only a resident of many lanes ends."""

    def __init__(self, *, together: int = 1, judge_model: str = "none", worth: float = 1.0) -> None:
        if together < 1:
            raise ConfigurationError("together must be at least 1")
        self._barrier = threading.Barrier(together)
        self._model = judge_model
        self._worth = worth

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        if rollout.response == "raise":
            raise ZeroDivisionError("nothing to divide by")
        if rollout.response == "exit":
            raise SystemExit(0)
        if rollout.response == "unavailable":
            raise JudgeError("the judge is down")
        if rollout.response == "late":
            time.sleep(max(ask.until - time.monotonic(), 0) + 1.0)
        else:
            self._barrier.wait(max(ask.until - time.monotonic(), 0.01))
        return Score(self._worth, explanation=f"process {os.getpid()}", metrics={"waited": 1.0})

    def state(self) -> dict:
        return {"model": self._model}

    def close(self) -> None:
        self._barrier.abort()
        CLOSED.append("patient")


@register("doubling")
class Doubling(Resident):
    """Twice what another reward type says."""

    def __init__(self, *, of: str = "length") -> None:
        self.parts = (of,)

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        score = ask.score(self.parts[0], rollout)
        return score if score.reward is None else Score(2 * score.reward)

    def close(self) -> None:
        CLOSED.append("doubling")
