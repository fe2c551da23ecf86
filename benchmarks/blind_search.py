"""Search for a way to be paid without seeing a golden answer.

    python benchmarks/blind_search.py --reward-type math_verifier

A policy that can't solve a question can still rearrange it. Each candidate boxes something made from the
question alone: a formula or a number of it, in one of many wrappers. Successive halving keeps those that are
paid most. What the best of them earns above the best constant answer is what a run could learn instead of
solving.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rule_rm import Engine, Rollout, Settings

DATA = Path(os.environ.get("RULE_RM_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
EXAMPLES = Path(__file__).resolve().parents[1] / "datasets" / "math_examples.json"

_FORMULA = re.compile(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
"""One formula of a question, without its delimiters: `$3+4$`."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
"""One number of a question: `-3.5`."""
_SIDES = re.compile(r"=|<|>|\\leq?\b|\\geq?\b")
"""What separates the sides of a relation."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its golden answer, and the parts that a policy can see."""

    text: str
    golden: str
    formulas: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def read(cls, text: str, golden: str) -> Question:
        """Return the question with its parts."""
        formulas = tuple(next(part for part in found if part).strip() for found in _FORMULA.findall(text))
        return cls(text, golden, formulas, tuple(_NUMBER.findall(text)))


Select = Callable[[Question], str | None]


def _longest(parts: Iterable[str]) -> str | None:
    return max(parts, key=len, default=None)


def _sides(question: Question) -> list[str]:
    return [side.strip() for formula in question.formulas for side in _SIDES.split(formula) if side.strip()]


def _joined(sign: str) -> Select:
    return lambda question: sign.join(question.numbers) if 2 <= len(question.numbers) <= 4 else None


SELECTORS: dict[str, Select] = {
    "longest formula": lambda question: _longest(question.formulas),
    "last formula": lambda question: question.formulas[-1] if question.formulas else None,
    "first formula": lambda question: question.formulas[0] if question.formulas else None,
    "longest side": lambda question: _longest(_sides(question)),
    "last side": lambda question: next(iter(reversed(_sides(question))), None),
    "first number": lambda question: question.numbers[0] if question.numbers else None,
    "last number": lambda question: question.numbers[-1] if question.numbers else None,
    "largest number": lambda question: max(question.numbers, key=float, default=None),
    "sum of the numbers": _joined("+"),
    "product of the numbers": _joined(r"\cdot "),
    "quotient of the numbers": lambda q: (
        rf"\frac{{{q.numbers[0]}}}{{{q.numbers[1]}}}" if len(q.numbers) == 2 else None
    ),
    "difference of the numbers": _joined("-"),
    "power of the numbers": lambda q: f"{q.numbers[0]}^{{{q.numbers[1]}}}" if len(q.numbers) == 2 else None,
    "greatest common divisor": lambda q: (
        rf"\gcd({q.numbers[0]},{q.numbers[1]})" if len(q.numbers) == 2 else None
    ),
}
"""The part of a question that a candidate takes."""

WRAPPERS: dict[str, str] = {
    "as it is": "{}",
    "times one": r"1\cdot({})",
    "times one, behind": r"({})\cdot 1",
    "plus zero": "{}+0",
    "zero plus": "0+{}",
    "minus zero": "{}-0",
    "braces": "{{}}",
    "brackets": r"\left({}\right)",
    "over one": r"\frac{{}}{1}",
    "power one": "({})^1",
    "twice negative": "-(-({}))",
    "root of the square": r"\sqrt{({})^2}",
    "one name": "x={}",
    "a word": r"\text{the value of }{}",
    "displaystyle": r"\displaystyle {}",
    "maximum": r"\max({},{})",
    "one member": r"\{{}\}",
    "half of twice": r"\frac{2({})}{2}",
    "sum of halves": r"\frac{{}}{2}+\frac{{}}{2}",
    "sum of one": r"\sum_{k=1}^{1}({})",
}
"""What a candidate writes around it; `{}` is the part."""

CONSTANTS = (
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "8",
    "10",
    "12",
    "0:0",
    r"\text{Yes}",
    "A",
    r"\frac{1}{2}",
    r"\emptyset",
    "x",
)


