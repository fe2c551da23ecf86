"""Find bad golden answers before training: each costs every rollout of its question.

This is run by hand over a dataset. A golden answer that hangs is only reported afterwards, so run it where a
process may be killed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rule_rm.extract import golden_answer
from rule_rm.math.compare import compare
from rule_rm.math.comparing.equal import equal
from rule_rm.math.guard import LONGEST
from rule_rm.math.hints import read_golden
from rule_rm.math.reading.normalise import normalise
from rule_rm.math.reading.textbook import as_meant
from rule_rm.math.symbolic import warm_up
from rule_rm.math.values.answers import Quantity, Value, Words, variables
from rule_rm.math.values.expression import BeyondReadingError, TooCostlyError, UnreadableError

SLOW = 0.2
"""Seconds from which on a golden answer counts as slow, if nothing else is asked for."""
_TWO_NUMBERS = re.compile(r"(?<![\d,.])[1-9]\d{0,2},[1-9]\d{2}(?!\d|[,.]\d|\s+[a-zA-Z])")
"""A number that may be two, or one in thousands: `1,234`; but no `1,050`, `1,234.5` or `1,250 m`."""
_DECIMAL_COMMA = re.compile(r"(?<![\d,.])0,\d{3}(?!\d|[,.]\d)")
"""A decimal comma that is read as one of thousands: `0,125`."""


_PLAIN_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]+(?![a-zA-Z])")
"""Letters without a backslash: `slope`."""
_SPOKEN = re.compile(r"(?=[a-z]{4,}$)(?=.*[aeiou])(?=.*[^aeiou])")
"""Letters that are more likely a word than a product: `slope`, not `mgh`."""
_PAIR = 2

_MARK = "####"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with one golden answer."""

    index: int
    """The place of the question in the dataset, from 0."""
    kind: str
    """unreadable, costly, unequal (to itself), conflict, ambiguous, prose or slow."""
    message: str


def check(items: Iterable[tuple[str, str]], slow: float = SLOW) -> Iterator[Finding]:
    """Yield the findings on these (question, golden answer) pairs, in their order.

    A golden answer that takes more than `slow` seconds to read is a finding as well.

    >>> [finding.kind for finding in check([("1+1?", "2"), ("1+1?", "3"), ("2^9^9?", "2^{9^9}")])]
    ['conflict', 'costly']
    """
    warm_up()
    seen: dict[str, tuple[int, str]] = {}
    for index, (question, text) in enumerate(items):
        # Not by the clock: on a busy machine every answer would be slow.
        started = time.process_time()
        golden = golden_answer(text)
        for kind, message in _alone(golden):
            # GSM8K's mark is before one number.
            if kind != "ambiguous" or _MARK not in text:
                yield Finding(index, kind, message)
        first, other = seen.setdefault(" ".join(question.split()), (index, golden))
        if first != index and not compare(golden, other).equal:
            yield Finding(index, "conflict", f"the same question has the golden answer {other!r} at {first}")
        elapsed = time.process_time() - started
        if elapsed > slow:
            yield Finding(index, "slow", f"it took {elapsed:.1f} s to read")


def _alone(golden: str) -> Iterator[tuple[str, str]]:
    """Yield the findings on a golden answer alone."""
    if not golden or len(golden) > LONGEST:
        yield "unreadable", "it is empty" if not golden else f"it has more than {LONGEST} characters"
        return
    golden = as_meant(golden)
    try:
        value = read_golden(normalise(golden))
    except BeyondReadingError:
        # A space more is another text, so that math-verify and not the text layer decides.
        if compare(golden + r" \cdot 1", golden).equal is None:
            yield "unreadable", "neither this package nor math-verify can read it"
        return
    except TooCostlyError as error:
        yield "costly", str(error)
        return
    except UnreadableError as error:
        yield "unreadable", str(error)
        return
    if not equal(value, read_golden(normalise(golden) + " ")):
        yield "unequal", "it does not equal itself"
    yield from _doubtful(golden, value)
    if read_as := _misread(golden, value):
        yield "ambiguous", f"the letters of {read_as!r} are read as variables"


def _doubtful(golden: str, value: Value) -> Iterator[tuple[str, str]]:
    if isinstance(value, Words) and len(value.text.split()) > 4:
        yield "prose", "only the same words will be right"
    if not isinstance(value, Quantity):
        return
    # Two numbers have no unit, currency or percent sign together: `$1,500` is a price.
    if value.unit is None and not value.percent and _TWO_NUMBERS.search(golden):
        yield "ambiguous", "a comma that may separate thousands or two numbers"
    if _DECIMAL_COMMA.search(golden):
        yield "ambiguous", "a comma that may be a decimal one is read as one of thousands"


def _misread(golden: str, value: Value) -> str:
    """Return a word of a golden answer's prose whose letters are read as variables; nothing if there is none.

    Prose is what stands outside the dollars, or a word with vowels if there are none.
    """
    names = variables(value)
    if golden.count("$") >= _PAIR and golden.count("$") % 2 == 0:
        parts = golden.split("$")
        formulas = " ".join(parts[1::2])
        found = [word for word in _PLAIN_WORD.findall(" ".join(parts[::2])) if set(word) - set(formulas)]
    else:
        found = [word for word in _PLAIN_WORD.findall(golden) if _SPOKEN.search(word)]
    read = [word for word in found if set(word) - {"e", "i"} and set(word) - {"e", "i"} <= names]
    return max(reversed(read), key=len, default="")
