"""Compare measured numbers within a tolerance: the absolute or relative error, or significant digits.

An answer must be a single number, worked out, in a unit that the golden answer's can be converted to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rule_rm.math.comparing.amounts import conversion
from rule_rm.math.comparing.approximate import approximate, is_real
from rule_rm.math.comparing.describe import describe
from rule_rm.math.comparing.exact import UndefinedError
from rule_rm.math.comparing.scales import as_difference, in_scale_of
from rule_rm.math.finality.unfinished import unfinished
from rule_rm.math.guard import LONGEST
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.question import asked_unit
from rule_rm.math.reading.reader import read
from rule_rm.math.values.answers import Named, Quantity, Value
from rule_rm.math.values.expression import Apply, Number, TooCostlyError, UnreadableError, symbols
from rule_rm.math.values.verdict import Layer, Verdict

_PLAIN = re.compile(
    r"(?P<number>[-+−]?[\d.,]+(?:[eE][-+]?\d+)?"
    r"(?:\s*(?:\\times|\\cdot|[×*·])\s*10\s*\^\s*(?:\{[-+−]?\d+\}|[-+−]?\d+))?)"
    r"(?:[\s~]|\\[ ,;:])*(?P<unit>(?:[A-Za-zµμΩΩ°]|\\Omega|\\mu)"
    r"(?:[\w/^*·.{}()µμΩΩ° -]|\\Omega|\\mu|\\cdot)*)"
)
"""A number and a unit in plain letters: `299792458 m/s`, `1.6 \\times 10^{-19} C`, `4.7 k\\Omega`."""
_ALONE = re.compile(r"(?<![A-Za-zµ])Ω\s*")
"""The sign of ohm without a prefix: the one of `Ω m`."""
_SLACK = Fraction(1, 10**12)
"""The share by which an error may exceed its bound, as 0.1 has no exact binary form."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an answer may be from the golden answer; the widest of the bounds counts."""

    absolute: float = 0.0
    relative: float = 0.0
    """Share of the golden value: 0.05 is 5 %."""
    digits: int = 0
    """Significant digits in which both must agree when rounded; 0: no such bound."""
    needs_unit: bool = False
    """Return True if an answer without a unit is wrong where the golden answer has one."""


def within(
    answer: str,
    golden: str,
    tolerance: Tolerance,
    *,
    unit: str = "",
    question: str = "",
    value_alone: bool = False,
) -> Verdict:
    r"""Return the verdict on an answer; `unit` is the golden answer's, if it is given apart.

    >>> within(r"9.8\text{ m/s}^2", "9.81", Tolerance(relative=0.01), unit="m/s^2").equal
    True
    >>> within(r"980\text{ kg}", "9.81", Tolerance(relative=0.01), unit="m/s^2").equal
    False
    """
    if max(len(golden), len(answer)) > LONGEST:
        ours = len(golden) > LONGEST
        return Verdict(None if ours else False, Layer.GUARD, f"more than {LONGEST} characters")
    try:
        golden = f"{golden}{_marked(unit)}" if unit else _with_marked_unit(golden)
        reference = _quantity(read(normalise(golden)))
        expected = _number(reference, Number(Fraction(1)))
    except (UnreadableError, UndefinedError, TooCostlyError) as error:
        return Verdict(None, Layer.READING, f"the golden answer is not a number: {error}")
    try:
        # Without a unit to expect, `3 m` may be three times m.
        asked = asked_unit(question) if reference.unit is None and question else None
        answer = answer if reference.unit is None and asked is None else _with_marked_unit(answer)
        candidate = _quantity(read(normalise(answer)))
        if tolerance.needs_unit and reference.unit is not None and candidate.unit is None:
            return Verdict(False, Layer.STRUCTURE, f"the unit {reference.unit.name or unit} is missing")
        if asked is not None and candidate.unit is not None and candidate.unit.measures == asked.measures:
            reference = Quantity(reference.expression, asked)
        candidate = in_scale_of(reference, as_difference(reference, candidate, question))
        factor = conversion(reference.unit, candidate.unit)
        if factor is None:
            return Verdict(False, Layer.STRUCTURE, f"{describe(candidate)} is in another unit")
        actual = _number(candidate, factor)
    except UnreadableError as error:
        return Verdict(False, Layer.READING, f"the answer is not a number: {error}")
    except UndefinedError as error:
        return Verdict(False, Layer.NUMERIC, f"no value: {error}")
    except TooCostlyError as error:
        return Verdict(False, Layer.GUARD, str(error))
    if not value_alone and (left := unfinished(answer, golden, question)) is not None:
        return Verdict(False, Layer.STRUCTURE, f"it is not worked out: {left}")
    is_near = _is_near(actual, expected, tolerance)
    reason = (
        f"{describe(candidate)} is {'' if is_near else 'not '}within the tolerance of {describe(reference)}"
    )
    return Verdict(is_near, Layer.NUMERIC, reason)


