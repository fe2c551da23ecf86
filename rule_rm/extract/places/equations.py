"""Read the equations of a sentence: several that are one answer, the last of a chain, a rounded value."""

from __future__ import annotations

import re
from typing import NamedTuple

from rule_rm.extract.question.asked import asking_sentence
from rule_rm.extract.values.numbers import content, formulas_in, number_at

_EXPRESSION = re.compile(
    r"(?:\\[a-zA-Z]+|[\d\s(){}\[\]^_+*/=−·×-]|[,.](?=\d)|(?<![a-zA-Z])(?!(?<=\s)[aI]\b)[a-zA-Z](?![a-zA-Z]))+"
)
r"""An expression in which no two letters are neighbours but in a command: `5\sqrt{2} + x`."""
_COMMAND = re.compile(r"\\(?!(?:text|mathrm|mbox|quad|qquad)\b)[a-zA-Z]+")
r"""A command of mathematics: `\sqrt`."""
_LAST = re.compile(r"[\s=+*/·×−-]+\Z")
"""Spaces and signs that end an expression too early: ` = `."""
_NAME = r"(?P<name>[a-zA-Zα-ω]|\\[a-zA-Z]+)(?:_\{?\w{1,2}\}?|[₀-₉])?"
_EQUATION = re.compile(rf"(?<![\w\\^_]){_NAME}\s*=\s*")
"""An unknown and an equals sign: `x_1 = `."""
_OR = re.compile(r"\b(?:or|oder|ou|o)\b|或|или", re.IGNORECASE)
"""A word between alternatives: "or"."""
_JOINED = re.compile(r"\s*[,;]?\s*(?:(?:and|or|und|oder|et|ou|y|o|e|и|или)\b|[,;和与或])?\s*", re.IGNORECASE)
"""Text between two equations that are one answer: ", and "."""
_JOINED_FORMULAS = re.compile(r"\s*,?\s*(?:and|und|et|y|e|и|和|与|或|or)\s*", re.IGNORECASE)
"""Text between two formulas that are one answer: " and "."""
_LISTED = re.compile(r"\s*[,;]\s*")
"""Text between two equations of a list: ", "."""
_STATED = re.compile(
    r"\b(?:is|be|becomes|equation)\s*:?\s*\*{0,2}"
    r"(?P<one>[a-zA-Z](?:\([a-z]\))?\s*=\s*(?![a-zA-Z]{2})[^\W_]"
    r"(?:[ \d.+*/^()²³√π−-]|(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z]))*?)[\s.*]*\Z"
)
"""An equation in plain text that ends a sentence with a verb: "the line is y = 2x + 1."."""
_FACTORS = re.compile(
    r"\bfactors(?:\s+are\b|:)[\s:$]*(?P<one>\([^()\n]{1,60}\))[$\s]*(?:,|\band\b)[$\s]*(?P<other>\([^()\n]{1,60}\))[$\s.*]*\Z"
)
"""Two factors that end a text: "the factors are (x-2) and (x-3)."."""
_IMPLIES = re.compile(r"\\(?:implies|Rightarrow|Longrightarrow|iff)(?![a-zA-Z])|[⟹⇒]")
r"""A sign before what follows from an equation: `\implies`."""
_ROUNDED = re.compile(
    r"(?:\A|(?<=[\s=*:]))(?P<exact>[-−]?[\d.\s/()]*(?:√\(?\d+\)?|π)[\d√π/()\s]*?)\s*(?:≈|\\approx)\s*(?P<near>[-−]?\d[\d.,]*\d|\d)"
    r"(?:\s+[^\W\d_²³]+(?:\s+[^\W\d_²³]+)?[²³]?)?[\s.*]*\Z"
)
"""An exact value before its rounded one at the end of a text: `9π ≈ 28.27`."""
_NO_CHAIN = re.compile(
    r"[<>≤≥≠≈,;]|[:!]=|\\(?:[lg]eq?|neq?|approx|text|pmod|begin|implies|quad)(?![a-zA-Z])|=="
)
"""A sign that an answer is more than a chain of equal expressions: `,`."""
_NAME_OR_CALL = re.compile(r"(?:\\?[a-zA-Zα-ωΑ-Ω]+|[a-zA-Z]\w?)(?:_\{?\w+\}?)?['′]*(?:\s?\([^()]{1,20}\))?")
"""A name, perhaps of a function with its arguments: `R`, `P(A)`."""
_HAS_LETTER = re.compile(r"[a-zA-Zα-ωΑ-Ω]")
"""A letter: `x`."""
_OPERATOR = re.compile(r"[-+*/^·×÷()²³⁴−]|\\frac|\\sqrt")
"""A sign of an operation: `+`."""
_MEASURED = re.compile(
    r"(?P<number>[-−]?(?:[\d.,/]+|\\[dt]?frac\{\d+\}\{\d+\}))(?:\s?(?:[a-zA-ZΩ°µ%/²³·]{1,8}|\\Omega))?"
)
"""A number, perhaps with its unit: `6 Ω`."""
_PLAIN_SIDE = re.compile(
    r"(?:(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])|\\[dt]?frac(?=\{)|\\(?:cdot|times)(?![a-zA-Z])|[\d.\s{}()+*/·×^_²³½−-])+"
)
"""A side of letters alone, numbers and operations: `V/I`."""
_ASKS_FOR_POINT = re.compile(
    r"\b(?:points?|vertex|vertices|foc(?:us|i)|cent(?:er|re)s?|coordinates?|ordered\s+pairs?|intersect\w*)\b",
    re.IGNORECASE,
)
"""A word of a question for something with coordinates: "vertex"."""
_SIGNS = str.maketrans("−–·×²³", "--**²³")
_SHORTEST = 3
_LONGEST, _NEAR = 200, 80
Found = tuple[str, int, int, str]
"""An answer, where it starts and ends, and where it was found."""


