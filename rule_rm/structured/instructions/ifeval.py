"""Verifiable instructions: those of IFEval (Zhou et al. 2023, arXiv 2311.07911), one small function for each.

A function takes the response and the instruction's arguments by their names in IFEval's data. It returns True
if the response follows the instruction. `language:response_language` is in `libraries`, as it needs a trained
model. A sentence ends at its punctuation; IFEval's trained tokenizer differs at abbreviations. Keywords are
strings, not patterns.
"""

from __future__ import annotations

import re

from rule_rm.structured.instructions.text import Instruction, sentences
from rule_rm.structured.strict import strict_json

_WORD = re.compile(r"\w+")
"""A run of letters and digits: `don` and `t` of `don't`."""
_TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*")
"""A word with its inner signs: `don't`, `well-known`, `3.5`."""
_DIVIDER = re.compile(r"\s?\*\*\*\s?")
"""A line between paragraphs: `***`."""
_HIGHLIGHT = re.compile(r"\*\*[^\n*]+\*\*|\*[^\n*]+\*")
"""A highlight of Markdown: `*one*`, `**two**`."""
_BULLET = re.compile(r"^[^\S\n]*(?:\*[^*\n]|-)[^\n]*$", re.MULTILINE)
"""A line that is a bullet: `* one`, `- two`."""
_TITLE = re.compile(r"<<([^\n<>]+)>>")
"""A title: `<<A title>>`."""
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]*\]")
"""A placeholder: `[address]`."""
_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_EDGES = "'\"“”‘’*_([{"


def keyword_existence(text: str, *, keywords: list[str]) -> bool:
    """Return True if each keyword occurs, in any case."""
    lowered = text.lower()
    return all(keyword.lower() in lowered for keyword in keywords)


def keyword_frequency(text: str, *, keyword: str, frequency: int, relation: str) -> bool:
    """Return True if the keyword occurs "at least" or "less than" `frequency` times."""
    return _related(text.lower().count(keyword.strip().lower()), relation, frequency)


def forbidden_words(text: str, *, forbidden_words: list[str]) -> bool:
    """Return True if none of the words occurs."""
    words = "|".join(re.escape(word) for word in forbidden_words)
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE) is None


def letter_frequency(text: str, *, letter: str, let_frequency: int, let_relation: str) -> bool:
    """Return True if the letter occurs as often as required, in any case."""
    return _related(text.lower().count(letter.lower()), let_relation, let_frequency)


def number_sentences(text: str, *, num_sentences: int, relation: str) -> bool:
    """Return True if the number of sentences is as required."""
    return _related(len(sentences(text)), relation, num_sentences)


def number_paragraphs(text: str, *, num_paragraphs: int) -> bool:
    """Return True if there are exactly `num_paragraphs` paragraphs, separated by `***` and not empty."""
    paragraphs = [paragraph.strip() for paragraph in _DIVIDER.split(text)]
    return all(paragraphs[1:-1]) and len([one for one in paragraphs if one]) == num_paragraphs


def number_words(text: str, *, num_words: int, relation: str) -> bool:
    """Return True if the number of words is as required."""
    return _related(sum(1 for _ in _WORD.finditer(text)), relation, num_words)


def nth_paragraph_first_word(text: str, *, num_paragraphs: int, nth_paragraph: int, first_word: str) -> bool:
    """Return True if there are as many paragraphs as required and one of them begins with the word.

    Empty lines separate paragraphs; `nth_paragraph` names the one.
    """
    paragraphs = [one for one in text.split("\n\n") if one.strip()]
    if len(paragraphs) != num_paragraphs:
        return False
    words = paragraphs[nth_paragraph - 1].split() if 0 < nth_paragraph <= num_paragraphs else []
    found = re.match(r"[^.,?!'\"]*", words[0].lstrip(_EDGES)) if words else None
    return found is not None and found[0].lower() == first_word.lower()


