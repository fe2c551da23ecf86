"""Verifiable instructions: those of IFEval (Zhou et al. 2023, arXiv 2311.07911), one small function for each.

A function is given the response and the instruction's arguments by their names in IFEval's data, and says
whether the response keeps to it. What needs a model of language is not here: `language:response_language`.
Sentences are told by their ends, not by a trained tokenizer, which differs where abbreviations stand.
Keywords are texts, not patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rule_rm.structured.strict import strict_json

Instruction = Callable[..., bool]

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*")
_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+[\"'”’)\]]*(?=\s|\Z)|[。！？]+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|[A-Z])\.\Z")
_DIVIDER = re.compile(r"\s?\*\*\*\s?")
_HIGHLIGHT = re.compile(r"\*\*[^\n*]+\*\*|\*[^\n*]+\*")
_BULLET = re.compile(r"^[^\S\n]*(?:\*[^*\n]|-)[^\n]*$", re.MULTILINE)
_TITLE = re.compile(r"<<([^\n<>]+)>>")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*\]")
_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_EDGES = "'\"“”‘’*_([{"


def keyword_existence(text: str, *, keywords: list[str]) -> bool:
    """Each keyword stands in the text, in any case."""
    lowered = text.lower()
    return all(keyword.lower() in lowered for keyword in keywords)


def keyword_frequency(text: str, *, keyword: str, frequency: int, relation: str) -> bool:
    """The keyword stands in it "at least" or "less than" so often."""
    return _related(text.lower().count(keyword.strip().lower()), relation, frequency)


def forbidden_words(text: str, *, forbidden_words: list[str]) -> bool:
    """None of the words stands in it."""
    words = "|".join(re.escape(word) for word in forbidden_words)
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE) is None


def letter_frequency(text: str, *, letter: str, let_frequency: int, let_relation: str) -> bool:
    """The letter stands in it so often, in any case."""
    return _related(text.lower().count(letter.lower()), let_relation, let_frequency)


def number_sentences(text: str, *, num_sentences: int, relation: str) -> bool:
    """It has so many sentences."""
    return _related(_sentences(text), relation, num_sentences)


def number_paragraphs(text: str, *, num_paragraphs: int) -> bool:
    """It has exactly so many paragraphs, with `***` between them and none of them empty."""
    paragraphs = [paragraph.strip() for paragraph in _DIVIDER.split(text)]
    return all(paragraphs[1:-1]) and len([one for one in paragraphs if one]) == num_paragraphs


def number_words(text: str, *, num_words: int, relation: str) -> bool:
    """It has so many words."""
    return _related(sum(1 for _ in _WORD.finditer(text)), relation, num_words)


def nth_paragraph_first_word(text: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """It has exactly so many paragraphs, with an empty line between them; one begins with the word."""
    paragraphs = text.split("\n\n")
    if len([one for one in paragraphs if one.strip()]) != num_paragraphs:
        return False
    words = paragraphs[nth_paragraph - 1].split() if 0 < nth_paragraph <= num_paragraphs else []
    found = re.match(r"[^.,?!'\"]*", words[0].lstrip(_EDGES)) if words else None
    return found is not None and found[0].lower() == first_word.lower()


def number_placeholders(text: str, *, num_placeholders: int) -> bool:
    """It has at least so many placeholders, `[address]`."""
    return len(_PLACEHOLDER.findall(text)) >= num_placeholders


def postscript(text: str, *, postscript_marker: str) -> bool:
    """It has a postscript, which begins with the marker."""
    letters = [re.escape(letter) for letter in postscript_marker.strip().lower() if letter.isalnum()]
    dotted = (
        r"\.\s?".join(letters) if "." in postscript_marker else re.escape(postscript_marker.strip().lower())
    )
    return re.search(rf"(?<!\w){dotted}", text.lower()) is not None


def number_bullet_lists(text: str, *, num_bullets: int) -> bool:
    """It has exactly so many bullets, lines that begin with `*` or `-`."""
    return len(_BULLET.findall(text)) == num_bullets


def constrained_response(text: str) -> bool:
    """It has one of "My answer is yes.", "… no." and "… maybe.", and not two of them."""
    return sum(answer in text for answer in _ANSWERS) == 1


def number_highlighted_sections(text: str, *, num_highlights: int) -> bool:
    """It has at least so many highlights, `*highlight*`."""
    return sum(1 for found in _HIGHLIGHT.findall(text) if found.strip("* ")) >= num_highlights


def multiple_sections(text: str, *, section_spliter: str, num_sections: int) -> bool:
    """It has at least so many sections, `Section 1`."""
    heading = re.compile(rf"(?<!\w){re.escape(section_spliter.strip())}\s?\d+")
    return len({found.split()[-1] for found in heading.findall(text)}) >= num_sections


def json_format(text: str) -> bool:
    """All of it is JSON, which may be fenced."""
    fenced = re.fullmatch(r"```(?:json|JSON|Json)?(.*)```", text.strip(), re.DOTALL)
    try:
        strict_json((fenced[1] if fenced else text).strip())
    except (ValueError, RecursionError):
        return False
    return True


def title(text: str) -> bool:
    """It has a title, `<<title>>`."""
    return any(found.strip() for found in _TITLE.findall(text))


def two_responses(text: str) -> bool:
    """It is two different responses, with `******` between them."""
    responses = [response.strip() for response in text.split("******")]
    given = [response for response in responses if response]
    return all(responses[1:-1]) and len(given) == 2 and given[0] != given[1]


def repeat_prompt(text: str, *, prompt_to_repeat: str) -> bool:
    """It begins with the request, word for word."""
    return text.strip().lower().startswith(prompt_to_repeat.strip().lower())


def end_checker(text: str, *, end_phrase: str) -> bool:
    """It ends with the phrase."""
    return text.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def capital_word_frequency(text: str, *, capital_frequency: int, capital_relation: str) -> bool:
    """It has so many words in capitals."""
    capitals = sum(1 for word in _TOKEN.findall(text) if word.isupper())
    return _related(capitals, capital_relation, capital_frequency)


def english_capital(text: str) -> bool:
    """All its letters are capitals, of the Latin alphabet."""
    return text.isupper() and _is_latin(text)


def english_lowercase(text: str) -> bool:
    """None of its letters is a capital; they are of the Latin alphabet."""
    return text.islower() and _is_latin(text)


def no_comma(text: str) -> bool:
    """It has no comma."""
    return "," not in text


def quotation(text: str) -> bool:
    """It stands in double quotation marks."""
    stripped = text.strip()
    return len(stripped) > 1 and stripped[0] == stripped[-1] == '"'


INSTRUCTIONS: dict[str, Instruction] = {
    "keywords:existence": keyword_existence,
    "keywords:frequency": keyword_frequency,
    "keywords:forbidden_words": forbidden_words,
    "keywords:letter_frequency": letter_frequency,
    "length_constraints:number_sentences": number_sentences,
    "length_constraints:number_paragraphs": number_paragraphs,
    "length_constraints:number_words": number_words,
    "length_constraints:nth_paragraph_first_word": nth_paragraph_first_word,
    "detectable_content:number_placeholders": number_placeholders,
    "detectable_content:postscript": postscript,
    "detectable_format:number_bullet_lists": number_bullet_lists,
    "detectable_format:constrained_response": constrained_response,
    "detectable_format:number_highlighted_sections": number_highlighted_sections,
    "detectable_format:multiple_sections": multiple_sections,
    "detectable_format:json_format": json_format,
    "detectable_format:title": title,
    "combination:two_responses": two_responses,
    "combination:repeat_prompt": repeat_prompt,
    "startend:end_checker": end_checker,
    "startend:quotation": quotation,
    "change_case:capital_word_frequency": capital_word_frequency,
    "change_case:english_capital": english_capital,
    "change_case:english_lowercase": english_lowercase,
    "punctuation:no_comma": no_comma,
}


def arguments_problem(name: str, arguments: dict[str, Any]) -> str | None:
    """What is wrong with the arguments of an instruction in `INSTRUCTIONS`; None if they can be used.

    >>> arguments_problem("punctuation:no_comma", {}), arguments_problem("startend:end_checker", {})
    (None, "startend:end_checker needs 'end_phrase'")
    """
    kinds = {
        key: kind for key, kind in INSTRUCTIONS[name].__annotations__.items() if key not in _NO_ARGUMENTS
    }
    if missing := [key for key in kinds if key not in arguments]:
        return f"{name} needs {missing[0]!r}"
    for key, kind in kinds.items():
        value = arguments[key]
        is_right = _IS_OF[kind](value) and (not key.endswith("relation") or value in _RELATIONS)
        if not is_right:
            return f"{name}: {key} can't be {value!r:.80}"
    return None


_RELATIONS = ("at least", "less than")
_NO_ARGUMENTS = frozenset({"text", "return"})
_IS_OF: dict[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "str": lambda value: isinstance(value, str) and bool(value.strip()),
    "list[str]": lambda value: (
        isinstance(value, list) and bool(value) and all(isinstance(one, str) and one.strip() for one in value)
    ),
}
"""By annotation, which is a text here: the table of the functions is also that of their arguments."""


def _related(count: int, relation: str, bound: int) -> bool:
    return count >= bound if relation == "at least" else count < bound


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and sum(map(str.isascii, letters)) >= 0.9 * len(letters)


def _sentences(text: str) -> int:
    """Sentences end with a mark that is no abbreviation's; what follows the last mark is one as well."""
    count, start = 0, 0
    for found in _SENTENCE_END.finditer(text):
        if found[0] == "." and _ABBREVIATION.search(text, max(start, found.end() - 8), found.end()):
            continue
        if _WORD.search(text, start, found.start()):
            count += 1
        start = found.end()
    return count + (_WORD.search(text, start) is not None)
