"""A sentence with a value in it: "There are 365 ways", "The current is 2 amps", "Tom has 42 apples left"."""

from __future__ import annotations

from collections.abc import Callable

from rule_rm.math.reading.brackets import Tokens, outer
from rule_rm.math.reading.number_words import number_in_words
from rule_rm.math.reading.unit_names import CHANGES, DENIES
from rule_rm.math.values.answers import Named, Quantity, SetOperation, Several, Value
from rule_rm.math.values.expression import UnreadableError

Read = Callable[[Tokens], Value]
_VERBS = frozenset({"is", "are", "was", "were", "has", "have", "had", "equals", "be"})
_VALUES = frozenset({"infty", "pi", "emptyset"})
"""Commands that are values."""
_BEFORE_VERBS = frozenset({"will", "would", "must", "should"})
_EMPTY_SUBJECTS = frozenset({"there", "it", "this", "that", "they", "we", "he", "she", "i", "you", "answer"})
_MOST_WORDS = 12
_LONGEST_LABEL = 4
"""Words of a label before a colon: "Axis of symmetry"."""


def exception(tokens: Tokens, read: Read) -> Value | None:
    """Return "all real numbers except 0" as a difference of sets."""
    for at, token in outer(tokens):
        if token.text.lower() in ("except", "excluding", "besides") and token.kind == "word" and at:
            rest = tokens[at + 1 :]
            rest = rest[1:] if len(rest) > 1 and rest[0].text.lower() in ("for", "when") else rest
            removed = read(rest) if rest else None
            if isinstance(removed, Named):
                removed = removed.value
            if isinstance(removed, Quantity):
                removed = Several((removed,), "{")
            if isinstance(removed, Several):
                return SetOperation("setminus", (read(tokens[:at]), Several(removed.values, "{")))
    return None


def changes_value(word: str) -> bool:
    """Return True for a word that changes or denies the value behind it: "twice", "least"."""
    changing = (
        CHANGES.fullmatch(word) or DENIES.fullmatch(word) or word in ("square", "cube", "least", "most")
    )
    return bool(changing) or number_in_words(word) is not None


def labelled(tokens: Tokens, read: Read) -> Value | None:
    """Return "Domain: [2, 5]" as a value under its label; None if no words and a colon come first.

    The label is a name, which the question or the golden answer has to have.
    """
    if (interval := _confidence(tokens, read)) is not None:
        return interval
    at = next((place for place, token in enumerate(tokens) if token.kind != "word"), 0)
    if not 0 < at <= _LONGEST_LABEL or tokens[at].text != ":" or at + 1 == len(tokens):
        return None
    words = [token.text.lower() for token in tokens[:at]]
    if any(changes_value(word) for word in words):
        raise UnreadableError("a label that changes the value")
    return Named(" ".join(words), read(tokens[at + 1 :]))


def _confidence(tokens: Tokens, read: Read) -> Named | None:
    r"""Return `95\% \text{ CI: } (1, 2)` as an interval under its name; None for another text."""
    level = (
        f"{tokens[0].text}% "
        if tokens[0].kind == "number" and len(tokens) > 1 and tokens[1].text == "%"
        else ""
    )
    start = 2 if level else 0
    at = next((place for place, token in enumerate(tokens) if token.text == ":"), 0)
    said = "".join(token.text for token in tokens[start:at]).lower()
    if said not in ("ci", "confidenceinterval") or at + 1 >= len(tokens):
        return None
    return Named(f"{level}confidence interval", read(tokens[at + 1 :]))


def statement(tokens: Tokens, read: Read) -> Value | None:
    """Return "she sold 18 tickets" as a value under the words before it; None if it starts otherwise.

    The words have to be known from the question, and none may change the value: "twice 18" is not 18.
    """
    at = next((place for place, token in enumerate(tokens) if token.kind != "word"), 0)
    if not 0 < at <= _MOST_WORDS or tokens[at].kind != "number":
        return None
    words = [token.text.lower() for token in tokens[:at]]
    if any(changes_value(word) for word in words):
        raise UnreadableError("words before the value that change it")
    return Named(" ".join(words), read(tokens[at:]))


def sentence(tokens: Tokens, read: Read) -> Value | None:
    """Return the value of a sentence under the name of its subject; None if it is not a sentence.

    The words of the subject are a name, so the question must have them. The text behind the verb is read like
    any answer, and must not deny anything.
    """
    at = next(
        (place for place, token in outer(tokens) if token.text.lower() in _VERBS and token.kind == "word"), 0
    )
    subject, rest = tokens[:at], tokens[at + 1 :]
    if not 0 < at <= _MOST_WORDS or not any(
        token.kind == "number" or token.text in _VALUES for token in rest
    ):
        return None
    words = [token.text.lower() for token in subject if token.text.lower() not in _BEFORE_VERBS]
    if any(token.kind not in ("word", "letter") for token in subject) or subject[0].kind != "word":
        return None
    if rest[0].text.lower() in ("not", "never", "no", "n't"):
        return None
    said = [word for word in words if word not in _EMPTY_SUBJECTS | {"the", "a", "an", "of", "in"}]
    value = read(rest)
    return Named(" ".join(said), value) if said else value