def candidates() -> dict[str, Select]:
    """Return every part in every wrapper, by name."""

    def wrapped(select: Select, wrapper: str) -> Select:
        def make(question: Question) -> str | None:
            part = select(question)
            return None if part is None else wrapper.replace("{}", part)

        return make

    return {
        f"{wrapper_name}: {name}": wrapped(select, wrapper)
        for name, select in SELECTORS.items()
        for wrapper_name, wrapper in WRAPPERS.items()
    }


def respond(answer: str) -> str:
    """Return a response of the strict format that boxes the answer."""
    return f"<think>Let me see.</think><answer>\\boxed{{{answer}}}</answer>"


class Payer:
    """What a reward pays for boxed answers, as accuracy from 0 to 1."""

    def __init__(self, engine: Engine, reward_type: str) -> None:
        self._engine, self._reward_type = engine, reward_type

    def pay(self, questions: Sequence[Question], answers: Sequence[str | None]) -> list[float]:
        """Return the accuracy of each answer; 0 where there is none."""
        rollouts = [
            Rollout(question.text, respond(answer), question.golden)
            for question, answer in zip(questions, answers, strict=True)
            if answer is not None
        ]
        accuracies = iter(self._engine.score(rollouts, self._reward_type)) if rollouts else iter(())
        return [
            0.0 if answer is None else float(next(accuracies).metrics.get("accuracy", 0.0))
            for answer in answers
        ]


def search(
    payer: Payer, questions: Sequence[Question], seed: int
) -> tuple[str, float, list[tuple[str, float]]]:
    """Return the best constant, what it is paid, and the best candidates with what they are paid."""
    rng = random.Random(seed)
    shuffled = rng.sample(list(questions), len(questions))
    common = [answer for answer, _ in Counter(question.golden for question in shuffled).most_common(5)]
    constant, constant_paid = "", 0.0
    for answer in dict.fromkeys((*CONSTANTS, *common)):
        paid = _mean(payer.pay(shuffled, [answer] * len(shuffled)))
        if paid > constant_paid:
            constant, constant_paid = answer, paid
    alive, size = candidates(), min(64, len(shuffled))
    while True:
        sample = shuffled[:size]
        paid_by = {
            name: _mean(payer.pay(sample, [make(one) for one in sample])) for name, make in alive.items()
        }
        ranked = sorted(paid_by.items(), key=lambda pair: -pair[1])
        if size == len(shuffled):
            return constant, constant_paid, ranked
        alive = {name: alive[name] for name, _ in ranked[: max(8, len(ranked) // 2)]}
        size = min(size * 4, len(shuffled))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def load(path: Path, most: int, seed: int) -> list[Question]:
    """Return questions of a JSON file with `question` and `answer`, at most so many of them."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    rng = random.Random(seed)
    chosen = rng.sample(rows, min(most, len(rows)))
    return [Question.read(row["question"], str(row["answer"])) for row in chosen]


def main() -> None:
    """Search on a dataset and print the best constant and the best candidates."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reward-type", default="math_verifier")
    parser.add_argument(
        "--dataset", type=Path, help="a JSON file with question and answer; default: MATH, else the examples"
    )
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10, help="candidates to print")
    arguments = parser.parse_args()
    math = DATA / "math_test_5000.json"
    dataset = arguments.dataset or (math if math.is_file() else EXAMPLES)
    questions = load(dataset, arguments.questions, arguments.seed)
    with Engine(Settings(workers=2)) as engine:
        constant, paid, ranked = search(Payer(engine, arguments.reward_type), questions, arguments.seed)
    sys.stdout.write(f"{len(questions)} questions of {dataset.name}, {arguments.reward_type}\n")
    sys.stdout.write(f"best constant: {constant!r} is paid on {paid:.2%}\n")
    for name, share in ranked[: arguments.show]:
        sys.stdout.write(f"{share:8.2%}  {name}\n")
    sys.stdout.write(f"above the best constant: {max(0.0, ranked[0][1] - paid):.2%}\n")


if __name__ == "__main__":
    main()
