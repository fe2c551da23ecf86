r"""Read notations of a whole text: isotopes, cycles, `x \to 0^+`, digits in a base, dates.

Each has one meaning, so it becomes words in a normal form, or a value.
"""

from __future__ import annotations

import re

from rule_rm.math.values.answers import Based, Date, Value, Words
from rule_rm.math.values.elements import ELEMENTS

_DIGITS = {"x": 16, "b": 2, "o": 8}
"""The bases of prefixes."""
_PREFIXED = re.compile(r"0([xX](?=[\da-fA-F])|[bB](?=[01])|[oO](?=[0-7]))([\da-fA-F]{1,64})")
"""Digits behind the prefix of their base: `0x2F`, `0b101`."""
_IN_TYPE = re.compile(r"\\(?:text|texttt|mathtt|mathrm)\s*\{\s*(0[xXbBoO][\da-fA-F]{1,64})\s*\}")
r"""Digits behind the prefix of their base in type: `\texttt{0x2F}`."""
_LETTERS_OF_HEX = re.compile(
    r"\(?\s*(?:\\(?:text|mathrm|texttt|mathtt)\s*\{\s*(?P<a>[\dA-F]{1,64})\s*\}|(?P<b>[A-F]{2,64}))\s*\)?"
    r"\s*_\s*(?:\{\s*(?:\\text\s*\{\s*)?(?:16|hex)\s*\}{1,2}|16)"
)
r"""Digits in base 16 that are in type, or letters alone: `\text{A3}_{16}`, `FF_{16}`."""
_ISO_DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
"""A date with leading zeros: `2021-03-05`."""
_INDEX = r"\{?\s*(\d{1,3})\s*\}?"
_ELEMENT = r"\s*(?:\\(?:text|mathrm|textrm)\s*\{\s*)?(?P<element>[A-Z][a-z]?)\s*\}{0,2}"
_ISOTOPES = [
    re.compile(rf"(?:\\ce\s*\{{)?\s*(?:\{{\s*\}})?\s*{indexes}{_ELEMENT}")
    for indexes in (
        rf"\^\s*{_INDEX.replace('(', '(?P<mass>')}\s*(?:_\s*{_INDEX.replace('(', '(?P<number>')})?",
        rf"_\s*{_INDEX.replace('(', '(?P<number>')}\s*\^\s*{_INDEX.replace('(', '(?P<mass>')}",
    )
]
r"""An isotope with its numbers before it: `^{14}_{6}C`, `{}_6^{14}\text{C}`."""
_NAMED_ISOTOPE = re.compile(
    r"\\(?:text|mathrm|textrm)\s*\{\s*(?P<element>[A-Z][a-z]?)-(?P<mass>\d{1,3})\s*\}"
)
r"""An isotope in type: `\text{U-238}`."""
_LETTER_IN_TYPE = re.compile(r"\\(?:text|textbf|mathrm)\s*\{\s*(\(?[a-h]\))\s*\}")
r"""The letter of a part in type: `\text{(a) }`."""
_PART = re.compile(r"(?:^|(?<=[\s,;.]))\s*\(?([a-h])\)\s+")
"""The letter of a part, set apart: `(b) `."""
_APPROACH = re.compile(
    r"(?P<name>[a-zA-Z]|\\[a-z]{2,7})\s*\\(?:to|(?:long)?rightarrow)(?![a-zA-Z])\s*"
    r"(?P<to>-?\s*(?:\d+(?:\.\d+)?|\\infty|[a-z](?=\s*\^))|\+\s*\\infty)\s*(?:\^\s*\{?\s*(?P<side>[-+])\s*\}?)?"
)
r"""A variable that approaches a value: `x \to 0^+`, `n \to \infty`."""
_CYCLES = re.compile(r"(?:\(\s*\d{1,9}(?:\s+\d{1,9})*\s*\)\s*)+")
"""Permutations as cycles with spaces: `(1 2 3)(4 5)`."""
_CYCLE = re.compile(r"\(([\d\s]+)\)")
"""One cycle: `(1 2 3)`."""


