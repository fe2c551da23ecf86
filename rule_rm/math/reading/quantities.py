"""Values without a structure: an expression with its unit, odds, a ratio, digits in a base."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rule_rm.math.reading.angles import angle, sexagesimal
from rule_rm.math.reading.brackets import Tokens, split, trimmed
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.number_words import PARTS, SCALES, number_in_words, ordinal
from rule_rm.math.reading.parser import parse
from rule_rm.math.reading.unit_names import CURRENCIES, first_letter_of_unit, first_word, unit_of
from rule_rm.math.reading.vocabulary import LEADING, TRAILING, words
from rule_rm.math.values.answers import Based, Quantity, Ratio, Value
from rule_rm.math.values.expression import Apply, Expression, Number, Symbol, UnreadableError
from rule_rm.math.values.units import Unit, is_unit, read_unit

_CODES = frozenset(
    {"us", "usd", "rs", "eur", "gbp", "inr", "hk", "a", "c", "nt", "r", "s", "rmb", "cny", "jpy"}
)
"""Currency codes before an amount: `US$ 5`, `Rs. 5`, `R$ 5`."""
_SCALES_OF_MONEY = {"K": "thousand", "k": "thousand", "M": "million", "B": "billion", "bn": "billion"}
"""Letters after an amount of money: `\\$3.5M`."""
_SPELLED_DIGITS = re.compile(r"-?[0-9A-Fa-f]*[0-9][0-9A-Fa-f]*(?:\.[0-9A-Fa-f]+)?")
"""A number with digits up to 16: `1A3`, `-10.4`."""
_LARGEST_BASE, _LONGEST_BASED = 36, 200
"""The largest base that is read, and the most digits of a number in a base."""
_SHORTEST_OF_TWO = 4
"""Tokens of `1 h 30 min`."""
_TRIGONOMETRIC = words("cis cos cot csc sec sin tan")


def based(tokens: Tokens) -> Value | None:
    """Return digits with their base as an index: `204_5`, `(1101)_{4}`, `{204}_5`."""
    tokens = _with_index(tokens)
    parts, found = split(tokens, {"_"})
    if len(found) != 1 or not parts[0] or not parts[1]:
        return None
    digits = "".join(token.text for token in parts[0] if token.text not in ("(", ")", "{", "}", " "))
    base = "".join(token.text for token in parts[1] if token.text not in ("{", "}", "(", ")"))
    if (number := number_in_words(base)) is not None:
        base = str(number.value)
    if not _SPELLED_DIGITS.fullmatch(digits) or not base.isascii() or not base.isdigit():
        return None
    if not 2 <= int(base[:3]) <= _LARGEST_BASE or len(digits) > _LONGEST_BASED:
        raise UnreadableError("a base that is none")
    if any(int(digit, 16) >= int(base) for digit in digits if digit.isalnum()):
        raise UnreadableError("a digit that the base does not have")
    return Based(digits.upper().lstrip("0") or "0", int(base))


def _with_index(tokens: Tokens) -> Tokens:
    """Return digits with their base as an index for `1011 (base 2)` and `1011 in base 2`."""
    if tokens[0].kind != "number" or tokens[-1].text not in (")", *"23456789", "10", "12", "16"):
        return tokens
    bare = [token for token in tokens if token.text not in ("(", ")")]
    texts = [token.text.lower() for token in bare[1:-1]]
    return [bare[0], Token("mark", "_"), bare[-1]] if texts in (["base"], ["in", "base"]) else tokens


def ratio(tokens: Tokens) -> Value | None:
    """Return `a : b`, or "a to b", as a ratio."""
    parts, found = split(tokens, {":"})
    if not found:
        at = [place for place, token in enumerate(tokens) if token.text == "to"]
        if not at or not 0 < at[0] <= at[-1] < len(tokens) - 1:
            return None
        ends = [*at, len(tokens)]
        starts = [0, *(place + 1 for place in at)]
        parts = [tokens[start:end] for start, end in zip(starts, ends, strict=True)]
        parts = [
            _without_hyphen(_without_hyphen(part, 0) if place else part, -1)
            for place, part in enumerate(parts)
        ]
    if any(not part for part in parts):
        raise UnreadableError("a ratio with an empty place")
    while parts[0][0].kind == "word" and parts[0][0].text.lower() in LEADING and len(parts[0]) > 1:
        parts[0] = parts[0][1:]
    terms = [quantity(trimmed(part)) for part in parts]
    units = [(term.unit, term.percent) for term in terms]
    if any(unit != units[0] for unit in units):
        raise UnreadableError("a ratio of different units")
    return Ratio(tuple(term.expression for term in terms))


def _without_hyphen(tokens: Tokens, at: int) -> Tokens:
    """Return the tokens without the hyphens of `3-to-4`."""
    if len(tokens) > 1 and tokens[at].text == "-":
        return tokens[1:] if at == 0 else tokens[:-1]
    return tokens


def odds(tokens: Tokens) -> Quantity | None:
    """Return `3 out of 8`, or `3 in 8`, as a fraction."""
    texts = [token.text.lower() for token in tokens]
    if len(tokens) not in (3, 4) or tokens[0].kind != "number" or tokens[-1].kind != "number":
        return None
    if texts[1:-1] not in (["out", "of"], ["in"], ["of", "every"], ["in", "every"]):
        return None
    above, below = Fraction(texts[0]), Fraction(texts[-1])
    return Quantity(Number(above / below)) if 0 <= above <= below != 0 else None


def expression(tokens: Tokens) -> Expression:
    """Return the expression that the tokens are; a unit is a factor, and one for itself alone.

    Raises UnreadableError for a label.
    """
    value = quantity(trimmed(tokens))
    factors = [value.expression]
    if value.percent:
        factors.append(Number(Fraction(1, 100)))
    if value.unit is not None:
        if not value.unit.measures or value.unit.label:
            raise UnreadableError("a label where none can be compared")
        factors += [Number(value.unit.factor), Symbol(f"unit {value.unit.measures}")]
    return value.expression if len(factors) == 1 else Apply("multiply", tuple(factors))


def quantity(tokens: Tokens, *, units: bool = False) -> Quantity:
    """Return an expression, with a currency before it or a unit after it.

    With `units`, letters after a number that may be a unit are one: `5 m`.
    """
    tokens = without_leading(tokens)
    if len(tokens) > _SHORTEST_OF_TWO and (rate := _per_many(tokens, units=units)) is not None:
        return rate
    currency: Unit | None = None
    tokens, code = _without_code(tokens)
    if tokens[0].text in ("-", "+") and len(tokens) > 2 and tokens[1].text in CURRENCIES:
        tokens = [tokens[1], tokens[0], *tokens[2:]]
    if tokens[0].text in CURRENCIES and len(tokens) > 1:
        currency, tokens = read_unit(CURRENCIES[tokens[0].text]), tokens[1:]
    elif code:
        currency = read_unit(code)
    tokens = _with_units(tokens)
    start = first_word(tokens)
    if units and start == len(tokens):
        start = first_letter_of_unit(tokens)
    while 0 < start < len(tokens) and tokens[start - 1].text in ("/", "degree", "(", "{", "*"):
        start -= 1
    if start == 0:
        raise UnreadableError("words before the value")
    if start == len(tokens):
        return _without_percent(tokens, currency)
    rest = next((at for at in range(start, len(tokens)) if _starts_number(tokens, at)), len(tokens))
    first = _scaled(tokens[:start], tokens[start:rest], currency)
    return _together(first, quantity(tokens[rest:])) if rest < len(tokens) else first


def _per_many(tokens: Tokens, *, units: bool) -> Quantity | None:
    """Return `6.5 L/100 km` as `0.065 L/km`; None for anything else."""
    for at in range(3, len(tokens) - 1):
        by, unit = tokens[at - 1], tokens[at - 2]
        is_many = tokens[at].kind == "number" and by.text in ("/", "per") and _is_in_type(unit)
        if not is_many or not all(map(_is_in_type, tokens[at + 1 :])):
            continue
        count = Fraction(tokens[at].text)
        whole = quantity([*tokens[: at - 1], Token("mark", "/"), *tokens[at + 1 :]], units=units)
        if not count or not isinstance(whole.expression, Number):
            return None
        return replace(whole, expression=Number(whole.expression.value / count))
    return None


def _is_in_type(token: Token) -> bool:
    return token.kind == "word" or (token.kind == "letter" and token.upright)


def _with_units(tokens: Tokens) -> Tokens:
    """Return the tokens with a unit for the letter in `1 h 30 min`."""
    if len(tokens) < _SHORTEST_OF_TWO or [token.kind for token in tokens[:3]] != [
        "number",
        "letter",
        "number",
    ]:
        return tokens
    is_followed = tokens[3].kind == "word" and is_unit(tokens[3].text) and is_unit(tokens[1].text)
    return [tokens[0], tokens[1]._replace(kind="word"), *tokens[2:]] if is_followed else tokens


def without_leading(tokens: Tokens) -> Tokens:
    """Return the tokens without meaningless words at the start."""
    while len(tokens) > 1 and tokens[0].kind in ("word", "command") and tokens[0].text.lower() in LEADING:
        tokens = tokens[1:]
        while len(tokens) > 1 and tokens[0].text == ":":
            tokens = tokens[1:]
    is_article = tokens[0].text in ("a", "A") and tokens[0].kind == "letter" and len(tokens) > 1
    if is_article and tokens[1].kind == "number" and tokens[-1].kind == "word":
        return tokens[1:]
    return tokens


def _without_code(tokens: Tokens) -> tuple[Tokens, str]:
    """Return the tokens without a currency's code before the amount."""
    if tokens[0].kind not in ("letter", "word"):
        return tokens, ""
    for length in (1, 2, 3):
        code = tokens[:length]
        if any(
            token.kind not in ("letter", "word") or (at and token.spaced) for at, token in enumerate(code)
        ):
            break
        name = "".join(token.text for token in code).lower()
        if name in _CODES and len(tokens) > length:
            rest = tokens[length:]
            rest = rest[1:] if rest[0].text == "." and len(rest) > 1 else rest
            if rest[0].text in CURRENCIES or (
                name in ("usd", "rs", "eur", "gbp", "inr", "rmb", "cny", "jpy") and rest[0].kind == "number"
            ):
                return rest, "" if rest[0].text in CURRENCIES else name
    return tokens, ""


