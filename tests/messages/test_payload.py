"""An error names the field and the index, and does not repeat the content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm.errors import PayloadError
from rule_rm.messages.fields import DEPTH_LIMIT, ground_truths, texts

SECRET = "the policy's own words"
NO_TEXTS = [None, True, 0, 1.5, [SECRET], {"text": SECRET}]
BAD_TEXTS = [SECRET + "\0", "\0", "\ud800" + SECRET, SECRET + "\udfff", "\ude00\ud83d"]


def nested(depth: int, innermost: object) -> object:
    for level in range(depth):
        innermost = [innermost] if level % 2 else {"key": innermost}
    return innermost


@pytest.mark.parametrize("value", [None, "a text", 1, {}, True])
def test_a_field_that_is_no_list_is_named(value):
    with pytest.raises(PayloadError, match="prompts must be a list, not") as caught:
        texts({"prompts": value}, "prompts")
    assert (caught.value.field, caught.value.index) == ("prompts", None)


def test_a_missing_field_is_named():
    with pytest.raises(PayloadError, match="prompts is missing"):
        texts({}, "prompts")


@pytest.mark.parametrize("value", NO_TEXTS + BAD_TEXTS)
def test_a_bad_text_is_named_by_field_and_index_but_not_quoted(value):
    with pytest.raises(PayloadError, match=r"^prompts\[1\] ") as caught:
        texts({"prompts": ["fine", value, 5]}, "prompts")
    assert (caught.value.field, caught.value.index) == ("prompts", 1)
    assert SECRET not in str(caught.value)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_every_other_text_is_taken_as_it_is(items):
    assert texts({"prompts": items}, "prompts") == items


@pytest.mark.parametrize("text", BAD_TEXTS)
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: {"a": {"b": x}}, lambda x: {x: 1}])
def test_bad_texts_are_found_anywhere_in_a_golden_answer(text, wrap):
    with pytest.raises(PayloadError) as caught:
        ground_truths({"labels": ["4", wrap(text)]}, "labels", 2)
    assert (caught.value.field, caught.value.index) == ("labels", 1)


@pytest.mark.parametrize("value", [0, False, 4, 0.5, "4", ["4"], {"answer": "4"}, [], {}])
def test_golden_answers_may_be_any_json(value):
    assert ground_truths({"labels": [value]}, "labels", 1) == [value]


@pytest.mark.parametrize("payload", [{}, {"labels": None}, {"labels": [None, None]}, {"labels": ["", " \n"]}])
def test_an_empty_golden_answer_is_none(payload):
    assert ground_truths(payload, "labels", 2) == [None, None]


def test_a_golden_answer_may_be_nested_up_to_a_limit():
    fine = nested(DEPTH_LIMIT, "4")
    assert ground_truths({"labels": [fine]}, "labels", 1) == [fine]
    with pytest.raises(PayloadError, match="nested"):
        ground_truths({"labels": [nested(DEPTH_LIMIT + 1, "4")]}, "labels", 1)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_unequal_lengths_are_told_with_both_numbers(count):
    with pytest.raises(
        PayloadError, match=f"labels has length 2 where the batch has length {count}"
    ) as caught:
        ground_truths({"labels": ["4", "5"]}, "labels", count)
    assert caught.value.field == "labels"
