"""Rollouts of every kind of reward, with the reward that each is worth."""

from __future__ import annotations

import json
import random

from benchmarks.chaos.load import Drawn, rollouts

RIGHT = "it-is-right"
"""The word by which the judge of a soak knows a right response."""


def judged(body: bytes) -> bool:
    """Return the verdict of the judge on a question."""
    return RIGHT.encode() in body


def mixed(chance: random.Random) -> Drawn:
    """Return a request for rules, mathematics, programs, a judge or groups."""
    kind = chance.choice(("rules", "rules", "rules", "judge", "groups", "code"))
    if kind == "rules":
        return rollouts(chance)
    size = 8 if kind == "groups" else chance.choice((1, 2, 4))
    numbers = [chance.randrange(10**6) for _ in range(size)]
    is_right = [chance.random() < 0.5 for _ in numbers]
    worth = [float(right) for right in is_right]
    if kind == "groups":
        largest = [float(number == max(numbers)) for number in numbers]
        return "largest", [str(number) for number in numbers], [""] * size, largest
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
