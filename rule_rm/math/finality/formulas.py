r"""The formulas and numbers of a question, and the task that it sets with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise

from rule_rm.math.finality.shapes import Shape, carried, parts, size, written
from rule_rm.math.reading.question import choices_of
from rule_rm.math.reading.reader import read
from rule_rm.math.values.answers import Chain, Inequality, Named, Quantity, Value, expressions
from rule_rm.math.values.expression import (
    Apply,
    Expression,
    Number,
    TooCostlyError,
    UnreadableError,
    difference,
    symbols,
)

_MOST_FORMULAS = 40
_LONGEST_FORMULA = 300
_LONGEST_QUESTION = 12_000
"""The last characters of a question that are looked at."""

_DELIMITED = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL)
"""A formula in its delimiters, such as `$x+1$` or `\\(x+1\\)`."""
_WORD = re.compile(
    r"[-+*/^=<>×÷·−().,!%\[\]{}|√²³]*(?:(?:\d|\\?[a-zA-Z](?![a-zA-Z])|\\?(?:frac|sqrt|sin|cos|tan|log|ln))"
    r"[-+*/^=<>×÷·−().,!%\[\]{}|√²³_]*)*"
)
"""A word of plain text that is made of mathematics alone, such as `3x^2-5` or `+`."""
_OPERATOR = re.compile(r"[-+*/^=<>×÷·−!√%]|\\(?:frac|sqrt|overline)|\bx\b")
"""A sign that joins numbers to an expression, such as `÷`."""
_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
"""A number, such as `1,250` or `0.5`."""
_EVALUATE = re.compile(
    r"(?:\b(?:evaluat|comput|calculat|simplif|work(?:ed)? out|round|decimal|values? of)|计算|化简|求值)"
    r"[^.?!\n]{0,40}?(?:\$|\\\(|\\\[|\d)|\b(?:divid|quotient|reduc)|的值",
    re.IGNORECASE,
)
"""A request to carry out a computation, such as "Evaluate $2^5$" or "the value of 3 + 4"."""
_LOWEST = re.compile(r"\b(?:simplif|simplest|lowest|reduc|common fraction)|化简|最简", re.IGNORECASE)
"""A request for lowest terms, such as "in simplest form"."""
_EXPAND = re.compile(r"\b(?:expan[ds]|multipl(?:y|ie)|distribut)|展开", re.IGNORECASE)
"""A request for a sum of products, such as "Expand"."""
_FACTOR = re.compile(r"\bfactor(?!ial)|\bfactoris|因式分解", re.IGNORECASE)
"""A request for a product, such as "Factor completely"."""
_KINDS = {
    "power": re.compile(
        r"\d[)}\s]*(?:\^|\*\*|[²³⁴⁵⁶⁷⁸⁹])|\b(?:power|squared|cubed|exponent)|次方|平方|立方", re.IGNORECASE
    ),
    "factorial": re.compile(r"\d\s*!|\bfactorial|阶乘", re.IGNORECASE),
    "binomial": re.compile(r"binom|choose|\bC\s*\(|combination", re.IGNORECASE),
    "nPr": re.compile(r"\bP\s*(?:\(|_)|nPr|permutation", re.IGNORECASE),
    "primes": re.compile(r"\d\s*(?:\\cdot|\\times|[*×·])\s*\d|\bproduct|\btimes\b", re.IGNORECASE),
    "function": re.compile(r"\b(?:sine?|cosine|tangent|logarithm)\b|\\?(?:sin|cos|tan|cot|sec|csc|log|ln)\b"),
}
r"""Signs that a closed form of a kind is the requested work, such as `\binom` for binomials."""
_MARKUP = re.compile(
    r"\\(?:text|mathrm|mbox|textrm|operatorname|left|right|displaystyle)(?![a-zA-Z])|\\[,;:! ]|[\s{}$~\\]"
)
r"""Parts that do not change a value: spaces, braces and type, such as `\text{`."""


class _Formula:
    """A formula of a question. Each fact is worked out when it is first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def may_have(self, names: Iterable[str]) -> bool:
        """Return False if the text lacks one of the letters, so that it need not be read."""
        return not self._text.isascii() or all(name in self._text for name in names if len(name) == 1)

    @cached_property
    def _value(self) -> Value | None:
        try:
            return read(self._text)
        except (UnreadableError, TooCostlyError):
            return None

    @cached_property
    def _statements(self) -> tuple[Expression, ...]:
        return () if self._value is None else tuple(statements(self._value))

    @cached_property
    def inner(self) -> frozenset[Expression]:
        """The expressions, and the differences of equations' sides, with all parts of them."""
        own = () if self._value is None else expressions(self._value)
        return frozenset(part for one in (*own, *self._statements) for part in parts(one))

    @cached_property
    def shapes(self) -> frozenset[Shape]:
        """The shapes of the expressions and of all parts of them, numbers included."""
        return frozenset(map(written, self.inner))

    @cached_property
    def rearranged(self) -> frozenset[tuple[Shape, int]]:
        """The carried-out shape and the size of each expression in variables, parts included."""
        return _carried_out(self.inner)

    @cached_property
    def stated(self) -> frozenset[tuple[Shape, int]]:
        """The carried-out shape and the size of left − right of each equation and inequality in variables."""
        return _carried_out(self._statements)


