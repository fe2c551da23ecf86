"""Words: numbers in words, facts such as "no solution", and everything else as the words that they are."""

from __future__ import annotations

import re

from rule_rm.math.reading.brackets import Tokens
from rule_rm.math.reading.number_words import chinese_number, number_in_words
from rule_rm.math.reading.unit_names import CHANGES, DENIES
from rule_rm.math.values.answers import EMPTY_SET, REALS, Quantity, Several, Value, Words
from rule_rm.math.values.expression import INFINITY, UnreadableError, negative
from rule_rm.math.values.units import read_unit

IN_WORDS = frozenset(",.':;()-?\"/&!")
_LONGEST_NOUN = 3
_PLAIN_WORDS = re.compile(r"[\W_]+")
"""Characters between words: `, ` in `no, none`."""
_ALL_REALS = re.compile(
    r"(?:the set of )?(?:all|any)(?: real)? (?:reals?|numbers?)|reals|(?:all )?real numbers?"
)
"""A name of the set of real numbers: `all real numbers`, `the set of all reals`."""
_SUBJECT = re.compile(
    r"^(?:it|this|that|they|these|(?:the|this|a|an|each|every) [^\W\d_]+(?: [^\W\d_]+)?)"
    r" (?:is|are|was|were|has|have) (?=[^\W\d_])|^there (?:is|are) (?=[^\W\d_])"
)
"""A subject before its predicate: "the function is"."""
_SIGN = re.compile(r"^(?:negative|minus) ")
"""The sign of a number in words: `negative` in `negative seven`."""
_OF_LIMITS = re.compile(
    r"(?:it|this|(?:improper |infinite |given )?(?:integral|series|limit|sequence|sum)) "
    r"(?=(?:diverges|converges(?: absolutely| conditionally)?|does not (?:exist|converge)|doesn t exist)$)"
)
"""A subject before a verdict on a limit: `integral` in `integral diverges`."""
_ARTICLE = re.compile(r"\b(?:a|an|the) (?=[^\W\d_])")
"""An article before a word: `the ` in `the function`."""
_SAME = {
    "dne": "does not exist",
    "doesn t exist": "does not exist",
    "divergent": "diverges",
    "does not converge": "diverges",
    "convergent": "converges",
    "absolutely convergent": "converges absolutely",
    "conditionally convergent": "converges conditionally",
    "empty set": "nothing",
    "no solution": "nothing",
    "no solutions": "nothing",
    "no real solution": "nothing",
    "no real solutions": "nothing",
    **dict.fromkeys(("no solution exists", "no solutions exist", "no real solutions exist"), "nothing"),
    "无解": "nothing",
    "空集": "nothing",
    "infinity": "infinity",
    "positive infinity": "infinity",
    "infinite": "infinity",
    "all integers": "ZZ",
    "integers": "ZZ",
    "all real numbers": "RR",
}
"""Phrases that say the same: a closed list."""


def phrase(tokens: Tokens) -> Value:
    """Return the value of words. Raises UnreadableError if signs of mathematics are between them."""
    if any(token.kind == "mark" and token.text not in IN_WORDS for token in tokens) or tokens[0].text == "-":
        raise UnreadableError("words with signs between them")
    text = canonical(" ".join(token.text for token in tokens))
    size = _SIGN.sub("", text)
    number = number_in_words(size) or chinese_number(text)
    if number is not None:
        return Quantity(number if size == text else negative(number))
    if (counted := _counted(text)) is not None:
        return counted
    if _ALL_REALS.fullmatch(text) or text == "RR":
        return REALS
    if text == "nothing":
        return EMPTY_SET
    if text == "infinity":
        return Quantity(INFINITY)
    return Words(text)


def _counted(text: str) -> Quantity | None:
    """Return "four years" as a quantity: the longest number in words, and its unit or noun."""
    words = text.split()
    for length in range(len(words) - 1, 0, -1):
        number = number_in_words(" ".join(words[:length]))
        rest = words[length:]
        said = not any(CHANGES.fullmatch(word) or DENIES.fullmatch(word) for word in rest)
        unit = read_unit(" ".join(rest)) if number and said else None
        if number is not None and unit is not None and len(words) - length <= _LONGEST_NOUN:
            return Quantity(number, unit)
    return None


def canonical(text: str) -> str:
    """Return words in lower case, without articles and without a subject that says nothing.

    >>> canonical("It is an ellipse."), canonical("The function is even"), canonical("not even")
    ('ellipse', 'even', 'not even')
    """
    text = _PLAIN_WORDS.sub(" ", text).strip().lower()
    text = _SUBJECT.sub("", text, count=1).removeprefix("on ")
    text = _OF_LIMITS.sub("", _ARTICLE.sub("", text) or text, count=1)
    return _SAME.get(text, text)


def listed(tokens: Tokens) -> Value | None:
    """Return names with "and" or commas between them, such as "Alice and Bob", as a list."""
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.text in ("and", "or", ",", "&"):
            parts.append([])
        else:
            parts[-1].append(token.text)
    names = [canonical(" ".join(part)) for part in parts if part]
    if len(names) < len(parts) or len(parts) == 1 or any(len(name.split()) > 3 for name in names):
        return None
    return Several(tuple(Words(name) for name in names))
