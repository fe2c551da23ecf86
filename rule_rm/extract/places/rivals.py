"""Read the value at a place of a text, and the other value that follows one after "or"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rule_rm.extract.values.numbers import content, formula_at, number_at
from rule_rm.extract.words import stance

_OPENING = re.compile(
    r"(?:[\s*_`(：:]|\b(?:about|approximately|exactly|just|simply|thus|therefore)\b|≈|~|=)*"
)
"""Text between an anchor and its value: `**about `."""
_BARE_VALUE = re.compile(r"\\?[-+]?\\(?:frac|sqrt|pi|dfrac)[^\s,;.]*|[(\[][-\d][^()\[\]\n]{0,40}[)\]]")
"""A formula without delimiters, such as `\\frac{1}{2}` or `(3, 2)`."""
_LETTER = re.compile(r"\(?([A-Z])\)?(?![\w'’])")
"""A choice, such as `(B)`."""
_SPELLED = re.compile(
    r"(?:about\s+|exactly\s+|just\s+|only\s+)?(?P<number>(?:(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|million"
    r"|and|a|half|dozen)(?:\s+|-|\b))+?)(?=\W*\Z|\s*[.,;!)\n]|\s+[^\W\d_]+\s*[.,;!])",
    re.IGNORECASE,
)
"""A number in words at the end of a clause: "three and a half dozen"."""
_PERCENT = re.compile(r"(?:%|\bpercent)[\s*$]*\Z")
"""The end of a share, behind which "of" names the whole, while in Dutch it joins another value: "25%"."""
_COUNTER = re.compile(r"[^\W\d_a-zA-Z]{1,3}?(?=或|还是|または|もしくは|또는|혹은)")
"""A Chinese, Japanese or Korean counter before a word that joins another value: the 个 of 42个或43个."""


def alternative(text: str, end: int) -> Iterator[str]:
    """Yield the value that follows an answer after "or"."""
    counter = _COUNTER.match(text, end)
    joined = stance.OR.match(text, counter.end() if counter else end)
    if joined is None or (joined.group().strip().lower() == "of" and _PERCENT.search(text, 0, end)):
        return
    if (value := rival_after(text, joined.end())) is not None:
        yield value


def rival_after(text: str, at: int) -> str | None:
    """Return the value at a place, also one in words that ends its clause: "forty-one"."""
    value = value_after(text, at)
    if value is None and (spelled := _SPELLED.match(text, at)) is not None:
        return spelled["number"]
    return value


def value_after(text: str, at: int) -> str | None:
    r"""Return the formula or number at a place, behind spaces and markup; None if there is none.

    >>> value_after("is **$x$**", 2), value_after("42 of them", 0), value_after("so", 0)
    ('x', '42', None)
    """
    opening = _OPENING.match(text, at)
    at = opening.end() if opening else at
    if (formula := formula_at(text, at)) is not None:
        return content(formula)
    bare = _BARE_VALUE.match(text, at)
    if bare is not None:
        return bare.group()
    number = number_at(text, at)
    if number is not None:
        return number.group().strip()
    letter = _LETTER.match(text, at)
    return letter[1] if letter and letter[1] != "I" else None