class _Equation(NamedTuple):
    """An unknown with its value, and their place in the sentence."""

    name: str
    start: int
    end: int


def latex_at(text: str, at: int) -> str | None:
    r"""Return the expression at a place, without delimiters, if it has a command of LaTeX; None otherwise.

    >>> latex_at(r"= 5\sqrt{2}.", 2), latex_at("= 5 eggs", 2)
    ('5\\sqrt{2}', None)
    """
    found = _EXPRESSION.match(text, at, at + _LONGEST)
    if found is None or not _COMMAND.search(found.group()):
        return None
    expression = _LAST.sub("", found.group())
    # An expression that is cut within its brackets, or before a word, is part of something else.
    is_whole = all(expression.count(left) == expression.count(right) for left, right in ("()", "{}", "[]"))
    return expression if is_whole and not text[at + len(expression) :][:1].isalpha() else None


def stated_together(sentence: str, end: int, prompt: str) -> tuple[str, int] | None:
    """Return the equations that are one answer, the last of which ends at a place, and where they start.

    None if there is only one. Equations of different unknowns are one answer if the question asks for all of
    them ("find x and y"), or has neither them nor their values.

    >>> stated_together("So x = 2 or x = 3", 17, "Solve it.")
    ('x = 2, x = 3', 3)
    >>> stated_together("x = 2 and y = 3", 15, "What is y if x + y = 5?")
    """
    found = [
        _with_value(sentence, one) for one in _EQUATION.finditer(sentence, max(0, end - 4 * _LONGEST), end)
    ]
    equations = [one for one in found if one is not None]
    if len(equations) < 2 or equations[-1].end != end:
        return None
    joined = [equations.pop()]
    for one in reversed(equations):
        first, second = (sentence[each.start : each.end] for each in (one, joined[0]))
        # Equations of two unknowns are alternatives behind "or", not a pair.
        if first.strip()[:1] != second.strip()[:1] and _OR.search(sentence, one.end, joined[0].start):
            break
        if not _JOINED.fullmatch(sentence, one.end, joined[0].start) or not are_together(
            first, second, prompt
        ):
            break
        joined.insert(0, one)
    if len(joined) < 2:
        return None
    return ", ".join(sentence[one.start : one.end].strip() for one in joined), joined[0].start


def are_together(first: str, second: str, prompt: str) -> bool | None:
    """Return whether two formulas, both equations of unknowns, are one answer; None for another formula."""
    one, other = (_EQUATION.match(formula) for formula in (first, second))
    if one is None or other is None:
        return None
    if one["name"] == other["name"]:
        return True
    if _asks_for_both(one["name"], other["name"], prompt) or _ASKS_FOR_POINT.search(asking_sentence(prompt)):
        return True
    # A value from the question is repeated, not answered: "a = 3, b = 4, c = 5".
    value = re.escape(first[one.end() :].strip())
    names = f"{re.escape(one['name'])}|{re.escape(other['name'])}"
    return not re.search(rf"(?<![\w\\])(?:{names})(?!\w)|(?<![\d.]){value}(?![\d.]*\d)", prompt)


def joined_formulas(text: str, last: re.Match[str], prompt: str) -> Found | None:
    """Return the last formula with those that are joined to it: "$x = 2$ and $x = 3$"."""
    if (step := after_implication(content(last))) is not None:
        return step, last.start(), last.end(), "the last formula"
    parts, start = [content(last)], last.start()
    for one in reversed(formulas_in(text[: last.start()])):
        together = are_together(content(one), parts[0], prompt)
        by_comma = together and _LISTED.fullmatch(text, one.end(), start)
        if together is False or not (by_comma or _JOINED_FORMULAS.fullmatch(text, one.end(), start)):
            break
        parts, start = [content(one), *parts], one.start()
    whole = ", ".join(parts)
    return (whole, start, last.end(), "the last formula") if whole else None


