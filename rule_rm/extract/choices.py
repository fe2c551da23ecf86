r"""Multiple choice: the choices of a question, and the one letter that a response chooses.

A letter counts where a response commits itself to it. Two different letters in one such place are not a
choice: a policy that names all of them should not be paid for the right one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rule_rm.extract.boxes import boxes
from rule_rm.extract.extraction import Extraction
from rule_rm.extract.short_answers import normalised
from rule_rm.extract.tags import tag_contents
from rule_rm.messages.turns import spoken

LETTERS = "ABCDEFGHIJ"
Choices = Mapping[str, str]
"""The text of each choice by its letter; empty if they are not known."""

_LISTED = re.compile(r"^[ \t]*(?:[-*][ \t]*)?\(?([A-J])[).:]\)?[ \t]*(\S[^\n]{0,500})$", re.MULTILINE)
_ANCHOR = re.compile(
    r"\b(?:answer|choice|option)s?\b\**(?:\s+(?:is|would be|should be)\b|\s*[:：])\s*[:：]?"
    r"|(?:答案|选项?)\s*(?:应该|应)?\s*(?:是|为|：|:)?",
    re.IGNORECASE,
)
_MOST_ANCHORS = 64
_MARKUP = re.compile(
    r"\\(?:text|textbf|mathrm|mathbf|mbox|boxed|fbox|rm|bf)(?![a-zA-Z])|[${}*_`~\\]|<[^<>\n]{1,20}>"
)
_STANDALONE = re.compile(r"(?<![\w'’-])(\()?([A-J])(?![\w'’])")
_CLAUSE = re.compile(
    r"\n|[.;!?](?=\s|$)|[。；，]|\s(?:because|since|as|which|where|not|rather than|instead of)\b|因为"
)
_ONLY = re.compile(r"\(?([A-Ja-j])[).:]*")
_NOT = re.compile(r"\b(?:not|isn't|never|neither|nor|wrong|incorrect|except)\b|n't\b|不", re.IGNORECASE)


def choices_of(prompt: str, extra_info: Mapping[str, Any]) -> Choices:
    r"""Return the choices: `extra_info["choices"]`, a list or an object by letter; else lines of the prompt.

    >>> choices_of("Which is prime?\nA) 4\nB) 5", {})
    {'A': '4', 'B': '5'}
    """
    given = extra_info.get("choices") or extra_info.get("options")
    if isinstance(given, Mapping) and isinstance(given.get("text"), list):
        given = given["text"]
    if isinstance(given, Mapping):
        return {str(name).strip().upper(): str(text) for name, text in given.items() if len(str(name)) == 1}
    if isinstance(given, (list, tuple)):
        return {letter: str(text) for letter, text in zip(LETTERS, given, strict=False)}
    found: dict[str, str] = {}
    for letter, text in _LISTED.findall(prompt):
        if letter == "A":
            found = {}
        found[letter] = text.strip()
    in_order = list(found) == list(LETTERS[: len(found)])
    return found if len(found) > 1 and in_order else {}


def chosen_letter(response: str, choices: Choices) -> Extraction:
    """Return the letter that a response chooses, if it is one of the choices.

    It follows the thinking. In the answer tag, or else in the whole text, the letter after the last "the
    answer is" counts. Without one, the box's letter counts, then that of a bare answer, then the last letter
    that is a word of its own. At last, it is the letter of the one choice whose text occurs.

    >>> chosen_letter("A is too small, so the answer is (B).", {}).answer
    'B'
    >>> chosen_letter("It is A, B, C or D.", {}).reason
    'several letters'
    """
    text = spoken(response)
    if text is None:
        return Extraction(None, "the thinking is not closed once")
    if "<answer>" in text or "</answer>" in text:
        contents = tag_contents(text, "answer")
        if not len(contents) == text.count("<answer>") == text.count("</answer>"):
            return Extraction(None, "the answer tags do not pair up")
        found = [_in_text(content, choices) for content in contents]
        if any(one.answer != found[0].answer for one in found):
            return Extraction(None, "several different answer tags")
        return found[0]
    return _in_text(text, choices)


def _in_text(text: str, choices: Choices) -> Extraction:
    for found in (_after_anchor(text, choices), _in_boxes(text, choices), _alone(text, choices)):
        if found is not None:
            return found
    return _by_text(text, choices) or Extraction(None, "there is no letter")


def _after_anchor(text: str, choices: Choices) -> Extraction | None:
    """Return the letter in the clause after the last anchor that has one."""
    for anchor in reversed(list(_ANCHOR.finditer(text))[-_MOST_ANCHORS:]):
        clause = _clause(text[anchor.end() : anchor.end() + 300])
        if (found := _one_letter(clause, choices, is_answer=True)) is not None:
            return found
    return None


def _in_boxes(text: str, choices: Choices) -> Extraction | None:
    found = [_one_letter(content, choices, is_answer=True) for content in boxes(text)]
    letters = {one.answer for one in found if one is not None}
    if not letters:
        return None
    return Extraction(letters.pop(), "the box") if len(letters) == 1 else Extraction(None, "different boxes")


def _alone(text: str, choices: Choices) -> Extraction | None:
    """Return the letter of the last clause that has one; a list of all choices is not a choice."""
    if len(_LISTED.findall(text)) > 1:
        text = _LISTED.sub(" ", text)
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    for clause in reversed(clauses):
        if (found := _one_letter(clause, choices, is_answer=False)) is not None:
            return found
    return None


def _clause(text: str) -> str:
    """Return the first clause of a text; a dot right after the letter does not end it."""
    start = len(text) - len(text.lstrip())
    end = _CLAUSE.search(text, start)
    return text[: end.start()] if end else text


def _one_letter(clause: str, choices: Choices, *, is_answer: bool) -> Extraction | None:
    """Return the one letter of a clause. With `is_answer` it may be an "A" at the beginning."""
    bare = _MARKUP.sub(" ", clause[:2_000])
    if only := _ONLY.fullmatch(bare.strip()):
        letters = [only[1].upper()]
    else:
        letters = [
            found[2]
            for found in _STANDALONE.finditer(bare)
            if (is_answer and not bare[: found.start()].strip(" :(")) or not _is_word(found, bare, choices)
        ]
    letters = [letter for letter in letters if not choices or letter in choices]
    if not letters:
        return None
    if len(set(letters)) > 1:
        return Extraction(None, "several letters")
    return Extraction(None, "a denied letter") if _NOT.search(bare) else Extraction(letters[0], "the letter")


def _is_word(found: re.Match[str], text: str, choices: Choices) -> bool:
    """Return True for the article "A" and the pronoun "I"."""
    if found[1]:
        return False
    after = text[found.end() : found.end() + 2]
    followed = len(after) == 2 and after[0] == " " and after[1].islower()
    if found[2] == "I":
        return "I" not in choices or followed
    return found[2] == "A" and followed


def _by_text(text: str, choices: Choices) -> Extraction | None:
    """Return the letter of the only choice whose text occurs there, word for word."""
    words = f" {normalised(text)} "
    found = [letter for letter, choice in choices.items() if f" {normalised(choice)} " in words]
    if not found:
        return None
    return (
        Extraction(found[0], "the choice's text") if len(found) == 1 else Extraction(None, "several choices")
    )
