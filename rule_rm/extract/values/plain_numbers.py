r"""Read a text that is one plain number in any usual dress: `**9,500**`, `\$460`, `−50`, `\(48\)`."""

from __future__ import annotations

import re
from fractions import Fraction

_DRESS = re.compile(
    r"\\(?:boxed|fbox|text(?:bf|rm|it)?|math(?:bf|rm|it)|displaystyle|left|right|bf|rm|large|Large)(?![a-zA-Z])"
    r"|\\[()\[\]]|\*\*|__|`|\\(?=\$)|[{}]"
)
"""Markup around a number: `\\boxed`, `**`, braces."""
_MINUS = str.maketrans("−–—﹣－＋", "-----+")
_GROUP = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|\\ |'|\u2009|\u202f|\u00a0| )(?:\\!)?(?=\d{3}(?!\d))", re.ASCII)
"""A mark between thousands: the comma of `9,500`."""
_FRACTION = re.compile(r"\\[dt]?frac\s*(?:\{(\d+)\}|(\d))\s*(?:\{(\d+)\}|(\d))", re.ASCII)
"""A fraction, such as `\\frac{1}{2}` or `\\frac12`."""
_NUMBER = re.compile(
    r"\s*(?P<sign>[-+]?)\s?(?:[$€£¥₹]\s?)?(?P<sign_after>[-+]?)"
    r"(?P<number>\d+(?:\.\d*)?|\.\d+)(?:\s?/\s?(?P<below>\d+))?(?P<rest>.*)",
    re.DOTALL | re.ASCII,
)
"""A number with its sign and currency, and the rest: `-$5 dollars`."""
_LONGEST = 300


def number_and_rest(text: str) -> tuple[Fraction, str] | None:
    r"""Return the number at the beginning of a text, and the rest; None if there is no number.

    >>> number_and_rest(r"**\$9,500** dollars"), number_and_rest("x")
    ((Fraction(9500, 1), ' dollars'), None)
    """
    text = _FRACTION.sub(r"\1\2/\3\4", text[:_LONGEST].translate(_MINUS).replace("{,}", ","))
    text = _GROUP.sub("", _DRESS.sub("", text))
    text = re.sub(r"\$(?=\s*\Z|[\s.])", "", text) if text.count("$") > 1 else text
    found = _NUMBER.match(text)
    if found is None or (found["sign"] and found["sign_after"]):
        return None
    value = Fraction(found["number"].rstrip("."))
    if found["below"]:
        if not int(found["below"]):
            return None
        value /= int(found["below"])
    rest = found["rest"]
    if found["number"].endswith("."):
        rest = "." + rest
    return (-value if "-" in (found["sign"], found["sign_after"]) else value), rest.replace("$", "")


def plain_value(text: str) -> Fraction | None:
    """Return the value of a text that is one plain number and nothing else, or None.

    >>> plain_value("\\\\(-1,250.5\\\\)."), plain_value("5 or 6")
    (Fraction(-2501, 2), None)
    """
    found = number_and_rest(text)
    return found[0] if found is not None and not found[1].strip(" .\t\r\n") else None
