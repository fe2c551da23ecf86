"""The unit of a quantity in its tokens: the place where it begins, and its name."""

from __future__ import annotations

import re
from dataclasses import replace

from rule_rm.math.reading.brackets import Tokens, outer
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.vocabulary import TRAILING
from rule_rm.math.values.expression import UnreadableError
from rule_rm.math.values.units import Unit, is_unit, read_unit

CURRENCIES = {"$": "dollar", "€": "euro", "£": "£", "¥": "¥", "₹": "₹", "₩": "₩", "₽": "₽"}
"""Signs of currencies, with the names that they are read by."""
_SIGNS_OF_UNITS = CURRENCIES.keys() | {"¢", "‰"}
_PREFIXES = frozenset("GMkm")
"""Metric prefixes in front of `\\Omega`."""
_BEFORE_NO_UNIT = frozenset("*+-=^_")
"""Marks after which an upright letter is a variable."""
_IN_UNITS = _SIGNS_OF_UNITS | frozenset("^/{}*-(),.'") | {"degree", "and", "per", "Omega", "mu"}
"""Marks and commands in the name of a unit: `km/h`, `\\mu m`."""
CHANGES = re.compile(
    r"minus|plus|less|more|twice|thrice|double[ds]?|triple[ds]?|times|squared|cubed|half|halves|doubled|halved"
    r"|quarters?|thirds?|dozens?|score|lakhs?|crores?|\w*illions?|factorial|permille|bce?|base|below|above|over|under"
    r"|upwards?|off|divided|multiplied|mod|modulo|root|inverse|reciprocal|negative|opposite|than|transposed?|conjugate",
    re.IGNORECASE,
)
"""Words next to a value that change it, unless the question asks for such a thing: `half` in `half of 6`."""
DENIES = re.compile(
    r"or|nor|not?|non|wrong|incorrect|false|maybe|perhaps|possibly|unless|except|isn't|cannot|can't|never|neither"
    r"|and|but|instead|rather|to|vs|through|till|until|approximation|invalid|fails?|impossible|untrue|nope"
    r"|percent of|faux|falsch|错误|错|不对|不是|oder|или|else|otherwise",
    re.IGNORECASE,
)
"""Words next to a value that deny it or add another one: `not` in `not 6`, `or` in `6 or 7`."""


def first_word(tokens: Tokens) -> int:
    """Return where a unit starts: the first word, upright unit or currency outside of brackets."""
    if not any(token.kind == "word" or token.upright or token.text in _SIGNS_OF_UNITS for token in tokens):
        return len(tokens)
    for at, token in outer(tokens):
        if token.kind == "word" or token.text in _SIGNS_OF_UNITS:
            return at
        is_unit_letter = token.run or _is_prefix(tokens, at)
        if token.upright and is_unit_letter and at and tokens[at - 1].text not in _BEFORE_NO_UNIT:
            return at
    return len(tokens)


def _is_prefix(tokens: Tokens, at: int) -> bool:
    r"""Return True for the k of `\text{k}\Omega`."""
    following = tokens[at + 1 : at + 2]
    return (
        tokens[at].text in _PREFIXES
        and bool(following)
        and following[0].text == "Omega"
        and not following[0].spaced
    )


def first_letter_of_unit(tokens: Tokens) -> int:
    """Return where letters at the end start that may be a unit: `12cm`, `5 m`, `3 m/s^2`, `7 \\Omega`."""
    start = len(tokens)
    for at in range(len(tokens) - 1, 0, -1):
        if _may_be_in_unit(tokens, at):
            start = at
        else:
            break
    while start < len(tokens) and tokens[start].kind not in ("letter", "command"):
        start += 1
    if start == len(tokens) or tokens[start - 1].text in ("+", "-", "*", "/", "^", "_"):
        return len(tokens)
    text = "".join(_spelled(tokens[at], tokens[at - 1]) for at in range(start, len(tokens)))
    unit = read_unit(text)
    return start if unit is not None and unit.measures and not unit.label else len(tokens)


def _may_be_in_unit(tokens: Tokens, at: int) -> bool:
    token = tokens[at]
    if token.kind == "letter" or token.text in ("Omega", "mu", "degree", "ell"):
        return True
    if token.text in ("/", "^", "{", "}", "*"):
        return True
    return (token.kind == "number" and tokens[at - 1].text in ("^", "{", "-")) or (
        token.text == "-" and tokens[at - 1].text in ("^", "{")
    )


def _spelled(token: Token, before: Token) -> str:
    """Return a token as a part of a unit's name."""
    joined = token.kind == "letter" and before.kind == "letter" and token.run and not token.spaced
    joined = joined or _is_prefix((before, token), 0) or before.text == "mu"
    name = {"Omega": "Ω", "mu": "µ", "ell": "l"}.get(token.text, token.text)
    return name if joined or token.text in ("^", "{", "}") or token.kind == "number" else " " + name


def unit_of(tokens: Tokens) -> Unit | None:
    """Return the unit or the label after a value. Raises UnreadableError if there are other things."""
    text = ""
    for at, token in enumerate(tokens):
        known = token.kind in ("word", "letter", "number") or token.text in _IN_UNITS
        if not known:
            raise UnreadableError(f"{token.text!r} after a unit")
        if token.kind == "number" and (not at or tokens[at - 1].text not in ("^", "{", "-")):
            raise UnreadableError("a number after a unit")
        is_exponent = token.text in ("^", "{", "}") or text.endswith(("^", "{", "-"))
        name = _spelled(token, tokens[at - 1]) if at else _spelled(token, token).strip()
        is_apart = token.kind != "letter" and not (at and _is_prefix(tokens, at - 1))
        text += name if is_exponent or not at else " " + name.strip() if is_apart else name
    bare = _without_trailing(text)
    said = _said(tokens) if bare else []
    if any(map(DENIES.fullmatch, said)):
        raise UnreadableError("words after the value that deny it")
    unit = read_unit(bare.replace("( ", "").replace(" )", "").replace("(", " ").replace(")", " "))
    return _marked(unit, [word for word in said if CHANGES.fullmatch(word)])


def _marked(unit: Unit | None, changes: list[str]) -> Unit | None:
    """Return a unit with a mark on the words that change a value, which only the question may allow."""
    if not changes:
        return unit
    label = " ".join("!" + word for word in changes)
    return replace(unit, label=f"{unit.label} {label}".strip()) if unit else Unit((), label=label)


def _said(tokens: Tokens) -> list[str]:
    return [
        token.text.lower()
        for token in tokens
        if token.kind == "word" or token.text in ("and", "or", "to")
        if not is_unit(token.text)
    ]


def _without_trailing(text: str) -> str:
    """Remove words that do not change the value: `(vertex)`, "rounded"."""
    if is_unit(text.strip()):
        return text
    words = [word.strip("(),.").lower() for word in text.split()]
    return "" if words and all(word in TRAILING for word in words) and "to" not in words else text
