"""Instructions that exclude each other are found; those that can be followed together are not."""

from __future__ import annotations

import pytest

from rule_rm.workbench.dataset_check.contradictions import faults


def paragraphs(count):
    return ("length_constraints:number_paragraphs", {"num_paragraphs": count})


def words(relation, count):
    return ("length_constraints:number_words", {"relation": relation, "num_words": count})


def contains(*keywords):
    return ("keywords:existence", {"keywords": list(keywords)})


def forbids(*forbidden):
    return ("keywords:forbidden_words", {"forbidden_words": list(forbidden)})


def ends(phrase):
    return ("startend:end_checker", {"end_phrase": phrase})


def letter(sign, relation, count):
    return (
        "keywords:letter_frequency",
        {"letter": sign, "let_relation": relation, "let_frequency": count},
    )


NO_COMMA = ("punctuation:no_comma", {})
CAPITALS = ("change_case:english_capital", {})
SMALL = ("change_case:english_lowercase", {})
FIXED = ("detectable_format:constrained_response", {})
REPEAT = ("combination:repeat_prompt", {"prompt_to_repeat": "Write a tale, please."})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([words("at least", 300), words("less than", 200)], "at least 300 of 'words'"),
        ([words("at least", 200), words("less than", 200)], "at most 199"),
        ([words("less than", 0)], "allows no number of words"),
        (
            [words("at least", 90), ("count:word_count_range", {"min_words": 20, "max_words": 60})],
            "at most 60",
        ),
        ([paragraphs(3), paragraphs(4)], "at least 4 of 'paragraphs by ***'"),
        ([paragraphs(3), ("paragraphs:paragraphs", {})], "at most 2"),
        ([CAPITALS, SMALL], "letters"),
        (
            [
                SMALL,
                (
                    "change_case:capital_word_frequency",
                    {"capital_frequency": 3, "capital_relation": "at least"},
                ),
            ],
            "at least 3 of 'capital letters'",
        ),
        ([FIXED, CAPITALS], "small letters"),
        ([FIXED, ("punctuation:punctuation_dot", {})], "'.'"),
        ([contains("harbour"), forbids("Harbour")], "at least 1 of 'harbour'"),
        ([contains("the old harbour"), forbids("old")], "asks for 'the old harbour'"),
        ([contains("ships, boats"), NO_COMMA], "asks for 'ships, boats'"),
        ([REPEAT, NO_COMMA], "asks for 'write a tale, please.'"),
        ([letter("e", "less than", 1), contains("sea")], "at most 0 of 'e'"),
        ([letter(",", "at least", 2), NO_COMMA], "at most 0"),
        ([ends("The end."), ends("Any questions?")], "has the response end with"),
        (
            [
                ("keywords:word_once", {"keyword": "sun"}),
                ("count:count_increment_word", {"keyword1": "moon", "keyword2": "sun"}),
            ],
            "'sun'",
        ),
        (
            [
                (
                    "length_constraints:nth_paragraph_first_word",
                    {"num_paragraphs": 2, "nth_paragraph": 3, "first_word": "so"},
                )
            ],
            "paragraphs by empty lines",
        ),
    ],
)
def test_instructions_that_exclude_each_other_are_named(asked, said):
    assert said in next(faults(asked))


@pytest.mark.parametrize(
    "asked",
    [
        [words("at least", 100), words("less than", 200)],
        [words("at least", 50), ("count:word_count_range", {"min_words": 20, "max_words": 60})],
        [paragraphs(2), ("paragraphs:paragraphs", {})],
        [paragraphs(3), ("paragraphs:paragraphs2", {})],
        [CAPITALS, ends("The end."), contains("harbour")],
        [
            SMALL,
            ("change_case:capital_word_frequency", {"capital_frequency": 3, "capital_relation": "less than"}),
        ],
        [contains("classic"), forbids("class")],
        [contains("well-known"), forbids("known2")],
        [FIXED, words("less than", 10)],
        [contains("ships", "boats"), NO_COMMA],
        [letter("e", "less than", 3), contains("sea")],
        [ends("questions?"), ends("Any questions?")],
        [("startend:quotation", {}), ends("The end.")],
        [("detectable_format:json_format", {}), words("at least", 100)],
        [],
    ],
)
def test_instructions_that_can_be_followed_together_are_sound(asked):
    assert list(faults(asked)) == []
