r"""Recognise the same text in other writing: words of any type and case, chemical formulas, numerals."""

from __future__ import annotations

import re
from functools import lru_cache

from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.tokens import tokenise
from rule_rm.math.reading.variables import ARROWS
from rule_rm.math.values.elements import ELEMENTS
from rule_rm.math.values.expression import TooCostlyError, UnreadableError

_WORD = re.compile(r"[^\W\d_]{3}")
"""Three letters in a row: `cat`."""
_DROPPED = frozenset({'"', "."})
_TYPE = re.compile(r"\\(?:text|mathrm|textrm|mathsf|mbox|ce|operatorname|rm)(?![a-zA-Z])|[{}\s_$]|\\[,;! ]")
r"""Type, braces and spaces around a formula: `\text`, `{`, `\,`."""
_CHEMICAL = re.compile(r"(?:\d*(?:[A-Z][a-z]?\d*|[()\[\]]\d*)+)(?:\^?\d*[+-])?")
"""A chemical formula: `H2O`, `SO4^2-`."""
STATE = re.compile(r"\((?:s|l|g|aq)\)(?= |$)")
"""The state of a substance: `(aq)`."""
_PIECE = re.compile(r"[A-Z][a-z]?")
"""The symbol of an element: `Na`."""
_ARROW = re.compile(r"\\(?:to|(?:long)?(?:right|leftright)arrow|rightleftharpoons)(?![a-zA-Z])|[→⟶⇌]|-+>")
r"""The arrow of a reaction: `\to`."""
_PLUS = re.compile(r"(?<![\^{\d])\s*\+(?![}\s]*$)(?!\})|(?<=\d)\s*\+\s*(?=[\\\dA-Z])|\s\+\s")
"""The plus between two substances, and not that of a charge: `Na + Cl`."""
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ONE_ELEMENT = re.compile(r"\d*([A-Z][a-z]?)\d*(?:\^?\d*[+-])?")
"""An element with its counts: `2Na`, `O2`."""
_SHELL = re.compile(
    r"([1-7])\s*([spdf])\s*\^\s*(?:\{\s*(\d{1,2})\s*\}|(1[0-4](?!\s*[spdf])|\d))\s*(?:\\[,;: ]|~)*\s*"
)
"""The electrons of a subshell: `2p^6`."""
_CORE = re.compile(r"\[\s*(He|Ne|Ar|Kr|Xe|Rn)\s*\]\s*")
"""The noble gas that an electron configuration starts from: `[Ne]`."""
_CORES = {
    "He": "1s^2",
    "Ne": "2s^2 2p^6",
    "Ar": "3s^2 3p^6",
    "Kr": "3d^10 4s^2 4p^6",
    "Xe": "4d^10 5s^2 5p^6",
    "Rn": "4f^14 5d^10 6s^2 6p^6",
}
"""The subshells of each noble gas beyond those of the one before it."""
_SIZE = re.compile(r"(\d{1,4})\s*(?:\\times|×|\\text\s*\{\s*by\s*\}|\bby\b)\s*(\d{1,4})", re.ASCII)
r"""A size of two numbers: `3 \times 2`, `3 by 2`."""
_ROMAN = re.compile(r"(?=[IVXLC])(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})")
"""A Roman numeral up to 99, of upper case: `XIV`."""
_BEFORE_ROMAN = re.compile(
    r"\b(?:quadrant|case|type|class|part|figure|statement|number|no)\b\.?", re.IGNORECASE
)
"""A word that a Roman numeral follows: `quadrant`."""


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    r"""Return the pieces of a text without its type and its spaces.

    Capitals count in short words and in products of letters: `Mm` is not `MM`.

    Nothing if it has no word. Numbers keep their points, and brackets and commas count.

    >>> words_of(r"\text{Even}") == words_of("even."), words_of("1.5 feet") == words_of("15 feet")
    (True, False)
    """
    if not _WORD.search(text):
        return ()
    try:
        tokens = tokenise(normalise(text))
    except (UnreadableError, TooCostlyError):
        return ()
    pieces: list[str] = []
    last_is_letters = False
    has_vectors = any(token.text in ARROWS for token in tokens)
    for token in tokens:
        is_letters = token.kind in ("letter", "word")
        if has_vectors and token.run == "times":
            # A cross between vectors is another product than a dot.
            token = token._replace(text=token.run)
        text = token.text.lower() if token.kind == "word" and len(token.text) > 2 else token.text
        if is_letters and last_is_letters and token.kind == "letter" and not token.spaced:
            pieces[-1] += text
        elif token.text not in _DROPPED:
            pieces.append(text)
        last_is_letters = is_letters
    while pieces and pieces[-1] in ",;:!":
        pieces.pop()
    return tuple(pieces)


