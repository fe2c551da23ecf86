r"""Read a text into its value: the only place that knows how answers are written.

The outermost structure is read first (words, conditions, a list, a relation, a set, a tuple, a matrix). The
rest is an expression with its unit. A text that can't be read raises UnreadableError; mathematics that only
math-verify may know raises BeyondReadingError. Nothing is left out unless it is on a closed list.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from rule_rm.math.reading.brackets import Tokens, deepest, outer, split, trimmed
from rule_rm.math.reading.calendar import calendar
from rule_rm.math.reading.conditions import conditioned, restated
from rule_rm.math.reading.extremes import extreme
from rule_rm.math.reading.joining import joined, mixed, with_equals
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.logic import logic, with_denials
from rule_rm.math.reading.measured import measured, with_unit_in_letters
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.notations import lettered, notation
from rule_rm.math.reading.number_words import number_in_words
from rule_rm.math.reading.phrases import listed, phrase
from rule_rm.math.reading.placed import placed
from rule_rm.math.reading.quantities import based, odds, quantity, ratio, without_leading, without_precision
from rule_rm.math.reading.rates import growth
from rule_rm.math.reading.relations import bare_congruence, is_of_residues, relation
from rule_rm.math.reading.sentences import exception, labelled, sentence, statement
from rule_rm.math.reading.sets import brackets, elements, endless, set_of, straightened
from rule_rm.math.reading.spans import span
from rule_rm.math.reading.structures import structure
from rule_rm.math.reading.tokens import tokenise
from rule_rm.math.reading.unit_names import CURRENCIES
from rule_rm.math.reading.vocabulary import FIELDS, LEADING, RELATIONS, STATEMENTS
from rule_rm.math.reading.wording import as_written, reasoned_verdict
from rule_rm.math.values.answers import Several, Value, Words
from rule_rm.math.values.expression import BeyondReadingError, TooCostlyError, UnreadableError

_DEEPEST_BRACKETS = 40
_COMPASS = frozenset("NESW")
_LENGTH_OF_BEARING = 4
"""Tokens of `N 30^\\circ E`."""
_SAYS_NOTHING = 3
"""Words from which on a text with a letter in it is prose."""


class Hints(NamedTuple):
    """Facts from the other side of a comparison."""

    variables: frozenset[str] = frozenset()
    """Letters that are variables: a run of them is a product."""
    units: bool = False
    """Return True if letters after a number that may be a unit are one."""
    ratios: bool = False
    """Return True if `1:12` is a ratio and no time."""


NO_HINTS = Hints()


def read(text: str, hints: Hints = NO_HINTS) -> Value:
    r"""Return the value of a text.

    Raises UnreadableError, BeyondReadingError or TooCostlyError if it has none here.

    >>> type(read(r"x \in (0, 1]")).__name__
    'Interval'
    >>> read("Tuesday.")
    Words(text='tuesday')
    """
    return _read(normalise(text), hints)


@lru_cache(maxsize=4096)
def _read(text: str, hints: Hints) -> Value:
    if (noted := notation(text)) is not None:
        return noted
    if parts := lettered(text):
        with suppress(UnreadableError):
            return Several(tuple(_read(part, hints) for part in parts), "(")
    tokens = tokenise(text, hints.variables)
    if not tokens:
        raise UnreadableError("there is nothing")
    if deepest(tokens) > _DEEPEST_BRACKETS:
        raise TooCostlyError(f"nested more than {_DEEPEST_BRACKETS} deep")
    try:
        return _Reader(hints).value(tokens)
    except BeyondReadingError:
        raise
    except UnreadableError:
        if (statement := as_written(tokens)) is None:
            raise
        return statement


class _Reader:
    """Reads tokens with the hints of one comparison."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints

    def value(self, tokens: Tokens) -> Value:
        """Return the value that tokens mean."""
        tokens = _with_sign(trimmed(tokens))
        if (direction := _bearing(tokens)) is not None:
            return direction
        if (rate := growth(tokens)) is not None:
            return rate
        if (space := span(tokens, self.value)) is not None:
            return space
        if _is_plain(tokens):
            return quantity(tokens, units=self.hints.units)
        if not self.hints.ratios and (time := calendar(tokens)) is not None:
            return time
        if (verdict := reasoned_verdict(tokens)) is not None:
            return verdict
        if (said := self.words(tokens)) is not None:
            return said
        tokens = without_precision(_without_label(without_leading(tokens)))
        if (said := self.words(tokens)) is not None:
            return said
        tokens = straightened(restated(tokens))
        has_words = any(token.kind == "word" for token in tokens)
        readings: tuple[Callable[[Tokens, Callable[[Tokens], Value]], Value | None], ...] = (
            *((extreme, exception, placed, self.told) if has_words else ()),
            conditioned,
            self.listed,
            labelled,
            self.proposition,
            measured,
            structure,
            relation,
            set_of,
            brackets,
        )
        for reading in readings:
            if (value := reading(tokens, self.value)) is not None:
                return value
        if has_words and (said := statement(tokens, self.value)) is not None:
            return said
        plain = based(tokens) or odds(tokens) or bare_congruence(tokens) or ratio(tokens)
        return plain if plain is not None else quantity(tokens, units=self.hints.units)

    def told(self, tokens: Tokens, _: object) -> Value | None:
        """Return the value of a sentence, where letters apart from a number are a unit: "is 12 m/s"."""
        return sentence(tokens, lambda rest: with_unit_in_letters(rest) or self.value(rest))

    def words(self, tokens: Tokens) -> Value | None:
        """Return the value of a phrase of words; None if it contains mathematics."""
        if not any(token.kind == "word" for token in tokens):
            return None
        if any(
            token.kind == "number" or token.text in RELATIONS or token.text in CURRENCIES for token in tokens
        ):
            return None
        others = [
            token
            for at, token in enumerate(tokens)
            if token.kind in ("command", "letter")
            and token.text not in ("and", "or", "to", "min", "max")
            and not (token.text in ("a", "A", "I") and at + 1 < len(tokens) and tokens[at + 1].kind == "word")
        ]
        if others:
            count = sum(token.kind == "word" for token in tokens)
            is_prose = count >= _SAYS_NOTHING and all(token.kind == "letter" for token in others)
            return phrase(tokens) if is_prose and tokens[0].kind == "word" and len(others) <= count else None
        if number_in_words(" ".join(token.text for token in tokens)) is not None:
            return phrase(tokens)
        if any(token.text in (",", "and", "or", ";") for token in tokens) and (several := listed(tokens)):
            return several
        return phrase(tokens)

    def proposition(self, tokens: Tokens, _: object) -> Value | None:
        r"""Return a proposition; `\land` between relations joins conditions."""
        tokens = with_denials(tokens)
        parts, found = split(tokens, {"land", "lor"})
        if found and all(any(token.text in RELATIONS for token in part) for part in parts):
            marks = {"or" if sign == "lor" else "and" for sign in found}
            if len(marks) > 1:
                raise UnreadableError("conditions joined in two ways")
            return self.joined(parts, marks, is_logic=True)
        return logic(tokens)

    def listed(self, tokens: Tokens, _: object) -> Value | None:
        """Return values with semicolons, commas, "and" or "or" between them."""
        if is_of_residues(tokens):
            return None
        if (written_out := elements(tokens, self.value)) is not None:
            return Several(tuple(written_out))
        if (going_on := endless(tokens, self.value)) is not None:
            return going_on
        if (number := mixed(tokens)) is not None:
            return number
        for marks in ({";"}, {",", "and", "or"}):
            parts, found = split(tokens, marks)
            if found:
                parts = [part for part in parts if part]
                if not parts:
                    raise UnreadableError("a list of nothing")
                return self.joined(parts, set(found))
        return None

    def joined(self, parts: list[Tokens], marks: set[str], *, is_logic: bool = False) -> Value:
        """Return several values, or the conditions that they are together."""
        return joined([self.value(part) for part in with_equals(parts)], marks, is_logic=is_logic)