def _starts_number(tokens: Tokens, at: int) -> bool:
    """Return True for a number behind a unit: the 30 of "2 hours 30 minutes"."""
    before = tokens[at - 1]
    return tokens[at].kind == "number" and (before.kind == "word" or (before.upright and bool(before.run)))


def _scaled(tokens: Tokens, unit: Tokens, currency: Unit | None) -> Quantity:
    """Return a quantity whose unit may begin with "million" or the like, or an ordinal's ending."""
    first = unit[0].text.strip().lower()
    if first in ("st", "nd", "rd", "th") and len(tokens) == 1 and ordinal(tokens[0].text) == first:
        return _without_percent(tokens, unit_of(unit[1:]) if len(unit) > 1 else None)
    if currency is not None and len(unit) == 1 and unit[0].text in _SCALES_OF_MONEY:
        first, unit = _SCALES_OF_MONEY[unit[0].text], unit[:1]
    if first in PARTS and len(unit) == 1 and not first.startswith("quarter"):
        part = Number(Fraction(1, PARTS[first]))
        whole = _without_percent(tokens, currency)
        return replace(whole, expression=Apply("multiply", (whole.expression, part)))
    if first not in SCALES:
        return _without_percent(tokens, unit_of(unit) or currency)
    whole = _without_percent(tokens, (unit_of(unit[1:]) if unit[1:] else None) or currency)
    return replace(whole, expression=Apply("multiply", (whole.expression, Number(Fraction(SCALES[first])))))


