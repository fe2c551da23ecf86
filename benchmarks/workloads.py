"""Workloads for the servers: shuffled samples whose right verdict is known by construction or by label.

Every workload is shuffled with a fixed seed: samples in order would flatter a verifier's small cache by up to
a factor of two. Each response has a chain of thought of one to two kilobytes with formulas, since a verifier
may read all of it.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
GROUP = 8
"""Responses to one question, as a trainer samples them."""
QUESTIONS_IN_A_PART = 512
HANGS = (
    r"9^{9^{9^{9}}}",
    r"(10^{9})!",
    r"\binom{10^{20}}{10^{10}}",
    r"\sqrt{10^{10^{9}}+1}",
    r"\sqrt{2+" * 40 + r"\sqrt{2}" + "}" * 40,
    r"2^{3^{4^{5^{6}}}} - 7^{8^{9}}",
    r"((9!)!)!",
)
"""Answers made to keep a verifier busy for ever: towers, factorials, a binomial, nested radicals."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One prompt and response, and whether the accuracy reward is deserved."""

    prompt: str
    response: str
    golden: str
    is_right: bool
    is_hang: bool = False


class DataMissingError(Exception):
    """The benchmark's data are not where they were looked for."""


@dataclass(frozen=True)
class Data:
    """The questions that the workloads are made from."""

    math: dict[str, str]
    gsm8k: list[dict[str, Any]]
    equivalence: list[dict[str, Any]]

    @classmethod
    def load(cls, given: str | None) -> Data:
        """Read the shared data, or the project's own dataset where they are absent and none were named.

        Raises DataMissingError, which says what to do about it.
        """
        folder = Path(given or os.environ.get("RULE_RM_SHARED_DATA") or ROOT / "../shared/data").resolve()
        own = ROOT / "datasets/math_examples.json"
        if (folder / "math_test_5000.json").is_file():
            return cls(
                math=_goldens(folder / "math_test_5000.json"),
                gsm8k=_rows(folder / "gsm8k_model_solutions.jsonl"),
                equivalence=_rows(folder / "equivalence.jsonl"),
            )
        if given is None and own.is_file():
            return cls(math=_goldens(own), gsm8k=[], equivalence=[])
        raise DataMissingError(
            f"there is no math_test_5000.json in {folder}: say where by --data or RULE_RM_SHARED_DATA"
        )

    def questions(self) -> dict[str, str]:
        """Return every question with its golden answer; where two sources differ, the first one's."""
        found = dict(self.math)
        for row in (*self.gsm8k, *self.equivalence):
            found.setdefault(row["question"], row["gold"])
        return found

    def golden_set(self, size: int) -> dict[str, str]:
        """Return at least `size` golden items: every real question, then variants with other numbers."""
        found = self.questions()
        real, chance = list(found.items()), random.Random(12)
        while len(found) < size:
            question, answer = chance.choice(real)
            other = _INTEGER.sub(lambda _: str(chance.randint(2, 999)), question)
            found.setdefault(f"{other} (Variant {len(found)}.)", answer)
        return found


