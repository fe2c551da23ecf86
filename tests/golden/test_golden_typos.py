"""The golden lookup accepts typing errors, and text around a question that is only a wrapper."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rule_rm.golden.text import tokens
from rule_rm.golden.typos import is_misspelling, only_typos
from rule_rm.golden.windows import Windows, windows_of
from rule_rm.golden.words import NUMBERS_AND_NEGATIONS
from rule_rm.golden.wrapping import asks, stands_alone

KNOWN = frozenset({"cats", "rats", "angle", "angel", "integer", "integers", "\\sin", "\\frac"})


@pytest.mark.parametrize(
    ("golden", "given_word"),
    [
        ("probability", "probabilty"),
        ("probability", "porbability"),
        ("the", "teh"),
        ("for", "or"),
        ("even", "evn"),
        ("minimum", "minimun"),
        ("integers", "integer"),
        ("Find", "find"),
        ("don't", "dont"),
        ("\\frac", "\\fracc"),
    ],
)
def test_a_misspelling(golden: str, given_word: str) -> None:
    assert is_misspelling(golden, given_word, KNOWN)


@pytest.mark.parametrize(
    ("golden", "given_word"),
    [
        ("minimum", "maximum"),
        ("minimize", "maximize"),
        ("increasing", "decreasing"),
        ("interior", "exterior"),
        ("rational", "irrational"),
        ("finite", "infinite"),
        ("fair", "unfair"),
        ("hexagon", "heptagon"),
        ("million", "billion"),
        ("sixth", "sixty"),
        ("sixth", "sixt"),
        ("seven", "eleven"),
        ("there", "three"),
        ("the", "ten"),
        ("for", "four"),
        ("now", "not"),
        ("larger", "largest"),
        ("larger", "lower"),
        ("cats", "rats"),
        ("angle", "angel"),
        ("Tom", "Tim"),
        ("x", "y"),
        ("ABC", "ABD"),
        ("ab", "ac"),
        ("12", "13"),
        ("of", "o"),
        ("\\sin", "\\sinh"),
        ("\\cos", "\\cot"),
        ("\\le", "\\ge"),
    ],
)
def test_another_word(golden: str, given_word: str) -> None:
    assert not is_misspelling(golden, given_word, KNOWN)


def test_no_number_and_no_negation_is_a_misspelling_of_another() -> None:
    words = sorted(NUMBERS_AND_NEGATIONS)
    for golden in words:
        for other in words:
            assert golden == other or not is_misspelling(golden, other, frozenset())


@pytest.mark.parametrize(
    "text", ["1,000 people", "the ratio 3:4", "f(1, 2)", "at 3.5 percent", "a 2-digit number"]
)
def test_signs_between_numbers_and_operators_are_kept(text: str) -> None:
    parts = tokens(text)
    for place, token in enumerate(parts):
        if token in ",:-." or "." in token:
            assert not only_typos(parts, parts[:place] + parts[place + 1 :], frozenset())


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["area", "of", "12", "$", "x", "+", "circle", "\\frac", "("]), max_size=12),
    st.data(),
)
def test_what_is_no_word_is_never_forgiven(parts: list[str], data: st.DataObject) -> None:
    assert only_typos(parts, parts, frozenset())
    sign = data.draw(st.sampled_from(["7", "y", "-", "\\sqrt", "not", "three", "ABC", ")"]))
    place = data.draw(st.integers(0, len(parts)))
    assert not only_typos(parts, [*parts[:place], sign, *parts[place:]], frozenset())


@settings(deadline=None)
@given(st.data())
def test_one_wrong_letter_in_a_long_word_is_forgiven(data: st.DataObject) -> None:
    parts = ["Compute", "the", "perimeter", "of", "this", "rectangle", "."]
    word = data.draw(st.sampled_from([2, 5]))
    letter = data.draw(st.integers(1, 6))
    wrong = data.draw(
        st.sampled_from([other for other in string.ascii_lowercase if other != parts[word][letter]])
    )
    mistyped = parts[word][:letter] + wrong + parts[word][letter + 1 :]
    assert only_typos(parts, [*parts[:word], mistyped, *parts[word + 1 :]], frozenset())


QUESTION = "How many cards are in the box?"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("Solve it.\n\n", "\n\nThink."),
        ("Question 12: ", " Answer:"),
        ("**Problem.** Read it carefully. ", ""),
        ("Here is a question for you: ", " Please reason step by step."),
        ("> ", "\n"),
        ("3) ", "\n\n1. Read.\n2. Think.\n3. Answer."),
        ("", " Round the answer to 2 decimal places."),
        ("", " Put it into \\boxed{}."),
        ("", "\n<think>\n"),
    ],
)
def test_a_wrapper(before: str, after: str) -> None:
    assert stands_alone(QUESTION, before, after)
    assert not asks(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("There are 12 of them. ", ""),
        ("If half are lost, ", ""),
        ("He knows that ", " and nothing else."),
        ("", " and how many in the bag?"),
        ("", " Then 3 are lost."),
        ("", "\nHow many are red?"),
        ("", "\nCompute $12 + 3$."),
        ("", "\nMultiply by the number of boxes."),
        ("", "\nGive it modulo 7."),
        ("", "\nProblem 2. Name a prime."),
    ],
)
def test_no_wrapper(before: str, after: str) -> None:
    assert not (stands_alone(QUESTION, before, after) and not asks(after))


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=8), max_size=30), st.integers(0, 40))
def test_every_entry_of_an_index_is_hit_at_its_place(texts: list[list[int]], most: int) -> None:
    index = Windows(4)
    entries = set()
    for number, text in enumerate(texts):
        slots = index.slots(windows_of(text, 3))
        offset = len(text) // 2 - 1
        index.enter(slots[offset], number, offset)
        assert index.holds(slots[offset], number, offset)
        entries.add((number, offset))
    for number, text in enumerate(texts):
        slots = index.slots(windows_of([9, *text], 3))
        positions = list(range(len(slots)))
        hits = list(index.hits(slots, positions))
        assert (number, 1) in hits
        rarest = index.rarest_hits(slots, positions, most)
        assert len(rarest) == min(most, len(hits))
        assert set(rarest) <= set(hits)