_formula = lru_cache(maxsize=4096)(_Formula)


class Question:
    """The formulas of a question, and its task. Each fact is worked out when it is first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _formulas(self) -> tuple[_Formula, ...]:
        return tuple(map(_formula, _formulas(self._text)))

    def shows(self, shape: Shape) -> bool:
        """Return True if an expression of this shape, or a part of one, is in a formula."""
        return any(shape in formula.shapes for formula in self._formulas)

    def has(self, expression: Expression, *, stated: bool) -> bool:
        """Return True if nothing but rearranging is done between the expression and one of the question.

        With `stated` it is left − right of an equation, which is compared with those of equations only.
        That of the question is no longer than the expression.
        """
        possible = [formula for formula in self._formulas if formula.may_have(symbols(expression))]
        if not possible:
            return False
        shape, length = canonical(expression), size(expression)
        return any(
            shape == known and length >= least
            for formula in possible
            for known, least in (formula.stated if stated else formula.rearranged)
        )

    @cached_property
    def numbers(self) -> frozenset[Fraction]:
        """The numbers of the text and of its formulas."""
        return frozenset(
            {Fraction(found.replace(",", "")) for found in _NUMBER.findall(self._text)}
            | {part.value for formula in self._formulas for part in formula.inner if isinstance(part, Number)}
        )

    @cached_property
    def flat(self) -> str:
        """The text without spaces and markup."""
        return flat(self._text)

    @cached_property
    def evaluate(self) -> bool:
        """Return True if a computation is to be carried out."""
        return _EVALUATE.search(self._text) is not None

    @cached_property
    def lowest(self) -> bool:
        """Return True if lowest terms are asked for."""
        return _LOWEST.search(self._text) is not None

    @cached_property
    def expand(self) -> bool:
        """Return True if a sum of products is asked for."""
        return _EXPAND.search(self._text) is not None

    @cached_property
    def factor(self) -> bool:
        """Return True if a product is asked for."""
        return _FACTOR.search(self._text) is not None

    @cached_property
    def has_choices(self) -> bool:
        """Return True if the question lists choices, one of which is to be repeated."""
        return bool(choices_of(self._text))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of closed forms that the question shows or names."""
        return frozenset(kind for kind, mark in _KINDS.items() if mark.search(self._text))


@lru_cache(maxsize=2048)
def question_of(text: str) -> Question:
    """Return the formulas, numbers and tasks of a question.

    >>> shown = question_of("Compute $3+4$.")
    >>> shown.evaluate, sorted(shown.numbers)
    (True, [Fraction(3, 1), Fraction(4, 1)])
    """
    return Question(text[-_LONGEST_QUESTION:])


def flat(text: str) -> str:
    """Return a text without spaces and markup."""
    return _MARKUP.sub("", text)


def canonical(expression: Expression) -> Shape:
    """Return the carried-out shape of an expression divided by its leading coefficient."""
    _, *terms = carried(expression)
    if not terms:
        return ()
    return tuple((term, value / terms[0][1]) for term, value in terms)


def _carried_out(found: Iterable[Expression]) -> frozenset[tuple[Shape, int]]:
    return frozenset((canonical(one), size(one)) for one in found if symbols(one) and isinstance(one, Apply))


def statements(value: Value) -> Iterator[Expression]:
    """Yield left − right of each equation and inequality with two sides in a value."""
    match value:
        case Named(_, Quantity(expression), symbol) if symbol is not None:
            yield difference(symbol, expression)
        case Chain(members):
            for left, right in pairwise(members):
                yield difference(left.expression, right.expression)
        case Inequality((left, right)):
            yield difference(left, right)


def _formulas(text: str) -> list[str]:
    """Return the formulas of a text: those in delimiters, and runs of words that are mathematics."""
    found = [next(filter(None, match.groups())) for match in _DELIMITED.finditer(text)]
    rest = _DELIMITED.sub(" , , ", text)
    run: list[str] = []
    for word in [*rest.split(), "."]:
        whole = _WORD.fullmatch(word)
        if whole and word.strip(".,"):
            run.append(word)
        if not whole or word != word.rstrip(".,"):
            found.append(" ".join(run).strip(" .,"))
            run = []
    kept = dict.fromkeys(part for part in found if _OPERATOR.search(part) and len(part) <= _LONGEST_FORMULA)
    return list(kept)[-_MOST_FORMULAS:]
