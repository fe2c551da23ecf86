"""Rollouts of every kind of reward, with the reward that each is worth."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence

from benchmarks.chaos.load import Drawn, rollouts

RIGHT = "it-is-right"
"""The word by which the judge knows a right response."""
KINDS = ("rules", "judge", "groups", "code", "model")
OFTEN = "rules"
"""The kind of half of the requests."""


def judged(body: bytes) -> bool:
    """Return the verdict of the judge on a question."""
    return RIGHT.encode() in body


def mixed(kinds: Sequence[str] = KINDS) -> Callable[[random.Random], Drawn]:
    """Return a source of requests of these kinds."""

    def draw(chance: random.Random) -> Drawn:
        kind = OFTEN if chance.random() < 0.5 else chance.choice(kinds)
        return rollouts(chance) if kind == OFTEN else _special(kind, chance)

    return draw


def _special(kind: str, chance: random.Random) -> Drawn:
    size = 8 if kind == "groups" else chance.choice((1, 2, 4))
    numbers = [chance.randrange(10**6) for _ in range(size)]
    if kind == "groups":
        largest = [float(number == max(numbers)) for number in numbers]
        return "largest", [str(number) for number in numbers], [""] * size, largest
    if kind == "model":
        said = [f"I would give it {number}." for number in numbers]
        return "reward_model", said, [""] * size, [float(number) for number in numbers]
    is_right = [chance.random() < 0.5 for _ in numbers]
    worth = [float(right) for right in is_right]
    if kind == "judge":
        words = [RIGHT if right else "it-is-not" for right in is_right]
        words = [rf"\boxed{{{word} {number}}}" for number, word in zip(numbers, words, strict=True)]
        return "llm_judge", words, [str(number) for number in numbers], worth
    programs = [
        f"```python\ndef f(x):\n    return x + {number if right else number + 1}\n```"
        for number, right in zip(numbers, is_right, strict=True)
    ]
    tests = [json.dumps([f"assert f(1) == {number + 1}"]) for number in numbers]
    return "code_tests", programs, tests, worth