_STRUCTURAL = (
    RELATIONS
    | FIELDS
    | STATEMENTS
    | set(CURRENCIES)
    | {",", ";", ":", "and", "or", "to", "begin", "land", "lor", "not", "pmod", "mod", "implies", "iff"}
    | {r"\{", "[", "]", "'", '"', "&", "?", "!", "...", "ldots", "ihat", "jhat", "khat"}
)
"""Tokens that may make more than an expression of the text around them."""
_TRANSPOSED = frozenset({"T", "top", "t", "intercal"})
_STARTING = ("number", "command", "letter")
"""The kinds of tokens that a plain expression starts with, besides a sign and a bracket."""


def _is_plain(tokens: Tokens) -> bool:
    """Return True for an expression without structure, which need not be looked at for any."""
    first = tokens[0]
    if [token.text for token in tokens[1::2]] == ["/", "/"]:
        return False
    if first.text in LEADING or (first.kind not in _STARTING and first.text not in ("-", "(")):
        return False
    last = first
    for token in tokens:
        text = token.text
        if token.kind == "word" or token.upright or text in _STRUCTURAL:
            return False
        if text == "_" and (last.kind != "letter" or first.kind == "number"):
            return False
        if text in _TRANSPOSED and last.text in ("^", "{"):
            return False
        if last.text == "%":
            return False
        last = token
    return first.kind != "letter" or len(tokens) == 1 or tokens[1].text != "("


