"""IF-RLVR's instructions, and IFEval's as its own code judges them."""

from __future__ import annotations

from typing import Any

import pytest

from rule_rm import registry, rewards
from rule_rm.structured.instructions import INSTRUCTIONS, PRESETS, arguments_problem
from rule_rm.structured.instructions.ifeval import IFEVAL
from rule_rm.structured.instructions.ifeval_google import GOOGLE
from rule_rm.structured.instructions.rlvr import RLVR
from rule_rm.types import Rollout

from ..together import together

rewards.load()

ASKED = {"prompt_to_repeat": "Write a poem"}
CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "copy:repeat_phrase": (
        {"phrase": "the old red fox", "small_n": 2},
        "the old sly fox saw the old big fox",
        "the old red fox saw the old big fox",
    ),
    "copy:copy": (ASKED, "write a poem", "Write a poem: roses"),
    "copy:copying_simple": (ASKED, " Write a poem ", "Roses are red"),
    "copy:copying_multiple": (
        {**ASKED, "N": 2},
        "Write a poem ****** Write a poem",
        "Write a poem Write a poem",
    ),
    "new:copy_span_idx": ({**ASKED, "n_start": 6, "n_end": 12}, "a poem", "Write a poem"),
    "detectable_format:sentence_hyphens": ({}, "It ran.-It won.-It slept.", "It ran. It won."),
    "detectable_format:square_brackets": ({}, "[It] [ran]", "[It] ran"),
    "detectable_format:bigram_wrapping": ({}, "<<I am>> <<at home>>", "<<I am>> at home"),
    "keywords:no_adjacent_consecutive": ({}, "dogs run to trees", "a big car"),
    "keywords:word_once": ({"keyword": "cat"}, "The Cat ran.", "A cat saw a cat."),
    "keywords:word_count_different_numbers": (
        {"keyword": "cat", "frequency": 2, "relation": "at least"},
        "A cat saw a cat.",
        "A cat ran.",
    ),
    "keywords:exclude_word_harder": ({"keyword": "cat"}, "A catfish ran.", "I saw a cat."),
    "keywords:palindrome": ({}, "We use a Kayak.", "We use a boat."),
    "keywords:keyword_specific_position": (
        {"keyword": "cat", "n": 2, "m": 2},
        "It ran. A cat won.",
        "A cat won. It ran.",
    ),
    "keywords:start_end": ({}, "Cats eat what is left by cats", "Cats eat what is left by cats."),
    "paragraphs:paragraphs": ({}, "One. *** Two.", "One. *** Two. *** Three."),
    "paragraphs:paragraphs2": ({}, "One.\n\nTwo.", "One.\nTwo."),
    "first_word:first_word_sent": ({"first_word": "so"}, "So it ran. So it won!", "So it ran. It won."),
    "first_word:first_word_answer": ({"first_word": "so"}, "So, it ran.", "It ran so."),
    "last_word:last_word_sent": ({"last_word": "it"}, "I saw it. Do it!", "I saw it. Go!"),
    "last_word:last_word_answer": ({"last_word": "it"}, "I saw it.", "It ran."),
    "punctuation:punctuation_dot": ({}, "One, two!", "One. Two!"),
    "punctuation:punctuation_exclamation": ({}, "One. Two.", "One! Two."),
    "count:lowercase_counting": ({"N": 2}, "ALL BUT two words", "all but two words"),
    "letters:letter_counting": ({"N": 5, "relation": "less than"}, "a 12 b", "letters"),
    "letters:letter_counting2": (
        {"letter": "q", "let_frequency": 2, "let_relation": "at least"},
        "Quite quick",
        "quick",
    ),
    "count:counting_composition": (
        {"n_sent": 2, "n_words": 2},
        "It ran. It won.\n***\nI saw. I did.\n***\nYou go. You see.",
        "It ran. It won.\n***\nI saw.\n***\nYou go. You see.",
    ),
    "count:count_unique": ({}, "Each word is new.", "A word, a word."),
    "count:count_increment_word": (
        {"keyword1": "cat", "keyword2": "dog"},
        "A dog, a cat, a dog.",
        "A dog and a cat.",
    ),
}
QUIRKS: dict[str, tuple[dict[str, Any], str]] = {
    "length_constraints:nth_paragraph_first_word": (
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "So"},
        "One.\n\n \n\nSo.",
    ),
    "detectable_format:number_highlighted_sections": ({"num_highlights": 3}, "*a**b**"),
    "detectable_format:multiple_sections": ({"section_spliter": "Part", "num_sections": 2}, "Part 1 Part 1"),
    "detectable_content:postscript": ({"postscript_marker": "PS:"}, "Maps: none"),
    "detectable_format:json_format": ({}, "[NaN]"),
    "detectable_format:constrained_response": ({}, "My answer is yes. My answer is no."),
    "keywords:forbidden_words": ({"forbidden_words": ["C++"]}, "C++ is here"),
    "detectable_format:title": ({}, "<<a> b>>"),
}


def test_every_instruction_of_if_rlvr_has_a_case() -> None:
    assert RLVR.keys() == CASES.keys()
    assert len(RLVR) == 29
    assert not RLVR.keys() & IFEVAL.keys()


@together("name", CASES)
def test_an_instruction_is_followed_and_broken(name: str) -> None:
    arguments, followed, broken = CASES[name]
    assert arguments_problem(name, dict(arguments)) is None
    assert INSTRUCTIONS[name](followed, **arguments)
    assert not INSTRUCTIONS[name](broken, **arguments)


@together("name", CASES)
@together("text", ["", "_", ".", "*", "-", "******", "[", "_. _.", "a-" * 20_000, "a. " * 20_000])
def test_no_text_makes_an_instruction_fail(name: str, text: str) -> None:
    assert INSTRUCTIONS[name](text, **CASES[name][0]) in (True, False)


@pytest.mark.parametrize("name", GOOGLE)
def test_the_preset_google_follows_the_quirks_of_its_code(name: str) -> None:
    arguments, text = QUIRKS[name]
    strict, google = (PRESETS[preset][name](text, **arguments) for preset in ("rule_rm", "google"))
    assert strict is not google


def test_the_reward_takes_the_preset() -> None:
    name = "detectable_format:title"
    rollout = Rollout("", "<<a> b>>", {"instruction_id_list": [name], "kwargs": [{}]})
    ifeval = registry.get("ifeval")
    assert ifeval(rollout).reward == 0.0
    assert ifeval.with_options(["preset=google"])(rollout).reward == 1.0
