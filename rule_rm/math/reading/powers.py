r"""Powers, and the other marks at the top right of a factor: `x^2`, `A^T`, `z^*`, `T^{\mu\nu}`, `n!`."""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.reading.functions import Functions
from rule_rm.math.reading.vocabulary import GREEK
from rule_rm.math.values.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
    symbols,
)

MOST_IN_A_ROW = 40
"""Divisions, powers or postfix signs in a row, each of which is a level of the tree."""
_POSTFIX = frozenset({"!", "%", "degree"})
"""Signs behind a value."""
_TRANSPOSING = frozenset({"top", "intercal"})
"""Exponents that can only mean the transpose."""


class Powers(Functions):
    """Reads factors with their powers and signs."""

    def primary(self, depth: int) -> Expression:
        """Return the number, the bracket, the letter or the command at hand."""
        raise NotImplementedError

    def power(self, depth: int) -> Expression:
        """Return a factor with its powers, `x^2`, its marks, `A^T`, and its signs, `n!`."""
        base = self.postfix(self.primary(depth), depth)
        for _ in range(MOST_IN_A_ROW):
            if not self.accept("^"):
                return base
            if (marked := self.marked_power(base) or self.indices(base)) is not None:
                base = marked
                continue
            exponent = self.argument(depth + 1)
            if isinstance(base, Symbol) and "_" not in base.name:
                base = Symbol(base.name + self.index())
            base = self.postfix(Apply("power", (base, exponent)), depth)
        raise TooCostlyError(f"more than {MOST_IN_A_ROW} powers in a row")

    def marked_power(self, base: Expression) -> Expression | None:
        r"""Return the transpose of `A^T` or the conjugate of `z^*`; no token is taken if it is neither."""
        braced = self.peek() == "{" and self.peek(2) == "}"
        mark = self.tokens[self.position + braced] if self.position + braced < len(self.tokens) else None
        if mark is None:
            return None
        if mark.text in _TRANSPOSING or (mark.text == "T" and _is_matrix(base)):
            self.position += 1 + 2 * braced
            return Apply("transpose", (base,))
        if mark.text == "*" and isinstance(base, Symbol) and len(base.name) == 1 and base.name.islower():
            self.position += 1 + 2 * braced
            return Symbol(f"bar {base.name}")
        return None

    def indices(self, base: Expression) -> Expression | None:
        r"""Return a tensor with its upper indices, `T^{\mu\nu}`: Greek letters side by side have an order."""
        if not isinstance(base, Symbol) or self.peek() != "{":
            return None
        end = self.position + 1
        while end < len(self.tokens) and self.tokens[end].text in GREEK:
            end += 1
        names = [token.text for token in self.tokens[self.position + 1 : end]]
        if len(names) < 2 or end == len(self.tokens) or self.tokens[end].text != "}":
            return None
        self.position = end + 1
        return Symbol(f"{base.name}^{{{' '.join(names)}}}")

    def postfix(self, base: Expression, depth: int) -> Expression:
        """Return a value with the signs behind it: `5!`, `50%`, `30^\\circ`."""
        if self.peek() not in _POSTFIX:
            return base
        for _ in range(MOST_IN_A_ROW):
            if self.accept("!"):
                function = "double factorial" if self.accept("!") else "factorial"
                if self.peek() == "!":
                    raise UnreadableError("three exclamation marks")
                base = Apply(function, (base,))
            elif self.accept("%"):
                if self.peek() == "%":
                    raise UnreadableError("two percent signs")
                base = Apply("divide", (base, Number(Fraction(100))))
            elif self.peek() == "degree" and self.kind() == "command":
                self.position += 1
                base = Apply("multiply", (base, Constant("degree")))
            else:
                return base
        raise TooCostlyError(f"more than {MOST_IN_A_ROW} signs in a row")


def _is_matrix(expression: Expression) -> bool:
    """Return True for a capital letter, and for an expression of capital letters: `A`, `AB`."""
    names = symbols(expression)
    return bool(names) and all(name[0].isupper() and len(name) == 1 for name in names)