def after_implication(formula: str) -> str | None:
    r"""Return the equation that follows from the ones before it in a formula; None if there is none.

    >>> after_implication(r"2x = 6 \implies x = 3"), after_implication("x = 3")
    ('x = 3', None)
    """
    steps = _IMPLIES.split(formula)
    is_chain = len(steps) > 1 and all("=" in step for step in steps)
    return steps[-1].strip() if is_chain and _EQUATION.match(steps[-1].strip()) else None


def last_side(answer: str, prompt: str) -> tuple[str, str | None]:
    r"""Return the last side of a chain that begins with an expression of the question, or has formulas in it.

    The other sides must say the same, so those of numbers are returned, too. An equation of a name and a
    value is an answer of its own.

    >>> last_side("x^2 - 9 = (x-3)(x+3)", "Factor x^2-9."), last_side("y = 2x", "Solve for y.")
    (('(x-3)(x+3)', None), ('y = 2x', None))
    >>> last_side("R = V/I = 12/2 = 6 Ω", "Find the resistance.")
    ('6 Ω', '12/2 = 6 Ω')
    """
    sides = [side.strip() for side in answer.split("=")]
    if len(sides) < 2 or not all(sides) or _NO_CHAIN.search(answer):
        return answer, None
    if len(sides) == 2:
        return (sides[1], None) if _is_asked_expression(sides[0], prompt) else (answer, None)
    value = _MEASURED.fullmatch(sides[-1])
    is_plain = all(map(_PLAIN_SIDE.fullmatch, sides[1:-1]))
    is_named = _NAME_OR_CALL.fullmatch(sides[0]) or _is_asked_expression(sides[0], prompt)
    if value is None or not is_plain or not is_named:
        return answer, None
    numeric = [side for side in sides[1:-1] if not _HAS_LETTER.search(side.replace("frac", ""))]
    return sides[-1], " = ".join([*numeric, sides[-1]]) if numeric else None


def _is_asked_expression(side: str, prompt: str) -> bool:
    """Return True for an expression, not a name, that the question has as a whole and in no equation."""
    said, asked = _squeezed(side), _squeezed(prompt)
    if _NAME_OR_CALL.fullmatch(side) or not _OPERATOR.search(side.strip("-−")) or len(said) < _SHORTEST:
        return False
    return re.search(rf"(?<![\w=+*/^<>.(-]){re.escape(said)}(?![\w=*/^<>)(²³+-]|\.\d)", asked) is not None


def _squeezed(text: str) -> str:
    text = text.translate(_SIGNS)
    return re.sub(r"(?<=[^a-zA-Z]) +| +(?=[^a-zA-Z])|[$*]|\\[()\[\]]", "", text)


def stated_equation(text: str) -> Found | None:
    """Return the equation in plain text that ends a sentence with a verb.

    >>> stated_equation("The line is y = 2x + 1.")
    ('y = 2x + 1', 12, 22, 'the last formula')
    """
    found = _STATED.search(text, max(0, len(text) - _LONGEST)) if "=" in text[-_NEAR:] else None
    return (found["one"].strip(), found.start("one"), found.end("one"), "the last formula") if found else None


def stated_factors(text: str, prompt: str) -> Found | None:
    """Return the product of the factors with which a text ends, if the question asks to factor.

    >>> stated_factors("The factors are (x-2) and (x-3).", "Factor x^2-5x+6.")
    ('(x-2)(x-3)', 16, 31, 'the last formula')
    """
    found = _FACTORS.search(text, max(0, len(text) - _LONGEST)) if "actors" in text[-_LONGEST:] else None
    if found is None or "factor" not in prompt.lower():
        return None
    return f"{found['one']}{found['other']}", found.start("one"), found.end("other"), "the last formula"


def exact_before_rounded(text: str) -> tuple[Found, str] | None:
    """Return the exact value at the end of a text and its rounded one, which must agree.

    >>> exact_before_rounded("9π ≈ 28.27 square units")
    (('9π', 0, 2, 'the last formula'), '28.27')
    """
    found = _ROUNDED.search(text, max(0, len(text) - _LONGEST)) if "≈" in text[-_NEAR:] else None
    if found is None:
        return None
    exact = found["exact"].strip()
    start = text.index(exact, found.start())
    return (exact, start, start + len(exact), "the last formula"), found["near"]


def _with_value(sentence: str, equation: re.Match[str]) -> _Equation | None:
    at = equation.end()
    if (latex := latex_at(sentence, at)) is not None:
        return _Equation(equation["name"], equation.start(), at + len(latex))
    number = number_at(sentence, at)
    return _Equation(equation["name"], equation.start(), number.end()) if number else None


def _asks_for_both(one: str, other: str, prompt: str) -> bool:
    """Return True if a question asks for two unknowns together: "find x and y"."""
    first, second = re.escape(one), re.escape(other)
    together = rf"(?<![\w\\]){first}\$?\s*(?:,|and|,\s*and)\s*\$?{second}(?!\w)"
    return re.search(together, asking_sentence(prompt)) is not None