def notation(text: str) -> Value | None:
    r"""Return the value of a normalised text in one of these notations; None for any other text.

    >>> notation("0x2F"), notation("(3)")
    (Based(digits='2F', base=16), None)
    >>> [notation(one).text for one in ("^{14}_{6}C", r"x \to 0^{+}", "(3 1 2)")]
    ['isotope C-14', 'x → 0+', '(1 2 3)']
    """
    if text[:1] == "\\" and (found := _IN_TYPE.fullmatch(text)) is not None:
        text = found[1]
    if text[:1] == "0" and (found := _PREFIXED.fullmatch(text)) is not None:
        return _based(found[2], _DIGITS[found[1].lower()])
    if "-" in text and (found := _ISO_DATE.fullmatch(text)) is not None:
        return Date(int(found[2]), int(found[3]), int(found[1]))
    if "(" in text and (cycles := permutation(text)):
        return Words(cycles)
    if "\\" not in text and "_" not in text and "^" not in text:
        return None
    if (found := _LETTERS_OF_HEX.fullmatch(text)) is not None:
        return _based(found["a"] or found["b"], 16)
    if (found := _APPROACH.fullmatch(text)) is not None:
        to = found["to"].replace(" ", "").lstrip("+")
        return Words(f"{found['name']} → {to}{found['side'] or ''}")
    return _isotope(text)


def _based(digits: str, base: int) -> Based | None:
    if any(int(digit, 16) >= base for digit in digits):
        return None
    return Based(digits.upper().lstrip("0") or "0", base)


def _isotope(text: str) -> Words | None:
    """Return an isotope by its element and its mass; an atomic number is said if it is not the element's."""
    for pattern in (*_ISOTOPES, _NAMED_ISOTOPE):
        found = pattern.fullmatch(text)
        if found is not None and found["element"] in ELEMENTS:
            number = found.groupdict().get("number")
            is_own = number is None or int(number) == ELEMENTS.index(found["element"]) + 1
            said = "" if is_own else f" with {int(number or 0)} protons"
            return Words(f"isotope {found['element']}-{int(found['mass'])}{said}")
    return None


def lettered(text: str) -> list[str]:
    r"""Return the parts of an answer to a question with parts (a), (b), …; nothing for other answers.

    >>> lettered(r"\text{(a) }3, \text{(b) }5"), lettered("(a)(b)")
    (['3', '5'], [])
    """
    if "a)" not in text or "b)" not in text:
        return []
    first, *rest = _PART.split(_LETTER_IN_TYPE.sub(r" \1 ", text))
    letters, parts = rest[::2], [part.strip(" ,;.") for part in rest[1::2]]
    in_order = "".join(letters) == "abcdefgh"[: len(letters)]
    return parts if in_order and len(parts) > 1 and not first.strip() and all(parts) else []


def permutation(text: str, *, compact: bool = False) -> str:
    """Return cycles in a normal form, each from its least number; nothing if the text is something else.

    Fixed points are left out. With `compact` each digit is a number of its own. Cycles that share a
    number stay in their order.

    >>> permutation("(3 1 2)(5 4)(6)"), permutation("(231)(54)", compact=True), permutation("(12)")
    ('(1 2 3)(4 5)', '(1 2 3)(4 5)', '')
    """
    if not _CYCLES.fullmatch(text):
        return ""
    inner = [one.strip() for one in _CYCLE.findall(text)]
    if any(len(one.split()) > 1 for one in inner):
        found = [tuple(map(int, one.split())) for one in inner]
    elif compact and not any("0" in one for one in inner):
        found = [tuple(map(int, one)) for one in inner]
    else:
        return ""
    moved = [_from_least(cycle) for cycle in found if len(cycle) > 1]
    numbers = [number for cycle in moved for number in cycle]
    if not moved or any(len(set(cycle)) < len(cycle) for cycle in moved):
        return ""
    if len(set(numbers)) == len(numbers):
        moved.sort()
    return "".join(f"({' '.join(map(str, cycle))})" for cycle in moved)


def _from_least(cycle: tuple[int, ...]) -> tuple[int, ...]:
    at = cycle.index(min(cycle))
    return cycle[at:] + cycle[:at]