def _bearing(tokens: Tokens) -> Words | None:
    r"""Return a direction of the compass as words: `N 30^\circ E`."""
    if tokens[0].text not in _COMPASS or tokens[-1].text not in _COMPASS or len(tokens) != _LENGTH_OF_BEARING:
        return None
    texts = [token.text for token in tokens]
    return Words(" ".join(texts)) if tokens[1].kind == "number" and texts[2] == "degree" else None


def _with_sign(tokens: Tokens) -> Tokens:
    """Return the tokens with a minus for the word before a number: "negative 7"."""
    if len(tokens) < 2 or tokens[0].kind != "word" or tokens[0].text.lower() not in ("negative", "minus"):
        return tokens
    is_number = tokens[1].kind == "number" or tokens[1].text in ("frac", "sqrt")
    return [Token("mark", "-"), *tokens[1:]] if is_number else tokens


def _without_label(tokens: Tokens) -> Tokens:
    """Remove a label and its colon: "Vertex: (1, 5)", `\\ell: y = 2x`, `f: x \\mapsto 2x`."""
    tokens = _without_arrow(tokens)
    if not any(token.text == ":" for token in tokens):
        return tokens
    at = next((place for place, token in outer(tokens) if token.text == ":"), 0)
    rest = tokens[at + 1 :]
    is_name = (
        0 < at <= _SAYS_NOTHING
        and rest
        and (
            all(token.kind == "word" and token.text.lower() in LEADING for token in tokens[:at])
            or (
                at == 1
                and tokens[0].kind in ("letter", "command")
                and any(token.text in RELATIONS for token in rest)
                and not any(token.text == "," for _, token in outer(rest))
            )
        )
    )
    return rest if is_name else tokens


def _without_arrow(tokens: Tokens) -> Tokens:
    """Remove the variable of `x \\mapsto 2x + 3`."""
    if not any(token.text == "mapsto" for token in tokens):
        return tokens
    at = next((place for place, token in outer(tokens) if token.text == "mapsto"), 0)
    left = [token.text for token in tokens[:at] if token.text not in ("(", ")")]
    plain = len(left) == 1 or (len(left) == 3 and left[1] in (":", "=") and len(left[2]) == 1)
    return tokens[at + 1 :] if at and plain and len(tokens) > at + 1 else tokens