def together(values: Sequence[Value]) -> Quantity | None:
    """Return "2 hours and 30 minutes" as one quantity; None for two things."""
    quantities = [value for value in values if isinstance(value, Quantity)]
    if len(values) != 2 or len(quantities) != 2:
        return None
    first, second = quantities
    units = first.unit, second.unit
    if not units[0] or not units[1] or not units[0].measures or units[0].measures != units[1].measures:
        return None
    return _together(first, second) if units[1].factor < units[0].factor else None


def _together(first: Quantity, second: Quantity) -> Quantity:
    """Return `2 hours 30 minutes` as one quantity in the first unit."""
    if first.unit is None or second.unit is None or not first.unit.measures:
        raise UnreadableError("a number after a unit")
    if first.unit.measures != second.unit.measures or second.unit.factor >= first.unit.factor:
        raise UnreadableError("two quantities side by side")
    smaller = Apply("multiply", (second.expression, Number(second.unit.factor / first.unit.factor)))
    return replace(first, expression=Apply("add", (first.expression, smaller)))


def without_precision(tokens: Tokens) -> Tokens:
    """Remove "to two decimal places" at the end, which says how a decimal was rounded."""
    start = len(tokens)
    while start and (tokens[start - 1].kind == "word" or tokens[start - 1].text in ("to", "(", ")", ",")):
        start -= 1
    texts = {token.text.lower() for token in tokens[start:] if token.text not in "(),"}
    is_precision = "to" in texts and texts & {"decimal", "nearest", "places"}
    known = all(word in TRAILING or number_in_words(word) for word in texts)
    return tokens[:start] if start and is_precision and known else tokens


def _without_percent(tokens: Tokens, unit: Unit | None) -> Quantity:
    """Return a quantity whose percent, degree or minutes are signs behind the number: `50%`, `30^\\circ`."""
    percent = unit is not None and unit.measures == (("share", 1),)
    if percent and unit is not None:
        label = Unit((), label=unit.label) if unit.label else None
        if unit.factor != 1:
            return Quantity(Apply("multiply", (parse(tokens), Number(unit.factor))), label, True)
        unit = label
    if len(tokens) > 2 and tokens[-2].text == "degree" and tokens[-1].text in ("C", "F"):
        unit, tokens = read_unit("°" + tokens[-1].text), tokens[:-2]
    if tokens[-1].text == "%" and len(tokens) > 1:
        percent, tokens = True, tokens[:-1]
        if tokens[-1].text == "%":
            raise UnreadableError("two percent signs")
    elif tokens[-1].text == "degree" and len(tokens) > 1 and not _in_function(tokens):
        unit, tokens = angle(unit), tokens[:-1]
    elif (
        len(tokens) > 3 and tokens[-1].text in ("'", '"') and any(token.text == "degree" for token in tokens)
    ):
        return Quantity(sexagesimal(tokens), angle(unit))
    return Quantity(parse(tokens), unit, percent)


def _in_function(tokens: Tokens) -> bool:
    """Return True if a trigonometric function is among the tokens, to which a degree may belong."""
    return any(token.kind == "command" and token.text in _TRIGONOMETRIC for token in tokens)
