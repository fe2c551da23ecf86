r"""A run of letters: a name of mathematics, a word, a unit, or a product of variables.

In a formula TeX sets letters side by side as a product, so `gt^2` is g·t². A word is written in `\text`, or
alone between spaces and looks like one. Only this module decides which of them a run is.
"""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from rule_rm.math.reading.vocabulary import ALIASES, COMMANDS, LEADING, PLAIN_NAMES, SEPARATORS, SHORT_WORDS
from rule_rm.math.values.units import is_unit, is_written_out


class Token(NamedTuple):
    """A piece of a text. `kind` is number, letter, command, word or mark."""

    kind: str
    text: str
    spaced: bool = False
    """Return True if a space precedes it."""
    run: str = ""
    r"""The run of letters that a letter comes from, if the run may also be a unit: `cm` in `12cm`.

    `times` for a `*` that is written `\times`, `norm` for a double bar.
    """
    upright: bool = False
    r"""Return True for a letter in text mode: `\text{m}`."""


class Place(NamedTuple):
    """The surroundings of a run of letters."""

    spaced: bool
    last: Token | None
    """The token before it."""
    after: str
    """The character after it."""
    braced: bool
    """True within braces, as in an exponent or a fraction."""
    following: str = ""
    """The next character but spaces."""


_FORMULA = frozenset("^_+-*/=<>(!")
"""Marks that touch a variable rather than a word."""
_TOUCHING = _FORMULA | frozenset(")}]")
"""Marks that a variable follows without a space."""
_OPERATORS = frozenset("+-*/=")
"""Marks with an operand behind them, which a word can't be: the `at` of `v_0 + at`."""
_ALSO_VALUES = frozenset({"no", "up", "on"})
"""Words of two letters that may follow an equals sign: "answer = no"."""
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
"""A vowel, which a word has: `a`."""
_ORDINAL = re.compile(r"st|nd|rd|th")
"""The end of an ordinal: `th` of `5th`."""
_FUNCTION = re.compile(r"(?:arc)?(?:sin|cos|tan|cot|sec|csc)|ln|log")
"""The name of a function without a backslash: `arcsin`, `ln`."""
_SCRIPTS = re.compile(r"[a-zA-ZÀ-ɏ]+|[^a-zA-ZÀ-ɏ]+")
"""Letters of one script: `x或` is `x` and `或`."""
_ACCENTED = re.compile(r"(?=[a-zA-Z]*[À-ɏ])[a-zA-ZÀ-ɏ]{2,}")
"""A word with an accent, of which the letters are not variables: `días`."""
_JOINING = re.compile(r"(或者|以及|或|和|与|且|及)")
"""A Chinese word that joins two answers: `或`."""
_LONGEST_PRODUCT = 6
_SHORTEST_CAPITALS = 4
_SQUARED = frozenset({"sq", "cu"})
"""Abbreviations of "square" and "cubic" before a unit: `12 sq ft`."""
_ABBREVIATIONS = frozenset({"DNE"})
"""Capitals that are a phrase of mathematics: "does not exist"."""


def from_run(text: str, place: Place, variables: frozenset[str]) -> list[Token]:
    """Return the tokens of a run of letters outside of `\\text`; `variables` are known to be variables."""
    tokens: list[Token] = []
    for part in _SCRIPTS.findall(text):
        here = place if not tokens else place._replace(spaced=False, last=tokens[-1])
        if _ACCENTED.fullmatch(part):
            tokens.append(Token("word", part, here.spaced))
        else:
            tokens += _latin(part, here, variables) if part.isascii() else _foreign(part, here.spaced)
    return tokens


def _foreign(text: str, spaced: bool) -> list[Token]:
    tokens = []
    for part in filter(None, _JOINING.split(text)):
        if part.lower() in SEPARATORS:
            tokens.append(Token("command", SEPARATORS[part.lower()], spaced))
        elif len(part) == 1 and not is_unit(part) and part.islower() and not _is_ideograph(part):
            tokens.append(Token("letter", part, spaced))
        else:
            tokens.append(Token("word", part, spaced))
    return tokens


def _is_ideograph(character: str) -> bool:
    return ord(character) > 0x2E80  # the first of the CJK blocks


def _latin(text: str, place: Place, variables: frozenset[str]) -> list[Token]:
    if len(text) == 1:
        return [Token("letter", text, place.spaced)]
    after_number = place.last is not None and place.last.kind == "number"
    if after_number and is_unit(text) and place.after != "(" and not set(text) <= variables:
        if place.spaced or is_written_out(text):
            return [Token("word", text, place.spaced)]
    elif text in PLAIN_NAMES:
        return [Token("command", ALIASES.get(text, text), place.spaced)]
    if after_number and place.spaced and text in _SQUARED:
        return [Token("word", text, place.spaced)]
    if text.lower() in SEPARATORS:
        return [Token("command", SEPARATORS[text.lower()], place.spaced)]
    if after_number and not place.spaced and _ORDINAL.fullmatch(text):
        return [Token("word", text, place.spaced)]
    if text not in _ABBREVIATIONS and (set(text) <= variables or _is_product(text, place)):
        return _product(text, place.spaced)
    return [Token("word", text, place.spaced)]


def _product(text: str, spaced: bool) -> list[Token]:
    name = _FUNCTION.match(text)
    if name is not None and len(text) - name.end() == 1:
        function = ALIASES.get(name.group(), name.group())
        return [Token("command", function, spaced), Token("letter", text[-1])]
    run = text if is_unit(text) else ""
    return [Token("letter", letter, spaced and not at, run) for at, letter in enumerate(text)]


def _is_product(text: str, place: Place) -> bool:
    if not is_wordlike(text):
        return len(text) <= _LONGEST_PRODUCT
    if len(text) > _LONGEST_PRODUCT or is_written_out(text) or (len(text) > 2 and text in LEADING):
        return False
    if place.braced or place.after in _FORMULA:
        return True
    last = place.last
    if last is not None and last.text in _OPERATORS and len(text) == len("at"):
        return last.text != "=" or text.lower() not in _ALSO_VALUES
    if len(text) == len("at") and place.following and place.following in "+*/":
        return True
    return (
        last is not None
        and not place.spaced
        and (last.kind in ("number", "letter", "command") or last.text in _TOUCHING)
    )


def is_wordlike(text: str) -> bool:
    """Return True for letters that form a word: `odd`, `Tuesday`, `EVEN`, not `gt`, `nRT`, `abc`.

    >>> [text for text in ("odd", "mgh", "GMm", "xyz", "no", "Ce") if is_wordlike(text)]
    ['odd', 'no']
    """
    if len(text) == 2:
        return text.lower() in SHORT_WORDS and not text.isupper()
    if not (text[1:].islower() or (text.isupper() and len(text) >= _SHORTEST_CAPITALS)):
        return False
    in_order = all(ord(two) - ord(one) == 1 for one, two in itertools.pairwise(text))
    return _VOWEL.search(text) is not None and not in_order


def split_command(name: str) -> list[str]:
    r"""Return a command whose space was lost, as two: `\cosx` is `\cos x`; else the name alone."""
    if name in COMMANDS or name in ALIASES:
        return [name]
    for rest in (1, 2):
        if name[:-rest] in COMMANDS or name[:-rest] in ALIASES:
            return [name[:-rest], *name[-rest:]]
    return [name]
