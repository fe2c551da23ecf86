"""Questions with golden answers, and the ways of not answering them that a cold start knows."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

DIGITS = 7
"""The operands are below it: a table that a tiny policy learns within minutes."""
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Task:
    """A question, its golden answer, and what restates the question instead of answering it."""

    question: str
    golden: str
    expression: str
    rearranged: str
    kind: str


def _sum(one: int, two: int) -> Task:
    return Task(f"{one}+{two}=?", str(one + two), f"{one}+{two}", f"{two}+{one}", "sum")


def _difference(one: int, two: int) -> Task:
    return Task(f"{one}-{two}=?", str(one - two), f"{one}-{two}", f"-{two}+{one}", "difference")


def _product(one: int, two: int) -> Task:
    return Task(f"{one}*{two}=?", str(one * two), f"{one}*{two}", f"{two}*{one}", "product")


def _words(one: int, two: int) -> Task:
    question = f"What is {WORDS[one]} plus {WORDS[two]}?"
    return Task(question, str(one + two), f"{one}+{two}", f"{two}+{one}", "in words")


def _fraction(one: int, two: int) -> Task:
    value = Fraction(one, 5) + Fraction(two, 5)
    golden = (
        str(value.numerator)
        if value.denominator == 1
        else f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
    )
    shown = f"\\frac{{{one}}}{{5}}+\\frac{{{two}}}{{5}}"
    return Task(f"{shown}=?", golden, shown, f"\\frac{{{two}+{one}}}{{5}}", "fractions")


def _ratio(one: int, two: int) -> Task:
    value = Fraction(one + 1, two + 1)
    shown = f"{2 * (one + 1)}:{2 * (two + 1)}"
    golden = f"{value.numerator}:{value.denominator}"
    return Task(f"Simplify {shown}.", golden, shown, f"{one + 1}*2:{two + 1}*2", "ratio")


def _set(one: int, two: int) -> Task:
    golden = f"\\{{{min(one, two)},{max(one, two)}\\}}"
    question = f"(x-{one})(x-{two})=0, x=?"
    return Task(question, golden, f"(x-{one})(x-{two})=0", f"(x-{two})(x-{one})=0", "set")


KINDS: dict[str, Callable[[int, int], Task]] = {
    "sum": _sum,
    "difference": _difference,
    "product": _product,
    "in words": _words,
    "fractions": _fraction,
    "ratio": _ratio,
    "set": _set,
}


def tasks(kinds: Sequence[str]) -> list[Task]:
    """Return the questions of these kinds, over all pairs of digits below `DIGITS`."""
    return [
        KINDS[kind](one, two)
        for kind in kinds
        for one in range(DIGITS)
        for two in range(DIGITS)
        if kind != "set" or one != two
    ]


EVASIONS: dict[str, Callable[[Task], str]] = {
    "copy": lambda task: task.expression,
    "rearrange": lambda task: task.rearranged,
    "add zero": lambda task: f"{task.expression}+0",
    "times one": lambda task: f"1*({task.expression})",
    "in braces": lambda task: f"{{{task.expression}}}",
    "with equals": lambda task: f"x={task.expression}",
    "zero ratio": lambda task: "0:0",
    "hedge": lambda task: "7 or 8",
    "denial": lambda task: "not 7",
}
"""Answers that a response can box without having worked anything out, by kind."""


def wrong(task: Task, rng: random.Random) -> str:
    """Return another answer of the same kind of question."""
    while True:
        other = KINDS[task.kind](rng.randrange(DIGITS), rng.randrange(DIGITS))
        if other.golden != task.golden and (task.kind != "set" or len(set(other.golden)) > 4):
            return other.golden


def is_worked_out(task: Task, answer: str) -> bool:
    """Return True if the boxed answer is the golden answer as it would be written out."""
    return answer.replace(" ", "") == task.golden
