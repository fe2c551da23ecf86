"""Verifiable instructions of one prompt that no response can follow together.

Many instructions bound a count: of words, of paragraphs, of a text that must or must not occur. Bounds that
exclude each other are a contradiction, and so are a text that must occur and one in it that must not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rule_rm.rewards.ifeval import Asked, read_instructions
from rule_rm.settings import Settings
from rule_rm.workbench.dataset_check.findings import Finding, Numbered

IFEVAL = "ifeval"
_KEYS = ("instruction_id_list", "instruction_id")
_WORDS, _BULLETS, _SENTENCES = "words", "bullets", "sentences"
_DIVIDED, _PARAGRAPHS = "paragraphs by ***", "paragraphs by empty lines"
_CAPITALS, _SMALL = "capital letters", "small letters"


@dataclass(frozen=True, slots=True)
class Bound:
    """The least and the greatest count that an instruction allows."""

    name: str
    """The instruction."""
    measure: str
    """One of the counts above, or a text in small letters."""
    least: float = 0
    most: float = math.inf
    is_text: bool = False
    is_word: bool = False
    """True if the text counts only as a whole word."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A text with which an instruction has the response begin or end."""

    name: str
    text: str
    is_end: bool


def contradictions(rows: Sequence[Numbered], settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each row whose instructions exclude each other."""
    for numbered in rows:
        asked = _asked(numbered, settings)
        why = next(faults(asked), None)
        if why is not None:
            yield Finding(numbered.index, "contradiction", why)


def faults(asked: Asked) -> Iterator[str]:
    """Yield a sentence for each contradiction among instructions.

    >>> next(faults([("punctuation:no_comma", {}), ("keywords:existence", {"keywords": ["a, b"]})]))
    "keywords:existence asks for 'a, b', and punctuation:no_comma allows at most 0 of ','"
    """
    bounds = [bound for name, arguments in asked for bound in _bounds(name, arguments)]
    for one in bounds:
        if one.least > one.most or one.most < 0:
            yield f"{one.name} allows no number of {one.measure}"
    for one, other in combinations(bounds, 2):
        low, high = (one, other) if one.least > other.most else (other, one)
        if one.measure == other.measure and one.is_text == other.is_text and low.least > high.most:
            yield (
                f"{low.name} asks for at least {low.least:g} of {low.measure!r}, and {high.name} allows at "
                f"most {high.most:g}"
            )
    yield from _inner(bounds)
    yield from _edges([edge for name, arguments in asked for edge in _edges_of(name, arguments)])


def _asked(numbered: Numbered, settings: Settings) -> Asked:
    row = numbered.row
    given = row.ground_truth
    if not any(key in str(given) for key in _KEYS):
        return []
    if settings.reward_type != IFEVAL and settings.reward_config is None and not isinstance(given, Mapping):
        return []
    try:
        return read_instructions(given)
    except (ValueError, RecursionError):
        # The reward says so.
        return []


def _inner(bounds: Sequence[Bound]) -> Iterator[str]:
    """Yield a sentence for each text that must occur and has in it one that must not, or not as often."""
    texts = [bound for bound in bounds if bound.is_text]
    for whole in texts:
        for part in texts:
            if whole.least < 1 or part.measure == whole.measure:
                continue
            edge = r"\b" if part.is_word else ""
            within = len(re.findall(f"{edge}{re.escape(part.measure)}{edge}", whole.measure))
            if within > part.most:
                yield (
                    f"{whole.name} asks for {_shown(whole.measure)}, and {part.name} allows at most "
                    f"{part.most:g} of {part.measure!r}"
                )


def _edges(edges: Sequence[Edge]) -> Iterator[str]:
    for one, other in combinations(edges, 2):
        if one.is_end != other.is_end:
            continue
        meets = str.endswith if one.is_end else str.startswith
        if not meets(one.text, other.text) and not meets(other.text, one.text):
            place = "end" if one.is_end else "begin"
            yield (
                f"{one.name} has the response {place} with {_shown(one.text)}, and {other.name} with "
                f"{_shown(other.text)}"
            )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}…")


def _related(name: str, measure: str, relation: str, bound: int, *, is_text: bool = False) -> Bound:
    if relation == "at least":
        return Bound(name, measure, least=bound, is_text=is_text)
    return Bound(name, measure, most=bound - 1, is_text=is_text)


def _exactly(name: str, measure: str, count: int) -> Bound:
    return Bound(name, measure, count, count)


def _text(name: str, text: str, least: float = 0, most: float = math.inf, *, is_word: bool = False) -> Bound:
    return Bound(name, text.strip().casefold(), least, most, is_text=True, is_word=is_word)


def _banned(name: str, signs: str) -> Iterator[Bound]:
    yield from (_text(name, sign, most=0) for sign in signs)


def _case(name: str, wanted: str, other: str) -> Iterator[Bound]:
    yield Bound(name, wanted, least=1)
    yield Bound(name, other, most=0)


def _first_word(name: str, given: Mapping[str, Any]) -> Iterator[Bound]:
    yield _exactly(name, _PARAGRAPHS, given["num_paragraphs"])
    yield Bound(name, _PARAGRAPHS, least=given["nth_paragraph"])


def _fixed_answer(name: str) -> Iterator[Bound]:
    """Yield the bounds of one of "My answer is yes.", "… no." and "… maybe."."""
    yield from (Bound(name, letters, least=1) for letters in (_CAPITALS, _SMALL))
    yield from (_text(name, text, least=1) for text in ("my answer is", "."))


def _twice(name: str, given: Mapping[str, Any]) -> Iterator[Bound]:
    yield _text(name, given["keyword1"], 1, 1)
    yield _text(name, given["keyword2"], 2, 2)


Given = Mapping[str, Any]
_BOUNDS: dict[str, Callable[[str, Given], Iterator[Bound]]] = {
    "length_constraints:number_words": lambda name, given: iter(
        [_related(name, _WORDS, given["relation"], given["num_words"])]
    ),
    "count:word_count_range": lambda name, given: iter(
        [Bound(name, _WORDS, given["min_words"], given["max_words"])]
    ),
    "length_constraints:number_sentences": lambda name, given: iter(
        [_related(name, _SENTENCES, given["relation"], given["num_sentences"])]
    ),
    "length_constraints:number_paragraphs": lambda name, given: iter(
        [_exactly(name, _DIVIDED, given["num_paragraphs"])]
    ),
    "paragraphs:paragraphs": lambda name, _: iter([_exactly(name, _DIVIDED, 2)]),
    "count:counting_composition": lambda name, _: iter([_exactly(name, _DIVIDED, 3)]),
    "paragraphs:paragraphs2": lambda name, _: iter([_exactly(name, _PARAGRAPHS, 2)]),
    "length_constraints:nth_paragraph_first_word": _first_word,
    "detectable_format:number_bullet_lists": lambda name, given: iter(
        [_exactly(name, _BULLETS, given["num_bullets"])]
    ),
    "detectable_format:constrained_response": lambda name, _: _fixed_answer(name),
    "change_case:english_capital": lambda name, _: _case(name, _CAPITALS, _SMALL),
    "change_case:english_lowercase": lambda name, _: _case(name, _SMALL, _CAPITALS),
    "change_case:capital_word_frequency": lambda name, given: iter(
        [Bound(name, _CAPITALS, least=given["capital_frequency"])]
        if given["capital_relation"] == "at least"
        else []
    ),
    "keywords:existence": lambda name, given: (_text(name, word, least=1) for word in given["keywords"]),
    "keywords:forbidden_words": lambda name, given: (
        _text(name, word, most=0, is_word=True) for word in given["forbidden_words"]
    ),
    "keywords:frequency": lambda name, given: iter(
        [
            _related(
                name, given["keyword"].strip().casefold(), given["relation"], given["frequency"], is_text=True
            )
        ]
    ),
    "keywords:letter_frequency": lambda name, given: iter(
        [
            _related(
                name, given["letter"].casefold(), given["let_relation"], given["let_frequency"], is_text=True
            )
        ]
    ),
    "letters:letter_counting2": lambda name, given: iter(
        [
            _related(
                name, given["letter"].casefold(), given["let_relation"], given["let_frequency"], is_text=True
            )
        ]
    ),
    "keywords:word_once": lambda name, given: iter([_text(name, given["keyword"], 1, 1, is_word=True)]),
    "keywords:word_count_different_numbers": lambda name, given: iter(
        [
            _related(
                name, given["keyword"].strip().casefold(), given["relation"], given["frequency"], is_text=True
            )
        ]
    ),
    "keywords:exclude_word_harder": lambda name, given: iter(
        [_text(name, given["keyword"], most=0, is_word=True)]
    ),
    "count:count_increment_word": _twice,
    "combination:repeat_prompt": lambda name, given: iter([_text(name, given["prompt_to_repeat"], least=1)]),
    "punctuation:no_comma": lambda name, _: _banned(name, ","),
    "punctuation:punctuation_dot": lambda name, _: _banned(name, "."),
    "punctuation:punctuation_exclamation": lambda name, _: _banned(name, "!"),
}
"""The bounds of each kind of instruction that has some. The arguments were checked by the reward."""
_ENDS = {"startend:end_checker": "end_phrase", "last_word:last_word_answer": "last_word"}
_BEGINS = {"combination:repeat_prompt": "prompt_to_repeat", "first_word:first_word_answer": "first_word"}
"""The instructions on an end or a beginning, with their arguments."""
_SIGNS = " .,;:!?\"'"


def _bounds(name: str, given: Given) -> Iterator[Bound]:
    make = _BOUNDS.get(name)
    return make(name, given) if make is not None else iter(())


def _edges_of(name: str, given: Given) -> Iterator[Edge]:
    for table, is_end in ((_ENDS, True), (_BEGINS, False)):
        if name in table:
            # The last word is compared without the signs around it.
            text = given[table[name]].strip(_SIGNS).casefold()
            if text:
                yield Edge(name, text, is_end)
