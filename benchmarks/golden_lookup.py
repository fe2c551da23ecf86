"""How fast and how right the golden lookup is, beside two ways of doing it without an index.

    python benchmarks/golden_lookup.py [--questions 345 12000 100000] [--data FILE ...]

The questions are made from templates, so that many are alike but for a number or a word; `--data` adds real
ones from a JSON file with `question` and `answer`. Rates are lookups per second of CPU time. The kinds of
prompts marked with * were written after the lookup was, and it was not changed for them.

The references find the question with the greatest Levenshtein ratio, whatever it is (as align-anything's
server does), and rapidfuzz's best above a cutoff of 90.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import Levenshtein
from rapidfuzz import fuzz, process

from rule_rm.golden import GoldenDataset

TEMPLATES = (
    "{name} has {a} {thing} and buys {b} more at the {place}. How many {thing} does {name} have now?",
    "A {place} sells {thing} at {a} dollars each. {name} pays with a {c}-dollar note for {b} of them. How much "
    "change does {name} get?",
    "What is the remainder when ${a}^{{{b}}}$ is divided by ${c}$?",
    "Find the sum of all positive integers less than ${c}$ that are divisible by ${a}$ or by ${b}$.",
    "Let $f(x) = {a}x^2 - {b}x + {c}$. Find the minimum value of $f(x)$ over all real numbers $x$.",
    "If $\\frac{{x + {a}}}{{x - {b}}} = {c}$, what is the value of $x$? Express your answer as a common fraction.",
    "{name} and {other} share {c} {thing} in the ratio ${a}:{b}$. How many {thing} does {other} get?",
    "How many ways are there to choose {a} {thing} from {c} different {thing} if {b} of them must be included?",
    "A train leaves the {place} at {a} miles per hour. {b} minutes later {name} follows by car at {c} miles per "
    "hour. After how many minutes does {name} catch up with the train?",
    "Compute $\\binom{{{c}}}{{{a}}} - \\binom{{{c}}}{{{b}}}$.",
    "In triangle $ABC$, $AB = {a}$, $BC = {b}$ and $CA = {c}$. What is the length of the altitude from $B$?",
    "The {thing} in the {place} weigh {a} grams each. Each of the {b} boxes holds {c} of them. What is the total "
    "weight of the {thing}, in grams?",
    "Solve for $x$: ${a}x + {b} = {c}$.",
    "What is the {ordinal} digit after the decimal point of $\\frac{{{a}}}{{{c}}}$?",
    "{name} read {a} pages on Monday, {b} pages on Tuesday and twice as many as on both days together on "
    "Wednesday. The book has {c}00 pages. How many pages are left?",
    "Evaluate $\\left\\lfloor {a}.{b} \\right\\rfloor + \\left\\lceil -{c}.{b} \\right\\rceil$.",
)
UNSEEN_TEMPLATES = (
    "{name} plants {a} rows of {b} {thing} behind the {place}. A storm destroys {c} of them. How many are left?",
    "What is the greatest common divisor of ${a}{b}$ and ${c}{a}$?",
    "The product of two consecutive even integers is ${c}{a}{b}$. What is the larger of them?",
    "Simplify $\\sqrt{{{a} + \\sqrt{{{b}}}}} \\cdot \\sqrt{{{a} - \\sqrt{{{b}}}}}$.",
    "A die with {c} faces is rolled {a} times. What is the probability that the sum is at least {b}?",
)
NAMES = "Ada Boris Chen Dina Emeka Farah Goran Hana Ivan Jane Kofi Lena Marco Nadia Omar Priya Quinn Rosa Sven Tariq"
THINGS = "apples books cards dolls eggs flowers grapes hammers lamps marbles nails oranges pencils rings shells tiles"
PLACES = "bakery castle factory garage harbour library market museum school station theatre village"
ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth"

WRAPPERS: dict[str, str] = {
    "ChatML": "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n{}\nPlease reason "
    "step by step, and put your final answer within \\boxed{{}}.<|im_end|>\n<|im_start|>assistant\n",
    "Llama 3": "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December "
    "2023\nToday Date: 26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "skipped specials": "system\nYou are a mathematician. Think first.\nuser\n{} Let's think step by step.\n"
    "assistant\n",
    "one line": "A chat between a curious user and an AI assistant. The assistant gives helpful, detailed, and "
    "polite answers to the user's questions. USER: {} ASSISTANT:",
    "DAPO": "Solve the following math problem step by step. The last line of your response should be of the form "
    "Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\n{}\n\nRemember to put your "
    'answer on its own line after "Answer:".',
    "few-shot": "Question: What is $17 + 25$?\nAnswer: 42\n\nQuestion: {}\nAnswer:",
}
HELD_OUT_WRAPPERS: dict[str, str] = {
    "Gemma": "<bos><start_of_turn>user\nYou will be given a mathematics problem; explain your reasoning.\n\n{}"
    "<end_of_turn>\n<start_of_turn>model\n",
    "DeepSeek": "<｜begin▁of▁sentence｜><｜User｜>{}\nThe final answer must be in \\boxed{{}}.<｜Assistant｜><think>\n",
    "Alpaca": "Below is an instruction that describes a task. Write a response that appropriately completes the "
    "request.\n\n### Instruction:\n{}\n\n### Response:\n",
    "tags": "Show your work in <think> </think> tags and return the final answer in <answer> </answer> tags.\n"
    "<problem>{}</problem>",
    "politely": "Hello! I need help with my homework. {} Thank you in advance.",
    "Mistral": "<s>[INST] Answer the question below and keep it short. {} [/INST]",
}


def make_questions(count: int, templates: Sequence[str], seed: int) -> Iterator[str]:
    """`count` different questions."""
    pick = random.Random(seed)
    seen = set()
    while len(seen) < count:
        name, other = pick.sample(NAMES.split(), 2)
        question = pick.choice(templates).format(
            name=name,
            other=other,
            thing=pick.choice(THINGS.split()),
            place=pick.choice(PLACES.split()),
            ordinal=pick.choice(ORDINALS.split()),
            a=pick.randrange(2, 60),
            b=pick.randrange(2, 60),
            c=pick.randrange(61, 400),
        )
        if question not in seen:
            seen.add(question)
            yield question


def respace(question: str, pick: random.Random) -> str:
    """Other white space, curly quotes and full-width signs."""
    text = re.sub(" ", lambda _: pick.choice([" ", " ", "  ", "\n", "\u00a0"]), question)
    return pick.choice(["", "\n"]) + text.replace("?", pick.choice("?？")).replace("'", "’") + "\n"


def typos(question: str, pick: random.Random, count: int, kinds: Sequence[Callable[..., str]]) -> str:
    """`count` typing errors in words of four letters or more, but in no LaTeX command and in no word twice."""
    words = [match.span() for match in re.finditer(r"(?<![\\A-Za-z])[A-Za-z]{4,}", question)]
    for begin, end in sorted(pick.sample(words, min(count, len(words))), reverse=True):
        question = question[:begin] + pick.choice(kinds)(question[begin:end], pick) + question[end:]
    return question


def replace_letter(word: str, pick: random.Random) -> str:
    place = pick.randrange(len(word))
    return word[:place] + pick.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]


def insert_letter(word: str, pick: random.Random) -> str:
    place = pick.randrange(len(word) + 1)
    return word[:place] + pick.choice("abcdefghijklmnopqrstuvwxyz") + word[place:]


def drop_letter(word: str, pick: random.Random) -> str:
    place = pick.randrange(len(word))
    return word[:place] + word[place + 1 :]


def swap_letters(word: str, pick: random.Random) -> str:
    place = pick.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def double_letter(word: str, pick: random.Random) -> str:
    place = pick.randrange(len(word))
    return word[: place + 1] + word[place:]


def tear_word(word: str, pick: random.Random) -> str:
    place = pick.randrange(1, len(word))
    return word[:place] + " " + word[place:]


def change_case(word: str, pick: random.Random) -> str:
    return word.capitalize() if word[0].islower() else word.lower()


TYPOS = (replace_letter, insert_letter, drop_letter)
HELD_OUT_TYPOS = (swap_letters, double_letter, tear_word, change_case)

Change = Callable[[str, random.Random], str]


def change_number(question: str, pick: random.Random) -> str:
    numbers = [match.span() for match in re.finditer(r"\d+", question)]
    if not numbers:
        return question
    begin, end = pick.choice(numbers)
    return question[:begin] + str(int(question[begin:end]) + pick.randrange(1, 10)) + question[end:]


def change_word(question: str, pick: random.Random) -> str:
    """Another name, thing, place or ordinal, everywhere."""
    for words in pick.sample([NAMES.split(), THINGS.split(), PLACES.split(), ORDINALS.split()], 4):
        for word in words:
            if word in question:
                return question.replace(word, pick.choice([other for other in words if other not in question]))
    return question


OPPOSITES = (
    ("minimum", "maximum"),
    ("less than", "more than"),
    ("positive", "negative"),
    ("divisible", "not divisible"),
    ("sum", "product"),
    ("even", "odd"),
    ("largest", "smallest"),
    ("integer", "real number"),
    (" + ", " - "),
    (" - ", " + "),
    ("=", "<"),
    ("left", "read"),
    ("twice", "thrice"),
    ("buys", "sells"),
    ("all ", "some "),
    ("or by", "and by"),
    ("x^2", "x^3"),
    ("\\sin", "\\cos"),
)


def change_meaning(question: str, pick: random.Random) -> str:
    """The opposite of a word or a sign."""
    found = [pair for pair in OPPOSITES if pair[0] in question]
    return question.replace(*pick.choice(found), 1) if found else question


def add_condition(question: str, pick: random.Random) -> str:
    """A further sentence before or after."""
    return pick.choice(
        (
            f"Assume that every dollar is worth 50 cents. {question}",
            f"{question} Then double the result. What do you get?",
            f"{question} Give the answer modulo 7.",
            f"If all numbers are written in base 8: {question}",
            f"{question} Now suppose that 3 of them are lost.",
        )
    )


def ask_another(question: str, pick: random.Random) -> str:
    """A golden question as the worked example before one that is not golden."""
    return f"Question: {question}\nAnswer: {pick.randrange(90)}\n\nQuestion: {next(_others)}\nAnswer:"


_others = make_questions(100_000, UNSEEN_TEMPLATES, seed=3)
ABSENT: dict[str, Change] = {
    "number changed": change_number,
    "word changed": change_word,
    "meaning changed": change_meaning,
    "condition added": add_condition,
    "only an example": ask_another,
}


def swap_numbers(question: str, pick: random.Random) -> str:
    numbers = [match.span() for match in re.finditer(r"\d+", question)]
    pairs = [(x, y) for x, y in zip(numbers, numbers[1:]) if question[slice(*x)] != question[slice(*y)]]
    if not pairs:
        return question
    (a, b), (c, d) = pick.choice(pairs)
    return question[:a] + question[c:d] + question[b:c] + question[a:b] + question[d:]


def drop_middle(question: str, pick: random.Random) -> str:
    """One of the inner clauses is missing."""
    words = question.split()
    begin = pick.randrange(1, max(2, len(words) - 4))
    return " ".join(words[:begin] + words[begin + 3 :])


def rename_variable(question: str, pick: random.Random) -> str:
    """One letter in the mathematics is another, in one place."""
    places = [match.start() for match in re.finditer(r"(?<![A-Za-z\\])[a-zA-Z](?![A-Za-z])(?=[^$]*\$)", question)]
    if not places:
        return question
    place = pick.choice(places)
    return question[:place] + pick.choice("pquvw") + question[place + 1 :]


HELD_OUT_ABSENT: dict[str, Change] = {
    "numbers swapped": swap_numbers,
    "clause missing": drop_middle,
    "variable renamed": rename_variable,
}


class Bench:
    """One size of dataset."""

    def __init__(self, size: int, real: dict[str, Any], seed: int) -> None:
        self.pick = random.Random(seed)
        rows = dict(list(real.items())[: size // 2])
        for number, question in enumerate(make_questions(size - len(rows), TEMPLATES, seed)):
            rows[question] = f"answer {number}"
        self.rows = rows
        gc.collect()
        memory, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        self.golden = GoldenDataset(rows)
        self.build = time.process_time() - begin
        begin = time.process_time()
        self.golden.find("Which prompt with typing errors builds teh index?")
        self.build_fuzzy = time.process_time() - begin
        self.memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024

    def sample(self, count: int) -> list[str]:
        return self.pick.sample(list(self.rows), min(count, len(self.rows)))

    def measure(self, name: str, prompts: list[tuple[str, Any]]) -> float:
        """Look up (prompt, answer; None if absent) and print a line. The rate is the best of three."""
        rates = []
        for _ in range(3):
            begin = time.process_time()
            matches = [self.golden.find(prompt) for prompt, _ in prompts]
            rates.append(len(prompts) / (time.process_time() - begin))
        absent = prompts[0][1] is None
        good = sum(match.tier != "none" if absent else match.ground_truth == answer for match, (_, answer) in zip(matches, prompts))
        wrong = sum(match.tier != "none" and match.ground_truth != answer for match, (_, answer) in zip(matches, prompts))
        share = f"{good / len(prompts):8.2%} accepted" if absent else f"{good / len(prompts):8.2%} right {wrong:3d} wrong"
        print(f"  {name:32}{max(rates):14,.0f}/s  {share}")
        return max(rates)

    def reference(self, name: str, find: Callable[[str], Any], prompts: list[tuple[str, Any]], rate: float) -> None:
        begin = time.process_time()
        done = right = 0
        for prompt, answer in prompts:
            found = find(prompt)
            right += found is None if answer is None else found == answer
            done += 1
            if time.process_time() - begin > 2.5:
                break
        reference = done / (time.process_time() - begin)
        print(f"    {name:30}{reference:14,.1f}/s  {right / done:8.2%} right ({done} tried): {rate / reference:,.0f} times")

    def nearest(self, prompt: str) -> Any:
        best, answer = -1.0, None
        for question in self.rows:
            ratio = Levenshtein.ratio(prompt, question)
            if ratio > best:
                best, answer = ratio, self.rows[question]
        return answer

    def above_cutoff(self, prompt: str) -> Any:
        found = process.extractOne(prompt, self.rows.keys(), scorer=fuzz.ratio, score_cutoff=90)
        return self.rows[found[0]] if found else None

    def run(self, count: int) -> None:
        print(f"\n{len(self.rows):,} questions: ready in {self.build:.2f} s, the fuzzy index in {self.build_fuzzy:.2f} s, {self.memory:.0f} MB")
        rows, pick = self.rows, self.pick
        groups = {
            "exact": [(question, rows[question]) for question in self.sample(count)],
            "normalised": [(respace(question, pick), rows[question]) for question in self.sample(count)],
        }
        for prefix, wrappers in (("", WRAPPERS), ("*", HELD_OUT_WRAPPERS)):
            for name, wrapper in wrappers.items():
                groups[f"{prefix}wrapped: {name}"] = [(wrapper.format(question), rows[question]) for question in self.sample(count)]
        for prefix, kinds in (("", TYPOS), ("*", HELD_OUT_TYPOS)):
            for errors in (1, 3):
                groups[f"{prefix}typing errors: {errors}"] = [
                    (typos(question, pick, errors, kinds), rows[question]) for question in self.sample(count)
                ]
        groups["wrapped, 1 typing error"] = [
            (WRAPPERS["ChatML"].format(typos(question, pick, 1, TYPOS)), rows[question]) for question in self.sample(count)
        ]
        groups["absent: other templates"] = [(question, None) for question in make_questions(count, UNSEEN_TEMPLATES, seed=5)]
        for prefix, changes in (("", ABSENT), ("*", HELD_OUT_ABSENT)):
            for name, change in changes.items():
                changed = [change(question, pick) for question in self.sample(count)]
                groups[f"{prefix}absent: {name}"] = [(question, None) for question in changed if question not in rows]
        for name, prompts in groups.items():
            rate = self.measure(name, prompts)
            if name in ("exact", "wrapped: ChatML", "typing errors: 3", "absent: number changed"):
                self.reference("nearest of all", self.nearest, prompts, rate)
                self.reference("rapidfuzz above 90", self.above_cutoff, prompts, rate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, nargs="+", default=[345, 12_000, 100_000])
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="JSON files with real questions")
    parser.add_argument("--prompts", type=int, default=2000, help="prompts of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    real = {row["question"]: row["answer"] for path in arguments.data for row in json.loads(path.read_text("utf-8"))}
    for size in arguments.questions:
        Bench(size, real, arguments.seed).run(arguments.prompts)


if __name__ == "__main__":
    main()
