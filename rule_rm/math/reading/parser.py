r"""Parse tokens into an expression by hand-written descent, as nothing of a response may ever be run.

The usual conventions of written mathematics: `2\frac12` is two and a half, `\sin 2x` is sin(2x), `1/2x` is
x/2, `-x^2` is −(x²). The depth is bounded, so that no response can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rule_rm.math.reading.functions import BRACKETS, STARTING
from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.powers import MOST_IN_A_ROW, Powers
from rule_rm.math.reading.products import crossed, multiplied
from rule_rm.math.reading.variables import ARROWS, spelled
from rule_rm.math.reading.vocabulary import CONSTANTS, FUNCTIONS, GREEK
from rule_rm.math.values.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
    depth_of,
    negative,
    symbols,
)

DEEPEST = 40
_DEEPEST_TREE = 120
"""Levels of an expression: its comparison recurses into each."""
_SIGNS = ("+", "-", "pm", "mp")


def parse(tokens: Sequence[Token]) -> Expression:
    """Return the expression that the tokens are.

    Raises UnreadableError, or BeyondReadingError for what math-verify may know.
    """
    reader = _Parser(tokens)
    expression = reader.whole(0)
    if reader.position < len(tokens) and reader.position < len(reader.tokens):
        raise reader.stuck()
    if depth_of(expression) > _DEEPEST_TREE:
        raise TooCostlyError(f"nested more than {_DEEPEST_TREE} deep")
    return expression


def _is_power(expression: Expression) -> bool:
    """Return True for a power of a letter: `r^2`."""
    return (
        isinstance(expression, Apply)
        and expression.function == "power"
        and isinstance(expression.arguments[0], Symbol)
    )


def _stirling(name: str, above: Expression, below: Expression) -> Expression:
    r"""Return a Stirling number, `{n \brace k}` or `{n \brack k}`; that of letters is a name."""
    if isinstance(above, Number) and isinstance(below, Number):
        return Apply(f"stirling {name}", (above, below))
    return Symbol(f"stirling {name}({spelled(above)},{spelled(below)})")


class _Parser(Powers):
    in_bars = 0

    def whole(self, depth: int) -> Expression:
        r"""Return a sum, or two with `\over` or `\choose` between them."""
        expression = self.sum(depth)
        if self.accept("over"):
            return Apply("divide", (expression, self.sum(depth)))
        if self.accept("choose"):
            return Apply("binomial", (expression, self.sum(depth)))
        for name in ("brace", "brack"):
            if self.accept(name):
                return _stirling(name, expression, self.sum(depth))
        return expression

    def sum(self, depth: int) -> Expression:
        self.deeper(depth)
        terms = [self.signed(depth)]
        while (sign := self.peek()) in _SIGNS:
            self.position += 1
            if self.peek() == "ldots" and self.position + 1 == len(self.tokens):
                self.position += 1
                terms.append(Symbol("…"))
                break
            term = self.signed(depth)
            if sign == "-":
                term = negative(term)
            elif sign != "+":
                term = Apply("plus_minus" if sign == "pm" else "minus_plus", (term,))
            terms.append(term)
        return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))

    def deeper(self, depth: int) -> None:
        if depth > DEEPEST:
            raise TooCostlyError(f"nested more than {DEEPEST} deep")

    def signed(self, depth: int) -> Expression:
        negated, split = False, ""
        while (sign := self.peek()) in _SIGNS:
            negated ^= sign == "-"
            split = sign if sign in ("pm", "mp") else split
            self.position += 1
        term = self.product(depth)
        if split:
            term = Apply("plus_minus" if split == "pm" else "minus_plus", (term,))
        term = negative(term) if negated else term
        if self.accept("mod"):
            term = Apply("mod", (term, self.signed_power(depth)))
        return term

    def product(self, depth: int) -> Expression:
        result = self.power(depth)
        divisions = 0
        while True:
            text = self.peek()
            if text == "*" and self.is_cross():
                result = crossed(result, self.signed_power(depth))
            elif text == "*" or (text == "x" and self.is_times_sign()):
                self.position += 1
                result = multiplied(result, self.signed_power(depth))
            elif text == "/":
                self.position += 1
                divisions += 1
                if divisions > MOST_IN_A_ROW:
                    raise TooCostlyError(f"more than {MOST_IN_A_ROW} divisions in a row")
                result = Apply("divide", (result, self.divisor(result, depth)))
            elif self.starts_factor():
                self.refuse_two_numbers()
                result = multiplied(result, self.power(depth))
            else:
                return result

    def divisor(self, above: Expression, depth: int) -> Expression:
        """Return what follows a slash: letters side by side are one divisor, as in `t/RC` and `p^2/2m`.

        A fraction of numbers is a factor of the letters behind it: `1/2mv^2` is half of them.
        """
        starts_with_number = self.kind() == "number"
        below = self.signed_power(depth)
        if starts_with_number and not symbols(above):
            return below
        is_plain = starts_with_number or isinstance(below, Symbol | Constant) or _is_power(below)
        while is_plain and self.continues_letters():
            below = multiplied(below, self.power(depth))
        return below

    def continues_letters(self) -> bool:
        r"""Return True if a letter is at hand right after the factor before it: the `C` of `t/RC`."""
        if self.kind() != "letter" and self.peek() not in GREEK and self.peek() not in CONSTANTS:
            return False
        here, last = self.tokens[self.position], self.tokens[self.position - 1]
        # TeX needs the space after a command: `4\pi r` is written no closer.
        return not here.spaced or last.kind == "command"

    def is_cross(self) -> bool:
        r"""Take a `\times` before a letter with an arrow."""
        if self.tokens[self.position].run == "times" and self.peek(1) in ARROWS:
            self.position += 1
            return True
        return False

    def is_times_sign(self) -> bool:
        """Return True for an `x` between two numbers with spaces around it: `3.2 x 10^5`."""
        if self.kind(1) != "number" or self.kind() != "letter":
            return False
        here, following = self.tokens[self.position], self.tokens[self.position + 1]
        number_before = self.kind(-1) == "number" or self.peek(-1) == "}"
        return here.spaced and following.spaced and number_before

    def signed_power(self, depth: int) -> Expression:
        sign = 1
        while self.peek() in ("+", "-"):
            sign = -sign if self.take().text == "-" else sign
        factor = self.power(depth)
        return factor if sign > 0 else negative(factor)

    def refuse_two_numbers(self) -> None:
        """Raise UnreadableError for `1 2`: somebody meant something else than a product."""
        is_index = self.peek(-2) == "_"
        if self.kind() == "number" and self.tokens[self.position - 1].kind == "number" and not is_index:
            start = self.position
            if self.mixed_ahead() is None:
                raise UnreadableError("two numbers side by side")
            self.position = start

    def starts_factor(self) -> bool:
        text, kind = self.peek(), self.kind()
        if kind in ("number", "letter"):
            return True
        if kind == "mark":
            return text in ("(", "{", "[") or (text == "|" and not self.in_bars)
        return kind == "command" and (
            text in FUNCTIONS or text in GREEK or text in CONSTANTS or text in STARTING
        )

    def argument(self, depth: int) -> Expression:
        r"""Return the operand after `^` or `\frac`: a group, else one digit, letter or command."""
        self.deeper(depth)
        if self.peek() in ("{", "("):
            return self.group(depth)
        if self.kind() == "number" and self.peek(1) == "_":
            return Number(Fraction(self.take().text))
        if self.peek() in ("-", "+"):
            sign = self.take().text
            inner = self.argument(depth + 1)
            return negative(inner) if sign == "-" else inner
        return self.primary(depth)

    def group(self, depth: int) -> Expression:
        opening = self.take().text
        bars, self.in_bars = self.in_bars, 0
        inner = self.whole(depth + 1)
        self.in_bars = bars
        self.expect(BRACKETS[opening])
        return inner

    def primary(self, depth: int) -> Expression:
        if self.kind() == "number":
            return self.number()
        text = self.peek()
        if text in ("(", "{", "["):
            return self.group(depth)
        if text == "." and self.peek(1) in ("overline", "bar", "dot"):
            self.tokens = [*self.tokens]
            self.tokens[self.position] = Token("number", "0.")
            return self.number()
        if text == "|":
            self.position += 1
            self.in_bars += 1
            inner = self.sum(depth + 1)
            self.in_bars -= 1
            self.expect("|")
            return Apply("abs", (inner,))
        if self.kind() == "letter":
            return self.letter(depth)
        if self.kind() == "command":
            return self.command(depth)
        raise self.stuck()
