"""Speed and accuracy of the golden lookup, compared with two lookups without an index.

    python -m benchmarks.golden_lookup [--questions 345 12000 100000] [--data FILE ...]

The questions are made from templates, so that many differ in a number or a word only. `--data` adds real
questions from JSON files with `question` and `answer`, up to half of each dataset. Rates are lookups per
second of CPU time, the best of three rounds. The kinds of prompts marked with * were added after the lookup
was written.

One reference finds the question with the greatest Levenshtein ratio, however small, as align-anything's
server does. The other finds rapidfuzz's best match above a cutoff of 90.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import Levenshtein
from rapidfuzz import fuzz, process

from benchmarks import golden_prompts as prompts
from rule_rm.golden import GoldenDataset

Case = tuple[str, Any]
"""A prompt and its answer; None if its question is not in the dataset."""

COMPARED = ("exact", "wrapped: ChatML", "typing errors: 3", "absent: number changed")
"""The kinds that the references are given as well."""
REFERENCE_SECONDS = 2.5


class Bench:
    """One size of dataset."""

    def __init__(self, size: int, real: dict[str, Any], seed: int) -> None:
        self.pick = random.Random(seed)
        self.rows = dict(list(real.items())[: size // 2])
        for number, question in enumerate(
            prompts.make_questions(size - len(self.rows), prompts.TEMPLATES, seed)
        ):
            self.rows[question] = f"answer {number}"
        memory, begin = peak_memory(), time.process_time()
        self.golden = GoldenDataset(self.rows)
        self.build = time.process_time() - begin
        begin = time.process_time()
        self.golden.find("The furst prompt with a typing error builds the fuzzy index.")
        self.build_fuzzy = time.process_time() - begin
        self.memory = peak_memory() - memory

    def run(self, count: int) -> None:
        """Measure and print every kind of prompt."""
        print(
            f"\n{len(self.rows):,} questions: ready in {self.build:.2f} s, the fuzzy index in "
            f"{self.build_fuzzy:.2f} s when it is first needed, {self.memory:.0f} MB"
        )
        for name, cases in self.cases(count).items():
            rate = self.measure(name, cases)
            if name in COMPARED:
                self.refer("nearest of all", self.nearest, cases, rate)
                self.refer("rapidfuzz above 90", self.above_cutoff, cases, rate)

    def cases(self, count: int) -> dict[str, list[Case]]:
        """Return the cases by kind, `count` of each, or as many as there are questions."""
        pick, rows = self.pick, self.rows

        def present(change: Callable[[str], str]) -> list[Case]:
            return [(change(question), rows[question]) for question in self.sample(count)]

        def absent(change: prompts.Change) -> list[Case]:
            changed = [change(question, pick) for question in self.sample(count)]
            return [(question, None) for question in changed if question not in rows]

        kinds = {
            "exact": present(lambda question: question),
            "normalised": present(lambda question: prompts.respace(question, pick)),
        }
        for mark, wrappers in (("", prompts.WRAPPERS), ("*", prompts.HELD_OUT_WRAPPERS)):
            kinds |= {f"{mark}wrapped: {name}": present(wrapper.format) for name, wrapper in wrappers.items()}
        for mark, slips in (("", prompts.TYPOS), ("*", prompts.HELD_OUT_TYPOS)):
            for errors in (1, 3):
                kinds[f"{mark}typing errors: {errors}"] = present(
                    partial(prompts.mistype, pick=pick, count=errors, kinds=slips)
                )
        kinds["wrapped, 1 typing error"] = present(
            lambda question: prompts.WRAPPERS["ChatML"].format(
                prompts.mistype(question, pick, 1, prompts.TYPOS)
            )
        )
        others = prompts.make_questions(count, prompts.UNSEEN_TEMPLATES, seed=5)
        kinds["absent: other templates"] = [(question, None) for question in others]
        for mark, changes in (("", prompts.ABSENT), ("*", prompts.HELD_OUT_ABSENT)):
            kinds |= {f"{mark}absent: {name}": absent(change) for name, change in changes.items()}
        return kinds

    def sample(self, count: int) -> list[str]:
        """Return at most `count` of the questions, drawn at random."""
        return self.pick.sample(list(self.rows), min(count, len(self.rows)))

    def measure(self, name: str, cases: list[Case]) -> float:
        """Look the cases up and print a line; return the lookups per second."""
        rates = []
        for _ in range(3):
            fresh = [(prompt + " ")[:-1] for prompt, _ in cases]  # Without a cached hash, as from a request.
            begin = time.process_time()
            matches = [self.golden.find(prompt) for prompt in fresh]
            rates.append(len(cases) / max(1e-6, time.process_time() - begin))
        pairs = [(match, answer) for match, (_, answer) in zip(matches, cases, strict=True)]
        if cases[0][1] is None:
            accepted = sum(match.tier != "none" for match, _ in pairs)
            verdict = f"{accepted / len(cases):8.2%} accepted"
        else:
            right = sum(match.ground_truth == answer for match, answer in pairs)
            wrong = sum(match.tier != "none" and match.ground_truth != answer for match, answer in pairs)
            verdict = f"{right / len(cases):8.2%} right, {wrong / len(cases):.2%} wrong"
        print(f"  {name:32}{max(rates):14,.0f}/s  {verdict}")
        return max(rates)

    def refer(self, name: str, find: Callable[[str], Any], cases: list[Case], rate: float) -> None:
        """Look up as many of the cases as a reference manages in a while, and print a line."""
        begin = time.process_time()
        outcomes = []
        for prompt, answer in cases:
            outcomes.append(find(prompt) == answer)
            if (seconds := time.process_time() - begin) > REFERENCE_SECONDS:
                break
        reference = len(outcomes) / max(1e-6, seconds)
        print(
            f"    {name:30}{reference:14,.1f}/s  {sum(outcomes) / len(outcomes):8.2%} right of "
            f"{len(outcomes)}; ours is {rate / reference:,.1f} times as fast"
        )

    def nearest(self, prompt: str) -> Any:
        """Look up as align-anything's server does."""
        best, answer = -1.0, None
        for question in self.rows:
            ratio = Levenshtein.ratio(prompt, question)
            if ratio > best:
                best, answer = ratio, self.rows[question]
        return answer

    def above_cutoff(self, prompt: str) -> Any:
        """Look up as one would with rapidfuzz."""
        found = process.extractOne(prompt, self.rows.keys(), scorer=fuzz.ratio, score_cutoff=90)
        return self.rows[found[0]] if found else None


def peak_memory() -> float:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, nargs="+", default=[345, 12_000, 100_000])
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="JSON files with real questions")
    parser.add_argument("--prompts", type=int, default=2000, help="prompts of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    real = {
        row["question"]: row["answer"]
        for path in arguments.data
        for row in json.loads(path.read_text("utf-8"))
    }
    for size in arguments.questions:
        Bench(size, real, arguments.seed).run(arguments.prompts)


if __name__ == "__main__":
    main()
