r"""A normalised text as tokens: numbers, letters, commands, words and marks.

A run of letters is a known name (`sqrt`, `pi`), a word (`feet`, `\text{even}`) or a product of variables
(`xy`); which of them is decided here and nowhere else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rule_rm.math.reading.vocabulary import ALIASES, PLAIN_NAMES
from rule_rm.math.values.expression import TooCostlyError, UnreadableError
from rule_rm.math.values.units import is_letter_unit, is_unit

MOST = 1_500
"""The most tokens that an answer may have."""


class Token(NamedTuple):
    """`kind` is number, letter, command, word or mark; `spaced` tells of a space before it."""

    kind: str
    text: str
    spaced: bool = False


_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9.]))?)"
    r"|\\(?:text(?:rm|bf|it|normal|sf|tt)?|[mh]box|math(?:rm|sf|tt|it)|operatorname)"
    r"\s*\{(?P<text>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
    r"|\\(?:mathbb|mathcal)\s*\{?\s*(?P<field>[A-Z])\s*\}?"
    r"|\\(?P<command>[a-zA-Z]+)|(?P<escaped>\\[{}|$%&_#])|(?P<letters>[^\W\d_]+)"
    r"|(?P<mark>\*\*|<=|>=|!=|==|=<|=>|\.\.\.|[-+*/^_=<>()\[\]{}|!%,;:.'&$€£¥\"?])",
)
_CHOICE = re.compile(r"(?:(?:option|choice|answer)\s+)?[(\[]?([A-Za-z])[)\].:]?", re.IGNORECASE)
_SEPARATORS = frozenset({"and", "or", "和", "或", "与", "以及", "或者"})
_VARIABLES = re.compile(r"[abcdkmnpqrstuvwxyz]{2,4}|[A-Z]{2}|[a-zA-Z][iI]|[iI][a-zA-Z]|[xyzabc]e|e[xyzabc]")
_ESCAPED = {"\\" + mark: mark for mark in "|%&_#$"} | {"\\{": "\\{", "\\}": "\\}"}
_SAME = {"**": "^", "<=": "le", ">=": "ge", "=<": "le", "=>": "ge", "!=": "ne", "==": "=", "...": "ldots"}


def tokenise(text: str) -> list[Token]:
    r"""The tokens of a normalised text. Raises UnreadableError for a character that has no meaning.

    >>> [token.text for token in tokenise(r"2xy\le \frac{1}{2} \text{ feet}")]
    ['2', 'x', 'y', 'le', 'frac', '{', '1', '}', '{', '2', '}', 'feet']
    """
    tokens: list[Token] = []
    position, spaced = 0, False
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise UnreadableError(f"the character {text[position]!r}")
        position, kind = found.end(), found.lastgroup
        if kind == "space":
            spaced = True
            continue
        tokens += _of(kind or "", found[kind or 0], spaced, tokens[-1] if tokens else None)
        spaced = False
        if len(tokens) > MOST:
            raise TooCostlyError(f"more than {MOST} tokens")
    return tokens


def _of(kind: str, text: str, spaced: bool, last: Token | None) -> list[Token]:
    if kind == "number":
        return [Token("number", text, spaced)]
    if kind == "text":
        return _from_text(text, spaced, last)
    if kind == "field":
        return [Token("command", text + text, spaced)]
    if kind == "escaped":
        return [Token("mark", _ESCAPED[text], spaced)]
    if kind == "command":
        name = ALIASES.get(text, text)
        return [Token("mark" if not name.isalpha() else "command", name, spaced)]
    if kind == "letters":
        return _from_letters(text, spaced, last)
    name = _SAME.get(text, text)
    return [Token("command" if name.isalpha() else "mark", name, spaced)]


def _from_text(text: str, spaced: bool, last: Token | None = None) -> list[Token]:
    """The tokens of `\\text{…}`: mathematics if it has digits or no letters, a word otherwise."""
    content = text.strip(" ~.,;:")
    if not content:
        return [Token("mark", ",", spaced)] if "," in text else []
    if content.lower() in _SEPARATORS:
        return [Token("command", "or" if content.lower() in ("or", "或", "或者") else "and", spaced)]
    if re.fullmatch(r"[^a-zA-Z]*\d[^a-zA-Z]*|[^\w\s]+", content):
        return [token._replace(spaced=True) for token in tokenise(content)]
    leading = [Token("mark", ",", True)] if text.lstrip().startswith(",") else []
    split = re.match(r"(?:and|or)\s+(?=\S)", content)
    if split:
        return [
            *leading,
            Token("command", split.group().strip(), True),
            *_from_text(content[split.end() :], True),
        ]
    if (
        len(content) == 1
        and is_letter_unit(content)
        and (text.startswith(" ") or (last and (last.kind == "number" or last.text in "})")))
    ):
        return [*leading, Token("word", content, spaced)]
    chosen = _CHOICE.fullmatch(content)
    if chosen:
        return [*leading, Token("letter", chosen[1], spaced)]
    return [*leading, Token("word", content, spaced)]


def _from_letters(text: str, spaced: bool, last: Token | None) -> list[Token]:
    if not text.isascii() and text not in _SEPARATORS:
        return [Token("word", text, spaced)]
    if len(text) == 1:
        return [Token("letter", text, spaced)]
    if text in PLAIN_NAMES:
        return [Token("command", ALIASES.get(text, text), spaced)]
    if text.lower() in _SEPARATORS:
        return [Token("command", "or" if text.lower() in ("or", "或", "或者") else "and", spaced)]
    after_number = last is not None and (last.kind == "number" or last.text in ("}", ")", "pi"))
    if _VARIABLES.fullmatch(text) and not (after_number and is_unit(text)):
        return [Token("letter", letter, spaced and not at) for at, letter in enumerate(text)]
    return [Token("word", text, spaced)]
