"""What has no structure of its own: an expression with its unit, words, digits in a base, a ratio."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.reading.brackets import CLOSING, OPENING, Tokens, split, trimmed
from rule_rm.math.reading.number_words import SCALES, chinese_number, number_in_words
from rule_rm.math.reading.parser import parse
from rule_rm.math.reading.vocabulary import LEADING
from rule_rm.math.values.answers import EMPTY_SET, REALS, Based, Quantity, Ratio, Value, Words
from rule_rm.math.values.expression import Apply, Expression, Number, UnreadableError
from rule_rm.math.values.units import Unit, read_unit

RELATIONS = frozenset({"<", ">", "le", "ge", "ne", "=", "approx", "in"})
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "gbp", "¥": "yuan"}
_ALL_REALS = re.compile(r"(?:the set of )?(?:all|any)(?: real)? (?:reals?|numbers?)|reals|all real numbers?")
_TEMPERATURES = {"C": "celsius", "F": "fahrenheit"}
_NOTHING = frozenset({"empty set", "the empty set", "no solution", "no solutions", "no real solutions"})
_IN_WORDS = frozenset(",.':;()-?\"/&")
_IN_UNITS = frozenset("^/{}*-(),.'") | {"degree", "and", "per"}
_DOUBT = re.compile(
    r"\b(?:or|not|no|wrong|incorrect|false|maybe|perhaps|possibly|unless|except)\b", re.IGNORECASE
)
_PLAIN_WORDS = re.compile(r"[\W_]+")


def words(tokens: Tokens) -> Value | None:
    """Words alone; numbers in words are numbers."""
    if not any(token.kind == "word" for token in tokens):
        return None
    if any(
        token.kind == "number" or token.text in RELATIONS or token.text in _CURRENCIES for token in tokens
    ):
        return None
    if any(token.kind in ("command", "letter") and token.text not in ("and", "or") for token in tokens):
        first = tokens[0].text.lower()
        if sum(token.kind == "word" for token in tokens) >= 4:
            return _phrase(tokens)
        if first in LEADING:
            return None
        if tokens[0].kind == "word" and tokens[-1].kind in ("word", "letter"):
            return _phrase(tokens)
        return None
    separated = any(token.text in (",", "and", "or") for token in tokens)
    if separated and len(tokens) <= 8:
        return None
    return _phrase(tokens)


def _phrase(tokens: Tokens) -> Value:
    if any(token.kind == "mark" and token.text not in _IN_WORDS for token in tokens) or tokens[0].text == "-":
        raise UnreadableError("words with signs between them")
    text = _PLAIN_WORDS.sub(" ", " ".join(token.text for token in tokens)).strip().lower()
    number = number_in_words(text) or chinese_number(text)
    if number is not None:
        return Quantity(number)
    if _ALL_REALS.fullmatch(text):
        return REALS
    if text in _NOTHING:
        return EMPTY_SET
    return Words(text)


def based(tokens: Tokens) -> Value | None:
    """Digits with their base as an index: `204_5`, `(1101)_{4}`, `{204}_5`."""
    parts, found = split(tokens, {"_"})
    if len(found) != 1 or not parts[0] or not parts[1]:
        return None
    digits = "".join(token.text for token in parts[0] if token.text not in ("(", ")", "{", "}", " "))
    base = "".join(token.text for token in parts[1] if token.text not in ("{", "}", "(", ")"))
    if (number := number_in_words(base)) is not None:
        base = str(number.value)
    if (
        not re.fullmatch(r"-?[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*(?:\.[0-9A-Fa-f]+)?", digits)
        or not base.isascii()
        or not base.isdigit()
    ):
        return None
    if not 2 <= int(base[:3]) <= 36 or len(digits) > 200:
        raise UnreadableError("a base that is none")
    if any(int(digit, 16) >= int(base) for digit in digits if digit.isalnum()):
        raise UnreadableError("a digit that the base does not have")
    return Based(digits.upper().lstrip("0") or "0", int(base))


def ratio(tokens: Tokens) -> Value | None:
    """`a : b`, or "a to b"."""
    parts, found = split(tokens, {":"})
    if not found:
        at = [place for place, token in enumerate(tokens) if token.text == "to"]
        if len(at) != 1 or not 0 < at[0] < len(tokens) - 1:
            return None
        parts = [tokens[: at[0]], tokens[at[0] + 1 :]]
    if any(not part for part in parts):
        raise UnreadableError("a ratio with an empty place")
    return Ratio(tuple(expression(part) for part in parts))


def expression(tokens: Tokens) -> Expression:
    """The expression that the tokens are, without a unit."""
    value = quantity(trimmed(tokens))
    return value.expression


def quantity(tokens: Tokens) -> Quantity:
    """An expression, with a currency before it or a unit after it."""
    while tokens[0].kind == "word" and len(tokens) > 1 and set(tokens[0].text.lower().split()) <= LEADING:
        tokens = tokens[1:]
    currency: Unit | None = None
    if tokens[0].text in ("-", "+") and len(tokens) > 2 and tokens[1].text in _CURRENCIES:
        tokens = [tokens[1], tokens[0], *tokens[2:]]
    if tokens[0].text in _CURRENCIES and len(tokens) > 1:
        currency, tokens = read_unit(_CURRENCIES[tokens[0].text]), tokens[1:]
    start = _first_word(tokens)
    while 0 < start < len(tokens) and tokens[start - 1].text in ("/", "degree", "(", "{", "*"):
        start -= 1
    if start == 0:
        raise UnreadableError("words before the value")
    if start == len(tokens):
        return _without_percent(tokens, currency)
    rest = next((at for at in range(start, len(tokens)) if _starts_number(tokens, at)), len(tokens))
    first = _scaled(tokens[:start], tokens[start:rest], currency)
    return _together(first, quantity(tokens[rest:])) if rest < len(tokens) else first


def _starts_number(tokens: Tokens, at: int) -> bool:
    return tokens[at].kind == "number" and tokens[at - 1].kind == "word"


def _scaled(tokens: Tokens, unit: Tokens, currency: Unit | None) -> Quantity:
    """A quantity whose unit may begin with "million" or the like."""
    scale, _, rest = unit[0].text.strip().lower().partition(" ")
    if scale not in SCALES:
        return _without_percent(tokens, _unit(unit) or currency)
    rest_of_unit = [unit[0]._replace(text=rest), *unit[1:]] if rest else unit[1:]
    whole = _without_percent(tokens, (_unit(rest_of_unit) if rest_of_unit else None) or currency)
    return replace(whole, expression=Apply("multiply", (whole.expression, Number(Fraction(SCALES[scale])))))


def _together(first: Quantity, second: Quantity) -> Quantity:
    """`2 hours 30 minutes` as one quantity in the first unit."""
    if first.unit is None or second.unit is None or not first.unit.measures:
        raise UnreadableError("a number after a unit")
    if first.unit.measures != second.unit.measures or second.unit.factor >= first.unit.factor:
        raise UnreadableError("two quantities side by side")
    smaller = Apply("multiply", (second.expression, Number(second.unit.factor / first.unit.factor)))
    return replace(first, expression=Apply("add", (first.expression, smaller)))


def _first_word(tokens: Tokens) -> int:
    """Where a unit starts: the first word or currency that stands in no bracket."""
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth == 0 and (token.kind == "word" or token.text in _CURRENCIES):
            return at
    return len(tokens)


def _unit(tokens: Tokens) -> Unit | None:
    text = ""
    for at, token in enumerate(tokens):
        if (
            token.kind not in ("word", "letter", "number")
            and token.text not in _IN_UNITS | _CURRENCIES.keys()
        ):
            raise UnreadableError(f"{token.text!r} after a unit")
        if token.kind == "number" and (not at or tokens[at - 1].text not in ("^", "{", "-")):
            raise UnreadableError("a number after a unit")
        is_exponent = token.text in ("^", "{", "}") or text.endswith(("^", "{"))
        text += ("" if is_exponent else " ") + _CURRENCIES.get(token.text, token.text)
    if _DOUBT.search(text):
        raise UnreadableError("a doubt after the value")
    return read_unit(text.replace("( ", "").replace(" )", ""))


def _without_percent(tokens: Tokens, unit: Unit | None) -> Quantity:
    percent = unit is not None and unit.measures == (("share", 1),)
    if percent:
        unit = None
    if len(tokens) > 2 and tokens[-2].text == "degree" and tokens[-1].text in _TEMPERATURES:
        unit, tokens = read_unit(_TEMPERATURES[tokens[-1].text]), tokens[:-2]
    if tokens[-1].text == "%" and len(tokens) > 1:
        percent, tokens = True, tokens[:-1]
    elif tokens[-1].text == "degree" and len(tokens) > 1 and not _in_function(tokens):
        unit, tokens = unit or read_unit("degree"), tokens[:-1]
    return Quantity(parse(tokens), unit, percent)


def _in_function(tokens: Tokens) -> bool:
    return any(
        token.kind == "command" and token.text in ("sin", "cos", "tan", "cot", "sec", "csc")
        for token in tokens
    )
