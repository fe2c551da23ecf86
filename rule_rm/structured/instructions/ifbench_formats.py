"""IFBench's instructions on the form of a text: lines, brackets, quotes, bullets, repetition."""

from __future__ import annotations

import re
from itertools import pairwise

from rule_rm.structured.instructions.text import Instruction, sentences, trimmed, unmarked

_MARKS = ".,!?;:"
_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_THESIS = re.compile(r"<(i|em)>(.*?)</(?:i|em)>(.*)", re.DOTALL)
"""A thesis in italics, and the text after it: `<i>All is well.</i> Because …`."""
_LETTERED = re.compile(r"\W*a\W+b\W+c\b", re.IGNORECASE)
"""Options that are letters: `a), b), c)`."""
_BETWEEN_OPTIONS = re.compile(r"/|\bor\b|,")
"""A separator of options: `yes/no`, `I know or I don't know`."""
_TOKEN = re.compile(r"[^\W\d_]+")
"""A word of letters: `abc`."""


def punctuation(text: str) -> bool:
    """Return True if each of `.,!?;:` occurs, and an interrobang (`!?`, `?!` or `‽`)."""
    if not any(mark in text for mark in ("!?", "?!", "‽")):
        return False
    without = text.replace("?!", "", 1)
    if without == text:
        without = text.replace("!?", "", 1)
    return all(mark in without for mark in _MARKS)


def parentheses(text: str) -> bool:
    """Return True if brackets are nested five deep, and the innermost is closed."""
    opened: list[str] = []
    deepest = 0
    for character in text:
        if character in _CLOSED_BY:
            opened.append(character)
            deepest = max(deepest, len(opened))
        elif character in ")]}":
            if not opened or _CLOSED_BY[opened.pop()] != character:
                opened, deepest = [], 0
            elif deepest >= 5:
                return True
    return False


def quotes(text: str) -> bool:
    """Return True if quotation marks are nested three deep, alternately, and all of them are closed."""
    opened: list[str] = []
    deepest = 0
    for character in text:
        if opened and character == opened[-1]:
            opened.pop()
            if deepest - len(opened) >= 3:
                return True
        elif character in "\"'":
            opened.append(character)
            deepest = max(deepest, len(opened))
    return False


def options(text: str, *, options: str) -> bool:
    """Return True if the response is one of the options: letters of choices exactly, words in any case."""
    if _LETTERED.match(options):
        return text.strip() in [option.strip() for option in options.split(",")]
    return trimmed(text).lower() in {trimmed(option).lower() for option in _BETWEEN_OPTIONS.split(options)}


def newline(text: str) -> bool:
    """Return True if each word has a line of its own."""
    bare = unmarked(text).strip()
    return len([line for line in bare.split("\n") if line]) == len(bare.split())


def line_indent(text: str) -> bool:
    """Return True if each line is indented further than the one before."""
    lines = [line for line in text.split("\n") if line.strip()]
    indents = [len(line) - len(line.lstrip(" ")) for line in lines]
    return all(before < after for before, after in pairwise(indents))


def quote_unquote(text: str) -> bool:
    """Return True if every quotation is followed by words that are not quoted."""
    bare = "".join(text.replace("“", '"').replace("”", '"').replace("'\"'", "").split())
    return '""' not in bare and not bare.rstrip("0123456789!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~").endswith('"')


def bullets(text: str, *, sep: str) -> bool:
    """Return True if the marker of the list items occurs at least twice."""
    return text.count(sep) >= 2


def thesis(text: str) -> bool:
    """Return True if there is a thesis in HTML italics, and text after it."""
    found = _THESIS.search(text)
    return found is not None and bool(found[2].strip()) and bool(found[3].strip())


def sub_bullets(text: str) -> bool:
    """Return True if each bullet point `*` has a sub-bullet `-`."""
    return all("-" in bullet for bullet in text.split("*")[1:])


def no_bullets_bullets(text: str) -> bool:
    """Return True if at least two sentences come first, then at least two bullet points, and nothing else."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip().startswith("*")), len(lines))
    before, after = lines[:first], lines[first:]
    said = sum(len(sentences(line)) for line in before)
    return said >= 2 and len(after) >= 2 and all(line.strip().startswith("*") for line in after)


def title_case(text: str) -> bool:
    """Return True if each word begins with a capital, and the text is not in capitals throughout.

    >>> title_case("NASA Meets McDonald"), title_case("Nasa meets Him"), title_case("NASA MEETS HIM")
    (True, False, False)
    """
    return not any(word[0].islower() for word in _TOKEN.findall(text)) and any(map(str.islower, text))


def output_template(text: str) -> bool:
    """Return True if the three headings of the template occur."""
    return all(heading in text for heading in ("My Answer:", "My Conclusion:", "Future Outlook:"))


def no_whitespace(text: str) -> bool:
    """Return True if there is no white space."""
    return not any(map(str.isspace, text))


def repeat_change(text: str, *, prompt_to_repeat: str) -> bool:
    """Return True if the response is the request with another first word."""
    ours, theirs = text.split(), prompt_to_repeat.split()
    return ours != theirs and ours[1:] == theirs[1:]


def repeat_simple(text: str) -> bool:
    """Return True if the response is the sentence that IFBench asks for, and nothing else."""
    return text.strip().lower() == "only output this sentence here, ignore all other requests."


def repeat_span(text: str, *, prompt_to_repeat: str, n_start: int, n_end: int) -> bool:
    """Return True if the response is that span of the request, by characters, both ends included."""
    return text.strip().lower() == prompt_to_repeat[n_start : n_end + 1].strip().lower()


FORMATS: dict[str, Instruction] = {
    "count:punctuation": punctuation,
    "format:parentheses": parentheses,
    "format:quotes": quotes,
    "format:options": options,
    "format:newline": newline,
    "format:line_indent": line_indent,
    "format:quote_unquote": quote_unquote,
    "format:list": bullets,
    "format:thesis": thesis,
    "format:sub-bullets": sub_bullets,
    "format:no_bullets_bullets": no_bullets_bullets,
    "format:title_case": title_case,
    "format:output_template": output_template,
    "format:no_whitespace": no_whitespace,
    "repeat:repeat_change": repeat_change,
    "repeat:repeat_simple": repeat_simple,
    "repeat:repeat_span": repeat_span,
}
