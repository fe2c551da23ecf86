r"""Bounds on the input of sympy, which would try to evaluate `1E5000000` or `20!!!`.

Only the text is looked at, in linear time, before any of it becomes an expression. A short text that may take
long for other reasons (an integral, a sum) passes: it runs in a worker that can be killed.
"""

from __future__ import annotations

import re

LONGEST = 1_000
"""The most characters that an answer may have."""
_DEEPEST = 12
_MOST_DIGITS = 200
_MOST_TERMS = 120

_BRACKET = re.compile(r"\\\\|\\left|\\right|\\[{}|]|[{}()\[\]^]|\\(?:frac|sqrt|sin|cos|tan|ln|log)\b")
r"""A bracket, or a sign that nests like one: `{`, `^`, `\sqrt`. Escaped ones don't nest: `\{`."""
_LONG_NUMBER = re.compile(rf"[\d,.]{{{_MOST_DIGITS + 1},}}")
"""A run of too many digits: `111…1`."""
_EXPONENT = re.compile(r"\d\s*[eE]\s*[-+]?\s*\d{4,}|\d\s*[eE][-+]?\d+\.?\d*\s*[eE]")
"""A float with a large or doubled exponent: `1E5000000`, `1e9e9`."""
_POWER = re.compile(r"\^\s*\{?\s*\(?\s*[-+]?\s*(\d[\d,. ]*)")
"""An exponent that begins with a number: `^{10`."""
_IN_POWERS = re.compile(r"(\d)?\s*\^\s*(\{)?|\\[{}]|[{}]")
"""A power with its base, or a brace, to follow how deep powers are: `9^{`, `}`."""
_FACTORIAL = re.compile(r"(\d+|[)}\]])?\s*!\s*([)}\s]*!)?")
"""A factorial with its operand, and a second one: `20!!`."""
_BIG = re.compile(r"\d{2}")
"""Two digits in a row: `20`."""
_BINOMIAL = re.compile(r"\\[dt]?binom|\\choose|\\operatorname\{(?:factorial|binomial|gamma)")
r"""A binomial or a function that grows like one: `\binom`."""
_OPERATOR = re.compile(
    r"\\operatorname\*?\s*\{\s*([a-zA-Z]*)|\\(zeros|ones|eye|diag|hstack|vstack|norm|SVD|rref)\b"
)
r"""A named operator, or a macro that makes a matrix: `\operatorname{foo`, `\zeros`."""
_OPERATORS = {
    *("gcd", "lcm", "max", "min", "floor", "ceil", "mod", "abs", "sgn", "sign", "log", "ln", "exp", "sqrt"),
    *(
        "arcsin",
        "arccos",
        "arctan",
        "arcsinh",
        "arccosh",
        "arctanh",
        "asin",
        "acos",
        "atan",
        "asinh",
        "acosh",
    ),
    *("atanh", "sinh", "cosh", "tanh", "sec", "csc", "cot", "arccot", "arcsec", "arccsc", "Re", "Im", "arg"),
    *("det", "tr", "trace", "rank", "dim", "ker", "deg", "erf", "erfc"),
}


def refusal(text: str) -> str | None:
    """Return the reason why this text is too costly to read as mathematics, or None.

    >>> refusal("2024^{4046}"), refusal("9^{9^{9^{9}}}")
    (None, 'a tower of powers')
    """
    if len(text) > LONGEST:
        return f"more than {LONGEST} characters"
    if _LONG_NUMBER.search(text):
        return f"a number of more than {_MOST_DIGITS} digits"
    if _EXPONENT.search(text):
        return "a decimal exponent of more than three digits"
    return _costly_structure(text) if any(char in text for char in "^!\\({[|") else _too_many_terms(text)


def _costly_structure(text: str) -> str | None:
    if "^" in text:
        if _is_tower(text) or text.count("^") > 40:
            return "a tower of powers"
        if any(len(power.strip(" .,")) > 4 for power in _POWER.findall(text)):
            return "a power of more than four digits"
    for operand, again in _FACTORIAL.findall(text) if "!" in text else ():
        large = "^" in text or (len(operand) > 3 if operand.isdigit() else _BIG.search(text))
        if again or (operand and large):
            return "a factorial of more than three digits"
    if _BINOMIAL.search(text) and re.search(r"\d{5}|\^", text):
        return "a binomial of more than four digits"
    for name, bare in _OPERATOR.findall(text):
        if bare or (name and name not in _OPERATORS):
            return f"the operator {bare or name}"
    if _depth(text) > _DEEPEST:
        return f"nested more than {_DEEPEST} deep"
    return _too_many_terms(text)


def _is_tower(text: str) -> bool:
    """Return True if an exponent has an exponent of a number in it, or is three deep."""
    opened: list[bool] = []
    for match in _IN_POWERS.finditer(text):
        mark = match.group()
        if "^" in mark:
            depth = sum(opened)
            if depth >= 2 or (depth and match[1]):
                return True
            if match[2]:
                opened.append(True)
        elif mark == "{":
            opened.append(False)
        elif mark == "}" and opened:
            opened.pop()
    return False


def _too_many_terms(text: str) -> str | None:
    if sum(map(text.count, "+-*=,&")) + text.count("\\cdot") + text.count("\\pm") > _MOST_TERMS:
        return f"more than {_MOST_TERMS} terms"
    return None


def _depth(text: str) -> int:
    """Return the deepest nesting of brackets; a function's name without brackets nests as well."""
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        token = match.group()
        if token in ("{", "(", "["):
            depth += 1
            deepest = max(deepest, depth)
        elif token in ("}", ")", "]"):
            depth = max(0, depth - 1)
    return max(deepest, text.count("|") // 2, text.count("[") if text.count("[") > 40 else 0)
