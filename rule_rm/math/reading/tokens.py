r"""A normalised text as tokens: numbers, letters, commands, words and marks.

The source distinguishes text mode (`\text{…}`) and math mode. In text, letters are words; in a formula they
are variables, see `letters`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.math.reading.letters import Place, Token, from_run, split_command
from rule_rm.math.reading.vocabulary import ALIASES, APPLIED, FUNCTIONS, PLAIN_NAMES, SEPARATORS
from rule_rm.math.values.expression import TooCostlyError, UnreadableError
from rule_rm.math.values.units import is_unit

__all__ = ["MOST", "Token", "tokenise"]

MOST = 1_500
"""The most tokens that an answer may have."""
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9.]))?)"
    r"|\\(?:text(?:rm|bf|it|normal|sf|tt)?|[mh]box|math(?:rm|sf|tt|it|bf)|operatorname)"
    r"\s*\{(?P<text>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
    r"|\\(?:mathbb|mathcal|mathfrak)\s*\{?\s*(?P<field>[A-Z])\s*\}?"
    r"|\\(?P<dirac>(?:bra|ket|braket|ketbra|species)\s*\{(?:[^{}]|\{[^{}]*\})*\}"
    r"(?:\s*\\(?:bra|ket)\s*\{(?:[^{}]|\{[^{}]*\})*\})*)"
    r"|\\(?P<command>[a-zA-Z]+)|(?P<escaped>\\[{}|$%&_#])|(?P<letters>[^\W\d_]+)"
    r"|(?P<mark>\*\*|<=|>=|!=|==|=<|=>|\.\.\.|[-+*/^_=<>()\[\]{}|!%,;:.'&$€£¥₹₩₽¢‰\"?])",
)
r"""One token of a normalised text: `3.5`, `\frac`, `\text{cm}`, `xy`, `<=`."""
_BRACED_CHARACTER = re.compile(r"(?<=[_^])\s*\{\s*(\w)\s*\}")
"""An index of one character in braces: the `{1}` of `x_{1}`."""
_WORD = re.compile(r"(?P<space>\s+)|(?P<words>[^\W\d_]+\.?(?:['-][^\W\d_]+)*(?:\.[^\W\d_]\.)?)")
"""A word in text mode, with what joins its parts: `isn't`, `twenty-one`, `i.e.`"""
_HYPHENATED = re.compile(r"[a-zA-Z]{3,}(?:-[a-zA-Z]{3,})+(?![a-zA-Z({^_])")
"""Words with hyphens outside of `\\text`: `twenty-one`; two letters are a difference."""
_INITIALS = re.compile(r"\b([aApP])\.\s?([mM])\.?(?![a-zA-Z])|\b(i)\.\s?(e)\.")
"""Abbreviations with points that are read as one word: `a.m.`, `i.e.`"""
_ESCAPED = {"\\" + mark: mark for mark in "|%&_#$"} | {"\\{": "\\{", "\\}": "\\}"}
_SAME = {"**": "^", "<=": "le", ">=": "ge", "=<": "le", "=>": "ge", "!=": "ne", "==": "=", "...": "ldots"}
_OPERATOR = re.compile(r"\\operatorname")
r"""The macro of a named operator: `\operatorname`."""
_NORMS = frozenset({"Vert", "lVert", "rVert"})
"""Double bars."""
_IDEOGRAPHS = 0x2E80
"""The first character of the scripts that have no letters."""
_BEFORE_WORD = re.compile(r"(?<![\\a-zA-Z])(?=[^\W\d_])|(?=\s)")
r"""The place before a word in a text, except a command, or before a space: that before `cm` in `2cm`."""
_MATHEMATICS = re.compile(r"[\\^_=<>+*/|]")
r"""A sign that the content of `\text` is a formula."""


def tokenise(text: str, variables: frozenset[str] = frozenset()) -> list[Token]:
    r"""Return the tokens of a normalised text; runs of letters of `variables` are products.

    Raises UnreadableError for a character that has no meaning.

    >>> [token.text for token in tokenise(r"2xy\le \frac{1}{2} \text{ feet}")]
    ['2', 'x', 'y', 'le', 'frac', '{', '1', '}', '{', '2', '}', 'feet']
    """
    return list(_tokens(text, variables))


@lru_cache(maxsize=2048)
def _tokens(text: str, variables: frozenset[str]) -> tuple[Token, ...]:
    if "." in text:
        text = _INITIALS.sub(_initials, text)
    return tuple(_Tokens(variables).of(text))


def _initials(found: re.Match[str]) -> str:
    return "".join(filter(None, found.groups())).lower() + " "


class _Tokens:
    def __init__(self, variables: frozenset[str]) -> None:
        self.variables = variables
        self.tokens: list[Token] = []
        self.depth = 0

    def of(self, text: str) -> list[Token]:
        position, spaced = 0, False
        while position < len(text):
            found = _HYPHENATED.match(text, position) if text[position].isalpha() else None
            found = found or _TOKEN.match(text, position)
            if found is None:
                raise UnreadableError(f"the character {text[position]!r}")
            position, kind = found.end(), found.lastgroup or "hyphenated"
            if kind == "space":
                spaced = True
                continue
            self.add(kind, found, spaced)
            spaced = False
            if len(self.tokens) > MOST:
                raise TooCostlyError(f"more than {MOST} tokens")
        return self.tokens

    def add(self, kind: str, found: re.Match[str], spaced: bool) -> None:
        text = found.group() if kind == "hyphenated" else found[kind]
        match kind:
            case "number":
                self.tokens.append(Token("number", text, spaced))
            case "hyphenated":
                self.tokens.append(Token("word", text, spaced))
            case "text" if _OPERATOR.match(found.group()) and text.isalpha() and len(text) > 1:
                self.tokens.append(Token("command", ALIASES.get(text, text), spaced))
            case "text":
                self.tokens += _from_text(
                    text, spaced, self.variables, self.tokens[-1].text if self.tokens else ""
                )
            case "field":
                is_set = text in "RNZQC" and found.group().startswith("\\mathbb")
                self.tokens.append(Token("command" if is_set else "letter", text * (1 + is_set), spaced))
            case "dirac":
                self.tokens.append(Token("letter", _state(text), spaced))
            case "escaped":
                self.tokens.append(Token("mark", _ESCAPED[text], spaced, "norm" if text == "\\|" else ""))
            case "command":
                first, *rest = split_command(text)
                name = ALIASES.get(first, first)
                sign = first if first == "times" else "norm" if first in _NORMS else ""
                self.tokens.append(Token("command" if name.isalpha() else "mark", name, spaced, sign))
                self.tokens += [Token("letter", letter) for letter in rest]
            case "letters":
                after = found.string[found.end() : found.end() + 1]
                last = self.tokens[-1] if self.tokens else None
                following = found.string[found.end() : found.end() + 3].strip()[:1]
                place = Place(spaced, last, after, self.depth > 0, following)
                self.tokens += from_run(text, place, self.variables)
            case _:
                name = _SAME.get(text, text)
                last = self.tokens[-1] if self.tokens else None
                if text == "(" and last and last.text in APPLIED and last.text in self.variables:
                    # The other side has the letter alone, as a variable.
                    self.tokens.append(Token("mark", "*"))
                self.depth = max(0, self.depth + {"{": 1, "}": -1}.get(name, 0))
                self.tokens.append(Token("command" if name.isalpha() else "mark", name, spaced))


def _state(text: str) -> str:
    r"""Return the name of a state, or of states side by side, whose order counts: `<phi|psi>`."""
    bare = _BRACED_CHARACTER.sub(r"\1", text[:1] + text[1:].replace("\\", " "))
    return "".join(bare.replace("\\", "").replace("{", "(").replace("}", ")").split())


def _from_text(text: str, spaced: bool, variables: frozenset[str], last: str) -> list[Token]:
    r"""Return the tokens of `\text{…}`: words, with the numbers and the formulas between them."""
    content = text.strip(" ~")
    spaced = spaced or text[:1] in " ~"
    if len(content) == 1 and content.isalpha() and ord(content) < _IDEOGRAPHS:
        run = content if is_unit(content) or content == "u" else ""
        return [Token("letter", content, spaced, run, upright=True)]
    if (content in PLAIN_NAMES or content in FUNCTIONS) and not (is_unit(content) and last[-1:].isdigit()):
        return [Token("command", ALIASES.get(content, content), spaced)]
    tokens: list[Token] = []
    position = 0
    while position < len(content):
        found = _WORD.match(content, position)
        if found is None:
            end = _next_word(content, position)
            part = _Tokens(variables).of(content[position:end])
            tokens += [
                token._replace(spaced=token.spaced or spaced) if not at else token
                for at, token in enumerate(part)
            ]
            position, spaced = end, False
        else:
            position = found.end()
            if found.lastgroup == "words":
                added = not tokens and last in ("+", "-")
                tokens.append(_word(found["words"], spaced, is_formula=added or _touches(content, found)))
            spaced = found.lastgroup == "space"
    return tokens


def _next_word(text: str, position: int) -> int:
    """Return where the next letter or space is that belongs to no command."""
    found = _BEFORE_WORD.search(text, position + 1)
    return found.end() if found else len(text)


def _touches(text: str, found: re.Match[str]) -> bool:
    """Return True if a mark of a formula comes right after or before the word."""
    return _MATHEMATICS.match(text, found.end()) is not None or bool(
        found.start() and _MATHEMATICS.match(text, found.start() - 1)
    )


def _word(text: str, spaced: bool, *, is_formula: bool) -> Token:
    bare = text.rstrip(".")
    if bare in ("constant", "const") and is_formula:
        return Token("letter", "C", spaced)
    if bare.lower() in SEPARATORS:
        return Token("command", SEPARATORS[bare.lower()], spaced)
    if len(bare) == 1 and bare.isascii() and (bare not in "aA" or is_formula):
        return Token("letter", bare, spaced, bare if is_unit(bare) else "", upright=True)
    return Token("word", bare, spaced)
