"""Kinds of IFEval that its own code (google-research) judges otherwise than this package, with its quirks.

They are for a run that must be comparable to published IFEval figures. Sentences, words in capitals and the
language of a text remain this package's, as IFEval needs trained models for them.
"""

from __future__ import annotations

import json
import re

from rule_rm.structured.instructions.text import Instruction

_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_SINGLE, _DOUBLE = re.compile(r"\*[^\n*]*\*"), re.compile(r"\*\*[^\n*]*\*\*")
"""Text between single and between double asterisks, with `**` as an empty one: `*a*`."""
_TITLE = re.compile(r"<<[^\n]+>>")
"""A title, with brackets in it: `<<a> b>>`."""
_FENCE = re.compile(r"\A```(?:json|Json|JSON)?|```\Z")
"""The beginning or end of a fence: `` ```json ``."""
_ENDS_WORD = ".,?!'\""


def nth_paragraph_first_word(text: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """Return True if the paragraph begins with the word; blank ones are not counted, but have a number."""
    paragraphs = text.split("\n\n")
    count = sum(bool(one.strip()) for one in paragraphs)
    if not 0 < nth_paragraph <= count:
        return False
    words = paragraphs[nth_paragraph - 1].split()
    word = words[0].lstrip("'").lstrip('"') if words else ""
    end = next((at for at, letter in enumerate(word) if letter in _ENDS_WORD), len(word))
    return bool(words) and count == num_paragraphs and word[:end].lower() == first_word.lower()


def number_highlighted_sections(text: str, *, num_highlights: int) -> bool:
    """Return True if there are enough highlights; those in double and in single asterisks are added up."""
    count = sum(bool(one.strip("*").strip()) for one in _SINGLE.findall(text))
    count += sum(bool(one.removeprefix("**").removesuffix("**").strip()) for one in _DOUBLE.findall(text))
    return count >= num_highlights


def multiple_sections(text: str, *, section_spliter: str, num_sections: int) -> bool:
    """Return True if a heading with a number occurs often enough, also the same one."""
    return len(re.findall(rf"{re.escape(section_spliter.strip())}\s?\d+", text)) >= num_sections


def postscript(text: str, *, postscript_marker: str) -> bool:
    """Return True if the marker occurs, also within a word."""
    lowered = text.lower()
    if postscript_marker == "P.P.S":
        return re.search(r"p\.\s?p\.\s?s", lowered) is not None
    if postscript_marker == "P.S.":
        return re.search(r"p\.\s?s\.", lowered) is not None
    return postscript_marker.lower() in lowered


def json_format(text: str) -> bool:
    """Return True if it is JSON with what Python adds to it, such as NaN."""
    try:
        json.loads(_FENCE.sub("", text.strip()).strip())
    except (ValueError, RecursionError):
        return False
    return True


def constrained_response(text: str) -> bool:
    """Return True if one of "My answer is yes.", "… no." and "… maybe." occurs, or several."""
    return any(answer in text for answer in _ANSWERS)


def forbidden_words(text: str, *, forbidden_words: list[str]) -> bool:
    """Return True if none of the words occurs between word boundaries."""
    return not any(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) for word in forbidden_words)


def title(text: str) -> bool:
    """Return True if there is a title, such as `<<title>>`."""
    return any(found.lstrip("<").rstrip(">").strip() for found in _TITLE.findall(text))


GOOGLE: dict[str, Instruction] = {
    "length_constraints:nth_paragraph_first_word": nth_paragraph_first_word,
    "detectable_format:number_highlighted_sections": number_highlighted_sections,
    "detectable_format:multiple_sections": multiple_sections,
    "detectable_content:postscript": postscript,
    "detectable_format:json_format": json_format,
    "detectable_format:constrained_response": constrained_response,
    "keywords:forbidden_words": forbidden_words,
    "detectable_format:title": title,
}
"""Kinds by their names in IFEval's data."""