def _with_marked_unit(text: str) -> str:
    r"""Return a number and a unit in plain letters with the unit marked as text; any other text as it is.

    >>> _with_marked_unit("3e8 m/s"), _with_marked_unit("3 x"), _with_marked_unit(r"3\text{ m}")
    ('3e8\\text{ m/s}', '3 x', '3\\text{ m}')
    """
    if (plain := _PLAIN.fullmatch(normalise(text).strip())) is None:
        return text
    marked = plain["number"] + _marked(plain["unit"])
    try:
        _quantity(read(normalise(text)))
    except UnreadableError:
        try:
            found = _quantity(read(normalise(marked)))
        except (UnreadableError, TooCostlyError):
            return text
        return marked if found.unit is not None and found.unit.measures else text
    return text


def _marked(unit: str) -> str:
    r"""Return a unit as LaTeX: its letters in a text, and the sign of ohm after a prefix, apart.

    >>> print(_marked("kg m/s^2"), _marked("kΩ"), _marked("Ω m"), _marked("μF"))
    \text{ kg m/s^2} \text{ k}\Omega \text{ ohm m} \text{ µF}
    """
    unit = re.sub(r"Ω|\\Omega\s*", "Ω", re.sub(r"μ|\\mu\s*", "µ", unit.strip().replace("\\cdot", "·")))
    parts = _ALONE.sub("ohm ", unit).strip().split("Ω")
    return r"\Omega".join(rf"\text{{ {part}}}" if part.strip() else "" for part in parts)


def _quantity(value: Value) -> Quantity:
    """Return the number of a value such as `3` or `x = 3`. Raises UnreadableError if it is another."""
    if isinstance(value, Named):
        value = value.value
    if not isinstance(value, Quantity) or symbols(value.expression):
        raise UnreadableError("it is not a single number")
    return value


def _number(quantity: Quantity, factor: Any) -> Any:
    """Return the real value of a quantity, converted by a factor."""
    percent = Number(Fraction(1, 100 if quantity.percent else 1))
    value = approximate(Apply("multiply", (Apply("multiply", (quantity.expression, factor)), percent)), {})
    if not is_real(value):
        raise UndefinedError("it is not a real number")
    return value.real


def _is_near(actual: Any, expected: Any, tolerance: Tolerance) -> bool:
    gap = abs(actual - expected)
    bound = max(tolerance.absolute, tolerance.relative * abs(expected))
    if gap <= bound * (1 + float(_SLACK)) or gap <= abs(expected) * float(_SLACK):
        return True
    return tolerance.digits > 0 and _rounded(actual, tolerance.digits) == _rounded(expected, tolerance.digits)


def _rounded(value: Any, digits: int) -> str:
    """Return a number rounded half to even to significant digits, as text: `6.67e-11`."""
    return f"{float(value):.{digits - 1}e}"