def math_groups(data: Data, samples: int, part: int = 0) -> list[Sample]:
    """Return groups of 8 responses to MATH questions, about half of them right.

    The wrong answers of a group repeat, as those of a policy do: they are drawn, unevenly, from three. Each
    `part` has its own questions while they last, so that cached verdicts of another part don't help.
    """
    chance = random.Random(1)
    questions = _shuffled(sorted(data.math.items()), chance)
    size = -(-samples // GROUP)
    start = part * QUESTIONS_IN_A_PART % max(len(questions) - size, 1)
    return _shuffled(_groups(data, questions[start : start + size], chance), chance)[:samples]


def setting_of_345(data: Data) -> tuple[dict[str, str], list[Sample]]:
    """Return a golden dataset of 345 questions, and a group of responses to each of them."""
    chance = random.Random(345)
    questions = sorted(data.math.items())
    chosen = chance.sample(questions, min(len(questions), 345))
    return dict(chosen), _shuffled(_groups(data, chosen, chance), chance)


def gsm8k_solutions(data: Data, samples: int) -> list[Sample]:
    """Return real solutions of four models, each wrapped into the format, with their labels."""
    found = [
        Sample(
            prompt=row["question"],
            response=_rendered(row["response"], row["answer"]),
            golden=row["gold"],
            is_right=bool(row["label"]),
        )
        for row in data.gsm8k
    ]
    return _shuffled(found, random.Random(2))[:samples]


def cold_mix(data: Data, samples: int) -> list[Sample]:
    """Return no numeric question twice: half are wrong, a fifth symbolic, few equal as text."""
    chance = random.Random(3)
    golden = data.questions()
    symbolic = [
        Sample(row["question"], _rendered(_thought(chance), row["response"]), row["gold"], row["expected"])
        for row in data.equivalence
        if row["response_style"] == "bare"
        and not row["needs_question"]
        and _is_symbolic(row["gold"])
        and golden[row["question"]] == row["gold"]
    ]
    found = []
    for is_right in (True, False):
        kind = [sample for sample in symbolic if sample.is_right is is_right]
        found += chance.sample(kind, min(len(kind), samples // 10))
    numeric = sorted(item for item in golden.items() if not _is_symbolic(item[1]))
    for question, answer in chance.sample(numeric, min(len(numeric), samples - len(found))):
        is_right = chance.random() < 0.5
        given = _restyled(answer, chance) if is_right else _perturbed(answer, chance)
        found.append(Sample(question, _rendered(_thought(chance), given), answer, is_right))
    return _shuffled(found, chance)


def with_hangs(
    samples: Iterable[Sample], share: float, write: Callable[[int], str] | None = None
) -> list[Sample]:
    """Return the samples, a `share` of them replaced by responses that are made to hang their verifier.

    `write` returns the answer of the nth; by default HANGS are used in turn.
    """
    found = list(samples)
    step = round(1 / share)
    for number, place in enumerate(range(step // 2, len(found), step)):
        old = found[place]
        answer = write(number) if write else HANGS[number % len(HANGS)]
        found[place] = Sample(old.prompt, _rendered("A lot of it.", answer), old.golden, False, is_hang=True)
    return found


def _groups(data: Data, questions: Iterable[tuple[str, str]], chance: random.Random) -> list[Sample]:
    others = sorted(set(data.math.values()))
    found = []
    for question, answer in questions:
        wrong = [_perturbed(answer, chance), _perturbed(answer, chance), _other(answer, others, chance)]
        ability = chance.random()
        for _ in range(GROUP):
            is_right = chance.random() < ability
            given = _as_written(answer, chance) if is_right else chance.choices(wrong, (4, 2, 1))[0]
            found.append(Sample(question, _rendered(_thought(chance), given), answer, is_right))
    return found


def _rendered(thought: str, answer: str | None) -> str:
    if answer is None:
        return f"<think>{thought}</think><answer>I could not find it.</answer>"
    return rf"<think>{thought}</think><answer>\boxed{{{answer}}}</answer>"


_STEPS = (
    "First the equation: ${a}x + {b} = {c}x - {d}$, so $x$ has to satisfy ${a}x - {c}x = -{b} - {d}$.",
    "Now the case $n = {a}$, where the sum is $\\frac{{{b}}}{{{c}}} + \\sqrt{{{d}}}$, which is not whole.",
    "Wait, I should check the sign here: ${a} - {b}$ is negative and the square root would not be real.",
    "By Pythagoras $AB^2 = {a}^2 + {b}^2$, hence $AB = \\sqrt{{{c}}}$ and the area is $\\frac{{{d}}}{{2}}$.",
    "There are $\\binom{{{a}}}{{2}}$ ways to choose the pair, of which {b} have been counted twice: {c}.",
    "Substituting back gives ${a}({b} + y) = {c}y^2$, and expanding it, $y^2 - {d}y + {a} = 0$.",
    "Modulo {a} this is ${b} \\equiv {c}$, so only every {d}th number needs to be tried.",
    "So far that is {a} + {b} + {c} = {d} of them, but the problem asks for those left, so I go on.",
)


def _thought(chance: random.Random) -> str:
    """Return a chain of thought of 1 to 2 KB, of no bearing on the answer."""
    length, text = chance.randint(1000, 2000), ""
    while len(text) < length:
        numbers = {name: chance.randint(2, 99) for name in "abcd"}
        text += chance.choice(_STEPS).format(**numbers) + "\n"
    return text


_INTEGER = re.compile(r"\d+")
"""An integer without a sign: `42`."""
_PLAIN = re.compile(r"[-+\d.,\s$%]*|\s*-?\s*\\[dt]?frac\s*\{?-?\d+\}?\s*\{?\d+\}?\s*")
r"""A number or a fraction of integers: `1,234.5`, `50%`, `-\frac{3}{4}`."""
_CHOICE = re.compile(r"(?<=\()[A-E](?=\))|(?<=\\text\{)[A-E](?=\})|\A[A-E]\Z")
r"""The letter of a choice: `B` in `(B)`, in `\text{B}` or alone."""
_WORDS = re.compile(r"\\(text|mathrm|mbox|textbf)\b")
r"""A LaTeX command for words: `\text` in `5 \text{ cm}`."""


def _is_symbolic(answer: str) -> bool:
    return not _PLAIN.fullmatch(answer) and not _WORDS.search(answer)


def _perturbed(answer: str, chance: random.Random) -> str:
    """Return the answer with its first integer changed; without one, another choice, text or value."""
    if (number := _INTEGER.search(answer)) is not None:
        other = int(number[0]) + chance.randint(1, 9)
        return f"{answer[: number.start()]}{other}{answer[number.end() :]}"
    if (choice := _CHOICE.search(answer)) is not None:
        other_letter = chance.choice([letter for letter in "ABCDE" if letter != choice[0]])
        return answer[: choice.start()] + other_letter + answer[choice.end() :]
    return r"\text{none of these}" if _WORDS.search(answer) else f"{answer} + {chance.randint(1, 9)}"


def _other(answer: str, others: list[str], chance: random.Random) -> str:
    """Another question's answer."""
    while (found := chance.choice(others)) == answer:
        pass
    return found


def _as_written(answer: str, chance: random.Random) -> str:
    """Return the golden answer as most responses have it: word for word, now and then in another style."""
    return answer if chance.random() < 0.8 else _restyled(answer, chance)


def _restyled(answer: str, chance: random.Random) -> str:
    """Return the same number or expression, written differently where a safe way is known."""
    if r"\frac" in answer:
        return answer.replace(r"\frac", r"\dfrac")
    if answer.isdigit() and len(answer) > 3:
        return f"{int(answer):,}"
    if answer.isdigit():
        return chance.choice((f"{answer}.0", f"{answer}.", f"x = {answer}", rf"\text{{{answer}}}"))
    return answer.replace(r"\left", "").replace(r"\right", "").replace("{,}", ",")


def _shuffled(items: list[T], chance: random.Random) -> list[T]:
    return chance.sample(items, len(items))


def _goldens(path: Path) -> dict[str, str]:
    return {row["question"]: row["answer"] for row in json.loads(path.read_text(encoding="utf-8"))}


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