def same_capitals(golden: str, answer: str) -> bool:
    """Return False for capitals that differ in a product of letters, unlike in a word: `abc` and `Abc`."""
    bare = _TYPE.sub("", golden)
    is_product = bare.isalpha() and all(token.kind == "letter" for token in tokenise(normalise(golden)))
    return not is_product or bare == _TYPE.sub("", answer).rstrip(".")


@lru_cache(maxsize=4096)
def chemical(text: str) -> str:
    r"""Return a chemical formula without its type; nothing if it is none.

    >>> chemical(r"\text{CO}_2"), chemical("CO2"), chemical("Fe^{3+}"), chemical("x^2")
    ('CO2', 'CO2', 'Fe^3+', '')
    """
    if text == text.lower():
        return ""
    bare = _TYPE.sub("", text.translate(_SUBSCRIPTS))
    bare, state = _without_state(bare)
    if not _CHEMICAL.fullmatch(bare) or not set(_PIECE.findall(bare)) <= set(ELEMENTS):
        return ""
    if "^" not in bare:
        bare = re.sub(r"(\d*[+-])$", r"^\1", bare)
    is_compound = len(_PIECE.findall(bare)) > 1 or bare[-1] in "+-" or re.search(r"[a-z]", bare)
    return bare + state if is_compound else ""


def _without_state(bare: str) -> tuple[str, str]:
    """Return a formula without its state, and the state: `(aq)`."""
    found = STATE.search(bare) if bare[-1:] == ")" else None
    return (bare[: found.start()], found.group()) if found else (bare, "")


@lru_cache(maxsize=4096)
def electrons(text: str) -> str:
    r"""Return the subshells of an electron configuration in order; nothing if it is none.

    >>> electrons("[Ne] 3s^1"), electrons(r"1s^{2}2s^{2}2p^{3}"), electrons("3s^2")
    ('1s^2 2p^6 2s^2 3s^1', '1s^2 2p^3 2s^2', '')
    """
    if "^" not in text:
        return ""
    bare = re.sub(r"\\(?:text|mathrm|textrm|mbox)\s*\{([^{}]*)\}", r"\1", text).strip(" $.")
    core = _CORE.match(bare)
    place = core.end() if core else 0
    shells = []
    while (found := _SHELL.match(bare, place)) is not None:
        shells.append(f"{found[1]}{found[2]}^{int(found[3] or found[4])}")
        place = found.end()
    if place < len(bare) or len(shells) + (core is not None) < 2:
        return ""
    shells += _shells_of(core[1]) if core else []
    return " ".join(sorted(shells)) if len(set(shells)) == len(shells) else ""


def _shells_of(core: str) -> list[str]:
    """Return the full subshells of a noble gas, which are those of the one before it and more."""
    last = list(_CORES).index(core)
    return [shell for shells in list(_CORES.values())[: last + 1] for shell in shells.split()]


def dimensions(text: str) -> tuple[str, ...]:
    r"""Return the numbers of a size in their order; nothing if it is none.

    >>> dimensions(r"3 \times 2"), dimensions(r"3\text{ by }2"), dimensions("3 + 2")
    (('3', '2'), ('3', '2'), ())
    """
    found = _SIZE.fullmatch(text.strip(" $"))
    return found.groups() if found else ()


def reaction(text: str) -> str:
    r"""Return a chemical equation with the substances of each side in order; nothing if it is none.

    >>> reaction(r"O_2 + 2H_2 \to 2H_2O"), reaction(r"\text{H}_2+\text{O}_2")
    ('2H2 + O2 → 2H2O', '')
    """
    sides = _ARROW.split(text.translate(_SUBSCRIPTS))
    if len(sides) != 2:
        return ""
    found = [[chemical(part) or _element(part) for part in _PLUS.split(side)] for side in sides]
    if not all(map(all, found)):
        return ""
    return " → ".join(" + ".join(sorted(side)) for side in found)


def _element(text: str) -> str:
    """Return one element with its count, such as `2Na`, or an electron."""
    bare, state = _without_state(_TYPE.sub("", text))
    found = _ONE_ELEMENT.fullmatch(bare)
    return bare + state if bare.replace("^", "") == "e-" or (found and found[1] in ELEMENTS) else ""


def is_formula_in_text(text: str) -> bool:
    """Return True for chemistry: a formula, the electrons of an atom, or a reaction."""
    return bool(chemical(text) or electrons(text) or reaction(text))


@lru_cache(maxsize=4096)
def roman(text: str) -> str:
    r"""Return a Roman numeral, perhaps with a word before it; nothing if it is none.

    >>> roman(r"\text{Quadrant IV}"), roman(r"\mathrm{III}"), roman("mix"), roman("C")
    ('IV', 'III', '', '')
    """
    if text == text.lower():
        return ""
    bare = _TYPE.sub("", _BEFORE_ROMAN.sub("", text)).strip(" .")
    return bare if len(bare) > 1 and _ROMAN.fullmatch(bare) else ""
