"""The work for a response grows no faster than its length, however hostile it is.

`tests/test_patterns.py` shows that a single regular expression takes no exponential time. Here calls are
counted, not seconds: they show how often the expressions are run.
"""

import os
import random
import re
import resource
import signal
import sys

import pytest

from rule_rm.extract import final_answer
from rule_rm.extract.multiple_choice import choices, short_answers
from rule_rm.extract.words import denials, stating

LISTS = " ".join(
    text for module in (stating, denials) for name, text in vars(module).items() if isinstance(text, str)
)
WORDS = sorted(set(re.findall(r"(?<!\\)[^\W\d_]+(?:['’][^\W\d_]+)?", LISTS)))
MARKS = [
    *".,:;!?()[]{}$*_`~#<>|/\\-=+%&'\"“”「」—…√π、。，：；？¿",
    "\n",
    "\n\n",
    r"\boxed{42}",
    r"\boxed{",
    r"\text{",
    r"\frac{1}{2}",
    r"\(",
    r"\)",
    r"\[",
    r"\]",
    "<answer>",
    "</answer>",
    "<think>",
    "</think>",
    "<!--",
    "<del>",
    "```",
    "####",
    '{"answer": ',
    "The answer is ",
    "答案是",
    "1",
    "42",
    "5 or 6",
    "(A)",
    "| ",
]
FRAMES = ["@", r"@ \boxed{42}", r"\boxed{42} @", r"\boxed{41} @ \boxed{42}", "The answer is @ 42.", "42. @ x"]


def piece(rng):
    """Return some words of the package's own lists and marks, with or without spaces between them."""
    space = rng.choice(["", " ", " ", ", "])
    return space.join(rng.choice(WORDS if rng.random() < 0.6 else MARKS) for _ in range(rng.randint(1, 4)))


def hostile(rng, length):
    """Return a function from a length to a response of repeated pieces."""
    pieces = [piece(rng) + rng.choice(["", " ", "\n"]) for _ in range(rng.randint(1, 3))]
    frame = rng.choice(FRAMES)
    in_blocks = rng.random() < 0.3

    def made(length):
        if in_blocks:
            share = length // len(pieces)
            run = "".join((one * share)[:share] for one in pieces)
        else:
            run = ("".join(pieces) * length)[:length]
        return frame.replace("@", run)

    return made(length), made(4 * length)


def calls(response):
    """Return the number of calls, of functions of Python and of C, that reading a response takes."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        final_answer(response, "How many eggs are left?")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("seed", range(40))
def test_four_times_the_length_takes_about_four_times_the_calls_at_most(seed):
    short, long = hostile(random.Random(seed), 2_000)
    calls(short), calls(long)  # the first time, expressions are compiled
    # How the text ends decides how much of it is read: up to some thousand calls at any length. Work that
    # grows with the square of the length would take a hundred thousand.
    assert calls(long) <= 5 * calls(short) + 10_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_reading_hostile_responses_of_up_to_64_kb_ends(seed):
    """A child reads them: a regular expression that runs away ends with its processor time, not with us."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        code = 1
        try:
            rng = random.Random(seed)
            for _ in range(60):
                for response in hostile(rng, rng.choice([250, 4_000, 16_000])):
                    final_answer(response)
                    short_answers.short_answer(response)
                    choices.chosen_letter(response, dict.fromkeys("ABCD", ""))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
