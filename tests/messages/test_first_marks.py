"""The first mark of a text is the one that a regular expression of all marks finds."""

from __future__ import annotations

import importlib
import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm.messages.first_marks import first_end, first_opening, starts
from rule_rm.messages.templates import END, END_TOKENS, OPENING, UNMISTAKABLE

PIECES = st.sampled_from(
    [
        *END_TOKENS,
        "<|im_start|>assistant\n",
        "<|start_header_id|>user<|end_header_id|>",
        "[INST] ",
        "]~b]user\n",
        "<|im_start|>User:",
        "<",
        "[",
        "]",
        "|",
        "<|im_",
        r"\left[1, 2\right]",
        "x < y",
        " and ",
    ]
)


def same(one: re.Match[str] | None, other: re.Match[str] | None) -> bool:
    return (one and (one.span(), one.lastgroup)) == (other and (other.span(), other.lastgroup))


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_first_mark_is_the_one_that_a_search_finds(text):
    assert same(first_opening(text), OPENING.search(text))
    assert same(first_end(text), END.search(text))


@pytest.mark.parametrize("template", UNMISTAKABLE, ids=lambda template: template.name)
def test_an_opening_begins_with_a_literal_character_in_each_of_its_forms(template):
    parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    kind, character = parser.parse(template.opening.replace("ROLE", "role"))[0]
    assert str(kind) == "LITERAL"
    assert chr(character) in starts([template.opening])