def number_placeholders(text: str, *, num_placeholders: int) -> bool:
    """Return True if there are at least `num_placeholders` placeholders, such as `[address]`."""
    return len(_PLACEHOLDER.findall(text)) >= num_placeholders


def postscript(text: str, *, postscript_marker: str) -> bool:
    """Return True if there is a postscript, which begins with the marker."""
    letters = [re.escape(letter) for letter in postscript_marker.strip().lower() if letter.isalnum()]
    dotted = (
        r"\.\s?".join(letters) if "." in postscript_marker else re.escape(postscript_marker.strip().lower())
    )
    return re.search(rf"(?<!\w){dotted}", text.lower()) is not None


def number_bullet_lists(text: str, *, num_bullets: int) -> bool:
    """Return True if exactly `num_bullets` lines begin with `*` or `-`."""
    return len(_BULLET.findall(text)) == num_bullets


def constrained_response(text: str) -> bool:
    """Return True if exactly one of "My answer is yes.", "… no." and "… maybe." occurs."""
    return sum(answer in text for answer in _ANSWERS) == 1


def number_highlighted_sections(text: str, *, num_highlights: int) -> bool:
    """Return True if there are at least `num_highlights` highlights, such as `*highlight*`."""
    return sum(1 for found in _HIGHLIGHT.findall(text) if found.strip("* ")) >= num_highlights


def multiple_sections(text: str, *, section_spliter: str, num_sections: int) -> bool:
    """Return True if there are at least `num_sections` sections, such as `Section 1`."""
    heading = re.compile(rf"(?<!\w){re.escape(section_spliter.strip())}\s?\d+")
    return len({found.split()[-1] for found in heading.findall(text)}) >= num_sections


def json_format(text: str) -> bool:
    """Return True if all of it is JSON, which may be fenced."""
    fenced = re.fullmatch(r"```(?:json|JSON|Json)?(.*)```", text.strip(), re.DOTALL)
    try:
        strict_json((fenced[1] if fenced else text).strip())
    except (ValueError, RecursionError):
        return False
    return True


def title(text: str) -> bool:
    """Return True if there is a title, such as `<<title>>`."""
    return any(found.strip() for found in _TITLE.findall(text))


def two_responses(text: str) -> bool:
    """Return True if there are two different responses, separated by `******`."""
    responses = [response.strip() for response in text.split("******")]
    given = [response for response in responses if response]
    return all(responses[1:-1]) and len(given) == 2 and given[0] != given[1]


def repeat_prompt(text: str, *, prompt_to_repeat: str) -> bool:
    """Return True if the response begins with the request, word for word."""
    return text.strip().lower().startswith(prompt_to_repeat.strip().lower())


def end_checker(text: str, *, end_phrase: str) -> bool:
    """Return True if the response ends with the phrase."""
    return text.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def capital_word_frequency(text: str, *, capital_frequency: int, capital_relation: str) -> bool:
    """Return True if the number of words in capitals is as required."""
    capitals = sum(1 for word in _TOKEN.findall(text) if word.isupper())
    return _related(capitals, capital_relation, capital_frequency)


def english_capital(text: str) -> bool:
    """Return True if all its letters are capitals of the Latin alphabet."""
    return text.isupper() and _is_latin(text)


def english_lowercase(text: str) -> bool:
    """Return True if all its letters are small letters of the Latin alphabet."""
    return text.islower() and _is_latin(text)


def no_comma(text: str) -> bool:
    """Return True if there is no comma."""
    return "," not in text


def quotation(text: str) -> bool:
    """Return True if the response is in double quotation marks."""
    stripped = text.strip()
    return len(stripped) > 1 and stripped[0] == stripped[-1] == '"'


IFEVAL: dict[str, Instruction] = {
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


def _related(count: int, relation: str, bound: int) -> bool:
    return count >= bound if relation == "at least" else count < bound


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and sum(map(str.isascii, letters)) >= 0.9 * len(letters)
