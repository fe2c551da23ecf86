"""Read and compute the formula of a multigrader: numbers, names, `+ - * / ^`, brackets and some functions."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping

from rule_rm.errors import ConfigurationError, InternalError

LONGEST = 2_000
"""Characters of the longest formula."""
DEEPEST = 50
"""Brackets, signs and powers within one another."""
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "log": math.log,
}
_SEVERAL = ("min", "max")
"""Functions that take any number of arguments; the others take one."""
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(\*\*|[-+*/^(),]))")
"""A number, a name or a sign, after spaces: `0.5`, `accuracy`, `*`."""

Compute = Callable[[Mapping[str, float]], float]


class FormulaError(InternalError, ValueError):
    """The formula has no finite value for these scores."""


class Formula:
    """A formula over the scores of graders.

    >>> Formula("0.8 * a + max(0, b - 1) ^ 2", ["a", "b"]).value({"a": 0.5, "b": 3.0})
    4.4
    """

    def __init__(self, text: str, names: list[str]) -> None:
        """Read the formula. Raises ConfigurationError if it is not one, or has an unknown name."""
        self._text = text
        self._names = names
        self._tokens = self._split()
        self._place = 0
        self._compute = self._sum(0)
        if self._place < len(self._tokens):
            raise self._wrong(f"{self._tokens[self._place]!r} is not expected")

    def value(self, scores: Mapping[str, float]) -> float:
        """Return the value for the scores. Raises FormulaError if it is not a finite number."""
        try:
            value = self._compute(scores)
        except (ArithmeticError, ValueError) as error:
            raise FormulaError(f"{self._text!r} has no value for {dict(scores)}: {error}") from None
        if not math.isfinite(value):
            raise FormulaError(f"{self._text!r} has no finite value for {dict(scores)}")
        return float(value)

    def _split(self) -> list[str]:
        if len(self._text) > LONGEST:
            raise ConfigurationError(f"calculate_output has more than {LONGEST} characters")
        tokens, place = [], 0
        while self._text[place:].strip():
            found = _TOKEN.match(self._text, place)
            if found is None:
                raise self._wrong(f"{self._text[place:].strip()[0]!r} is not part of a formula")
            tokens.append(found.group().strip())
            place = found.end()
        return tokens

    def _wrong(self, why: str) -> ConfigurationError:
        return ConfigurationError(f"calculate_output {self._text!r}: {why}")

    def _next(self, *signs: str) -> str | None:
        """Take the next token if it is one of the signs."""
        if self._place < len(self._tokens) and self._tokens[self._place] in signs:
            self._place += 1
            return self._tokens[self._place - 1]
        return None

    def _sum(self, depth: int) -> Compute:
        parts = [("+", self._product(depth))]
        while (sign := self._next("+", "-")) is not None:
            parts.append((sign, self._product(depth)))
        return _chained(parts)

    def _product(self, depth: int) -> Compute:
        parts = [("*", self._signed(depth))]
        while (sign := self._next("*", "/")) is not None:
            parts.append((sign, self._signed(depth)))
        return _chained(parts)

    def _signed(self, depth: int) -> Compute:
        if depth > DEEPEST:
            raise self._wrong(f"it is nested more than {DEEPEST} deep")
        if (sign := self._next("+", "-")) is not None:
            return _chained([("+", lambda _: 0.0), (sign, self._signed(depth + 1))])
        base = self._single(depth)
        return _chained([("*", base), ("^", self._signed(depth + 1))]) if self._next("^", "**") else base

    def _single(self, depth: int) -> Compute:
        if self._place == len(self._tokens):
            raise self._wrong("it ends too early")
        word = self._tokens[self._place]
        self._place += 1
        if word == "(":
            inner = self._sum(depth + 1)
            self._close()
            return inner
        if word[0].isdigit() or word[0] == ".":
            number = float(word)
            return lambda _: number
        if word in self._names and not self._is_called():
            return lambda scores: scores[word]
        if word in FUNCTIONS:
            return self._call(word, depth)
        raise self._wrong(
            f"{word!r} is none of the graders {', '.join(self._names)} and of {', '.join(FUNCTIONS)}"
        )

    def _is_called(self) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place] == "("

    def _call(self, name: str, depth: int) -> Compute:
        if self._next("(") is None:
            raise self._wrong(f"{name} needs arguments in brackets")
        arguments = [self._sum(depth + 1)]
        while self._next(","):
            arguments.append(self._sum(depth + 1))
        self._close()
        if len(arguments) > 1 and name not in _SEVERAL:
            raise self._wrong(f"{name} takes one argument")
        function = FUNCTIONS[name]
        if len(arguments) == 1 and name in _SEVERAL:
            return arguments[0]
        return lambda scores: float(function(*(argument(scores) for argument in arguments)))

    def _close(self) -> None:
        if self._next(")") is None:
            raise self._wrong("a bracket is not closed")


def _chained(parts: list[tuple[str, Compute]]) -> Compute:
    """Return the parts joined by their signs from left to right; the first sign counts for nothing."""
    if len(parts) == 1:
        return parts[0][1]

    def compute(scores: Mapping[str, float]) -> float:
        value = parts[0][1](scores)
        for sign, part in parts[1:]:
            value = _JOIN[sign](value, part(scores))
        return value

    return compute


def _power(base: float, exponent: float) -> float:
    value = base**exponent
    return value if isinstance(value, float) else math.nan


_JOIN: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": _power,
}
