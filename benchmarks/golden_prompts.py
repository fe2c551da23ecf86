"""Prompts for the benchmark of the golden lookup: questions from templates, and what befalls them.

Nothing here knows how the lookup works. The kinds whose names begin with HELD_OUT were written after the
lookup was, and it was not changed for them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

TEMPLATES = (
    "{name} has {a} {thing} and buys {b} more at the {place}. How many {thing} does {name} have now?",
    "A {place} sells {thing} at {a} dollars each. {name} pays with a {c}-dollar note for {b} of "
    "them. How much "
    "change does {name} get?",
    "What is the remainder when ${a}^{{{b}}}$ is divided by ${c}$?",
    "Find the sum of all positive integers less than ${c}$ that are divisible by ${a}$ or by ${b}$.",
    "Let $f(x) = {a}x^2 - {b}x + {c}$. Find the minimum value of $f(x)$ over all real numbers $x$.",
    "If $\\frac{{x + {a}}}{{x - {b}}} = {c}$, what is the value of $x$? Express your answer as a "
    "common fraction.",
    "{name} and {other} share {c} {thing} in the ratio ${a}:{b}$. How many {thing} does {other} get?",
    "How many ways are there to choose {a} {thing} from {c} different {thing} if {b} of them "
    "must be included?",
    "A train leaves the {place} at {a} miles per hour. {b} minutes later {name} follows by car "
    "at {c} miles per "
    "hour. After how many minutes does {name} catch up with the train?",
    "Compute $\\binom{{{c}}}{{{a}}} - \\binom{{{c}}}{{{b}}}$.",
    "In triangle $ABC$, $AB = {a}$, $BC = {b}$ and $CA = {c}$. What is the length of the altitude from $B$?",
    "The {thing} in the {place} weigh {a} grams each. Each of the {b} boxes holds {c} of them. "
    "What is the total "
    "weight of the {thing}, in grams?",
    "Solve for $x$: ${a}x + {b} = {c}$.",
    "What is the {ordinal} digit after the decimal point of $\\frac{{{a}}}{{{c}}}$?",
    "{name} read {a} pages on Monday, {b} pages on Tuesday and twice as many as on both days together on "
    "Wednesday. The book has {c}00 pages. How many pages are left?",
    "Evaluate $\\left\\lfloor {a}.{b} \\right\\rfloor + \\left\\lceil -{c}.{b} \\right\\rceil$.",
)
UNSEEN_TEMPLATES = (
    "{name} plants {a} rows of {b} {thing} behind the {place}. A storm destroys {c} of them. How "
    "many are left?",
    "What is the greatest common divisor of ${a}{b}$ and ${c}{a}$?",
    "The product of two consecutive even integers is ${c}{a}{b}$. What is the larger of them?",
    "Simplify $\\sqrt{{{a} + \\sqrt{{{b}}}}} \\cdot \\sqrt{{{a} - \\sqrt{{{b}}}}}$.",
    "A die with {c} faces is rolled {a} times. What is the probability that the sum is at least {b}?",
)
NAMES = (
    "Ada Boris Chen Dina Emeka Farah Goran Hana Ivan Jane Kofi Lena Marco Omar Priya Quinn Rosa Sven Tariq"
)
THINGS = (
    "apples books cards dolls eggs flowers grapes hammers marbles nails oranges pencils rings shells tiles"
)
PLACES = "bakery castle factory garage harbour library market museum school station theatre village"
ORDINALS = "third fourth fifth sixth seventh eighth ninth tenth"

WRAPPERS: dict[str, str] = {
    "ChatML": "<|im_start|>system\nYou are a helpful "
    "assistant.<|im_end|>\n<|im_start|>user\n{}\nPlease reason "
    "step by step, and put your final answer within \\boxed{{}}.<|im_end|>\n<|im_start|>assistant\n",
    "Llama 3": "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge "
    "Date: December "
    "2023\nToday Date: 26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "skipped specials": "system\nYou are a mathematician. Think first.\nuser\n{} Let's think step by step.\n"
    "assistant\n",
    "one line": "A chat between a curious user and an AI assistant. The assistant gives helpful, "
    "detailed, and "
    "polite answers to the user's questions. USER: {} ASSISTANT:",
    "DAPO": "Solve the following math problem step by step. The last line of your response "
    "should be of the form "
    "Answer: $Answer (without quotes) where $Answer is the answer to the "
    "problem.\n\n{}\n\nRemember to put your "
    'answer on its own line after "Answer:".',
    "few-shot": "Question: What is $17 + 25$?\nAnswer: 42\n\nQuestion: {}\nAnswer:",
    "Gemma": "<bos><start_of_turn>user\nYou will be given a mathematics problem; explain your "
    "reasoning.\n\n{}"
    "<end_of_turn>\n<start_of_turn>model\n",
    "DeepSeek": "<｜begin▁of▁sentence｜><｜User｜>{}\nThe final answer must be in "
    "\\boxed{{}}.<｜Assistant｜><think>\n",
    "Alpaca": "Below is an instruction that describes a task. Write a response that "
    "appropriately completes the "
    "request.\n\n### Instruction:\n{}\n\n### Response:\n",
    "tags": "Show your work in <think> </think> tags and return the final answer in <answer> "
    "</answer> tags.\n"
    "<problem>{}</problem>",
    "politely": "Hello! I need help with my homework. {} Thank you in advance.",
    "Mistral": "<s>[INST] Answer the question below and keep it short. {} [/INST]",
}
HELD_OUT_WRAPPERS: dict[str, str] = {
    "Phi": "<|system|>\nYou solve problems of mathematics.<|end|>\n<|user|>\n{}<|end|>\n<|assistant|>\n",
    "Command R": "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>{}<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|>"
    "<|CHATBOT_TOKEN|>",
    "Markdown": "## Task\n\n{}\n\n## Rules\n\n1. Show all steps.\n2. End with `ANSWER: <value>`.\n",
    "a story": "You are a teacher of 30 years. A pupil hands you this:\n\n> {}\n\nWork it out on the board.",
    "numbered": "Exercise 14. {}",
    "French": "Réponds à la question suivante, étape par étape.\n\nQuestion : {}\n\nRéponse :",
    "XML": "<instructions>Think first.</instructions><question>{}</question><format>json</format>",
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


def mistype(question: str, pick: random.Random, count: int, kinds: Sequence[Callable[..., str]]) -> str:
    """Return the question with `count` typing errors in words of four letters or more.

    No word gets two of them, and LaTeX commands stay as they are.
    """
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


def press_neighbour(word: str, pick: random.Random) -> str:
    """Replace a letter by one that is next to it on the keyboard."""
    place = pick.randrange(len(word))
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm"):
        at = row.find(word[place].lower())
        if at >= 0:
            return (
                word[:place]
                + pick.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
                + word[place + 1 :]
            )
    return word


def drop_vowel(word: str, pick: random.Random) -> str:
    places = [place for place, letter in enumerate(word) if letter in "aeiou"] or [0]
    place = pick.choice(places)
    return word[:place] + word[place + 1 :]


def insert_sign(word: str, pick: random.Random) -> str:
    place = pick.randrange(1, len(word))
    return word[:place] + pick.choice(",.;'`") + word[place:]


TYPOS = (replace_letter, insert_letter, drop_letter, swap_letters, double_letter, tear_word, change_case)
HELD_OUT_TYPOS = (press_neighbour, drop_vowel, insert_sign)

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
                return question.replace(
                    word, pick.choice([other for other in words if other not in question])
                )
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
    """Return the opposite of a word or a sign."""
    found = [pair for pair in OPPOSITES if pair[0] in question]
    return question.replace(*pick.choice(found), 1) if found else question


def add_condition(question: str, pick: random.Random) -> str:
    """Return a further sentence before or after."""
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
    """Return a golden question as the worked example before one that is not golden."""
    return f"Question: {question}\nAnswer: {pick.randrange(90)}\n\nQuestion: {next(_others)}\nAnswer:"


_others = make_questions(100_000, UNSEEN_TEMPLATES, seed=3)


def swap_numbers(question: str, pick: random.Random) -> str:
    numbers = [match.span() for match in re.finditer(r"\d+", question)]
    pairs = [(x, y) for x, y in pairwise(numbers) if question[slice(*x)] != question[slice(*y)]]
    if not pairs:
        return question
    (a, b), (c, d) = pick.choice(pairs)
    return question[:a] + question[c:d] + question[b:c] + question[a:b] + question[d:]


def drop_middle(question: str, pick: random.Random) -> str:
    """Remove one of the inner clauses."""
    words = question.split()
    begin = pick.randrange(1, max(2, len(words) - 4))
    return " ".join(words[:begin] + words[begin + 3 :])


def rename_variable(question: str, pick: random.Random) -> str:
    """Change one letter in the mathematics, in one place."""
    places = [
        match.start() for match in re.finditer(r"(?<![A-Za-z\\'’])[a-zA-Z](?![A-Za-z])(?=[^$]*\$)", question)
    ]
    if not places:
        return question
    place = pick.choice(places)
    return question[:place] + pick.choice("pquvw") + question[place + 1 :]


def drop_sentence(question: str, pick: random.Random) -> str:
    """Remove one of several sentences."""
    sentences = re.split(r"(?<=[.?!]) +", question)
    if len(sentences) < 2:
        return question
    del sentences[pick.randrange(len(sentences))]
    return " ".join(sentences)


def swap_digits(question: str, pick: random.Random) -> str:
    """Swap two digits of a number."""
    places = [
        m.start()
        for m in re.finditer(r"(?=\d\d)", question)
        if question[m.start()] != question[m.start() + 1]
    ]
    if not places:
        return question
    place = pick.choice(places)
    return question[:place] + question[place + 1] + question[place] + question[place + 2 :]


def ask_otherwise(question: str, pick: random.Random) -> str:
    """Return the same facts, and something else asked in the end."""
    facts = re.split(r"(?<=[.]) +", question)[:-1]
    return " ".join(
        [*facts, pick.choice(("What is the total?", "Who has more?", "Write an equation for it."))]
    )


def splice(question: str, pick: random.Random) -> str:
    """Return the first half of the question and some other words."""
    words = question.split()
    return " ".join([*words[: len(words) // 2], *next(_others).split()[-6:]])


ABSENT: dict[str, Change] = {
    "number changed": change_number,
    "numbers swapped": swap_numbers,
    "word changed": change_word,
    "meaning changed": change_meaning,
    "variable renamed": rename_variable,
    "clause missing": drop_middle,
    "condition added": add_condition,
    "only an example": ask_another,
}
HELD_OUT_ABSENT: dict[str, Change] = {
    "sentence missing": drop_sentence,
    "digits swapped": swap_digits,
    "asked otherwise": ask_otherwise,
    "spliced": splice,
}
