r"""Functions and their arguments: roots, fractions, binomials, derivatives, sums and products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from rule_rm.math.reading.brackets import closing
from rule_rm.math.reading.moments import expected
from rule_rm.math.reading.products import determinant_of, multiplied
from rule_rm.math.reading.series import as_variable, is_indexed, of_index, over_divisors
from rule_rm.math.reading.variables import Variables
from rule_rm.math.reading.vocabulary import ACCENTS, CONSTANTS, FUNCTIONS, GREEK, INVERSE, MOMENTS, words
from rule_rm.math.values.expression import (
    ONE,
    TWO,
    Apply,
    BeyondReadingError,
    Constant,
    Expression,
    Number,
    Symbol,
    UnreadableError,
    negative,
    symbols,
)

STARTING = ACCENTS | words("binom det frac ihat jhat khat lceil lfloor prod sqrt sum")
"""Commands that may start a factor, besides functions, letters and constants."""
BRACKETS = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", "lceil": "rceil", "lfloor": "rfloor"}
"""The closing bracket for each opening one."""
_DIFFERENTIAL = re.compile(
    r"(?:d|partial)(?:\^\{?(?P<order>[2-9])\}?)?(?P<name>[a-zA-Z](?:_\{?\w\}?)?|[a-z]{3,7})?(?:\([a-z](?:,[a-z])*\))?"
)
"""The numerator of a derivative without spaces: `dy`, `d^2x`, `dtheta`, `partialu`."""
_OF_VARIABLE = re.compile(r"(?:d|partial)(?P<name>[a-zA-Z]|[a-z]{3,7})(?:\^\{?(?P<order>[2-9])\}?)?")
"""The denominator of a derivative: `dx`, `dt^2`."""
_OF_SEVERAL = words("gcd lcm log max min nPr root") | MOMENTS
"""Functions of more than one argument."""
_AS_QUOTIENTS = {"coth": "tanh", "csch": "sinh", "sech": "cosh"}
"""Functions that are one by another function."""
_AS_INVERSES = {"acsc": "asin", "asec": "acos"}
"""Functions whose value at x is that of another function at one by x."""
_UNIT_VECTORS = frozenset({"ihat", "jhat", "khat"})
r"""They end an argument without brackets: `\cos t\,\hat i`."""
_ROUNDING = {"lceil": "ceil", "lfloor": "floor"}
"""The functions that brackets mean: `\\lfloor x \\rfloor`."""


class Functions(Variables):
    """Reads factors that begin with a command as well; the parser reads products, powers and sums."""

    def product(self, depth: int) -> Expression:
        """Return the product at hand."""
        raise NotImplementedError

    def power(self, depth: int) -> Expression:
        """Return the power at hand."""
        raise NotImplementedError

    def argument(self, depth: int) -> Expression:
        r"""Return the operand after `^` or `\frac`."""
        raise NotImplementedError

    def starts_factor(self) -> bool:
        """Return True if the token at hand may be multiplied with the value before it."""
        raise NotImplementedError

    def command(self, depth: int) -> Expression:
        """Return the expression that a command begins."""
        name = self.peek()
        if name in CONSTANTS:
            self.position += 1
            return Constant(CONSTANTS[name])
        if name in GREEK or name in _UNIT_VECTORS:
            return self.greek(depth)
        if name == "det":
            self.position += 1
            return determinant_of(self.arguments(depth))
        if name == "frac" and (derivative := self.derivative()) is not None:
            return derivative
        if name in ("frac", "binom"):
            self.position += 1
            above = self.one(depth + 1)
            if name == "binom" and (multinomial := self.multinomial(above, depth)) is not None:
                return multinomial
            return Apply("divide" if name == "frac" else "binomial", (above, self.one(depth + 1)))
        if name == "sqrt":
            return self.root(depth)
        if name in _ROUNDING:
            self.position += 1
            inner = self.sum(depth + 1)
            self.expect(BRACKETS[name])
            return Apply(_ROUNDING[name], (inner,))
        if name in FUNCTIONS:
            return self.function(depth)
        if name in ACCENTS:
            return self.accented()
        if name in ("sum", "prod"):
            return self.series(depth)
        raise self.stuck()

    def multinomial(self, above: Expression, depth: int) -> Expression | None:
        r"""Return `\binom{9}{2,3,4}` as a quotient of factorials; nothing is taken if it is a binomial.

        Raises UnreadableError if the numbers below are not parts of the one above.
        """
        start = self.position
        parts: list[Expression] = []
        while self.accept("," if parts else "{"):
            parts.append(self.sum(depth + 1))
        if len(parts) < 2:
            self.position = start
            return None
        self.expect("}")
        whole = sum(part.value for part in parts if isinstance(part, Number))
        if not all(isinstance(part, Number) for part in parts) or above != Number(Fraction(whole)):
            raise UnreadableError("a multinomial whose parts do not add up")
        below = tuple(Apply("factorial", (part,)) for part in parts)
        return Apply("divide", (Apply("factorial", (above,)), Apply("multiply", below)))

    def derivative(self) -> Expression | None:
        r"""Return `\frac{dy}{dx}` as a name, `dy/dx`; nothing is taken if it is none.

        Raises BeyondReadingError for the operator `\frac{d}{dx}`, which is no factor.
        """
        if self.peek(1) != "{":
            return None
        middle = closing(self.tokens, self.position + 1)
        if middle + 1 >= len(self.tokens) or self.tokens[middle + 1].text != "{":
            return None
        end = closing(self.tokens, middle + 1)
        above, below = (
            "".join(token.text for token in self.tokens[start:stop])
            for start, stop in ((self.position + 2, middle), (middle + 2, end))
        )
        function, variable = _DIFFERENTIAL.fullmatch(above), _OF_VARIABLE.fullmatch(below)
        if not function or not variable or (function["order"] or "1") != (variable["order"] or "1"):
            return None
        if not function["name"]:
            raise BeyondReadingError("\\frac{d}{dx}")
        if above.startswith("partial") != below.startswith("partial"):
            return None
        self.position = end + 1
        sign = "∂" if above.startswith("partial") else "d"
        return Symbol(f"{sign}{function['order'] or ''}{function['name']}/{sign}{variable['name']}")

    def one(self, depth: int) -> Expression:
        r"""Return an argument of `\frac` or `\sqrt`; without braces it is a single character: `\frac12`."""
        self.split_digits()
        return self.argument(depth)

    def series(self, depth: int) -> Expression:
        r"""Return `\sum_{k=1}^{9} …` between integers or letters; other series are unreadable."""
        name, start = self.take().text, self.position
        bounds: dict[str, Expression] = {}
        variable = ""
        if self.peek() == "_" and self.peek(1) == "{" and self.peek(3) == "|":
            return self.over_divisors(name, depth)
        try:
            while self.peek() in ("_", "^") and len(bounds) < 2:
                if self.take().text == "^":
                    bounds["high"] = self.argument(depth + 1)
                else:
                    self.expect("{")
                    variable = self.take().text
                    self.expect("=")
                    bounds["low"] = self.sum(depth + 1)
                    self.expect("}")
            body = self.product(depth + 1)
        except UnreadableError as error:
            raise BeyondReadingError(f"\\{name}: {error}") from None
        low, high = (as_variable(bounds[side], "i") if side in bounds else None for side in ("low", "high"))
        if low is None or high is None or not variable.isalpha() or start == self.position:
            raise BeyondReadingError(f"\\{name} without bounds")
        body = of_index(as_variable(body, variable), variable)
        if not (_is_bound(low, variable) and _is_bound(high, variable)) or is_indexed(body, variable):
            raise BeyondReadingError(f"\\{name} over something else than integers")
        return Apply(name, (Symbol(variable), low, high, body))

    def over_divisors(self, name: str, depth: int) -> Expression:
        r"""Return `\sum_{d \mid n} …`, or a product."""
        self.position += 2
        index = self.take().text
        try:
            self.expect("|")
            whole = self.sum(depth + 1)
            self.expect("}")
            self.in_divisors = True
            body = of_index(as_variable(self.product(depth + 1), index), index)
            self.in_divisors = False
        except UnreadableError as error:
            raise BeyondReadingError(f"\\{name}: {error}") from None
        if not index.isalpha() or index in symbols(whole) or is_indexed(body, index):
            raise BeyondReadingError(f"\\{name} over something else than divisors")
        return over_divisors(name, index, whole, body)

    def root(self, depth: int) -> Expression:
        r"""Return `\sqrt{…}` or `\sqrt[n]{…}`."""
        self.position += 1
        degree: Expression = TWO
        if self.accept("["):
            degree = self.sum(depth + 1)
            self.expect("]")
        return Apply("root", (self.one(depth + 1), degree))

    def function(self, depth: int) -> Expression:
        r"""Return a function with its arguments, its base or its power: `\log_2 x`, `\sin^2 x`."""
        name = self.take().text
        exponent: Expression = ONE
        base: Expression | None = None
        while self.peek() in ("^", "_"):
            if self.take().text == "^":
                exponent = self.argument(depth + 1)
            else:
                self.split_base()
                base = self.argument(depth + 1)
        if exponent == Number(Fraction(-1)):
            if name not in INVERSE:
                raise UnreadableError(f"the inverse of {name}")
            name, exponent = INVERSE[name], ONE
        if base is not None and name not in ("log", "lg", "ln"):
            raise UnreadableError(f"an index on {name}")
        applied = _applied(name, base, self.arguments(depth))
        return applied if exponent == ONE else Apply("power", (applied, exponent))

    def split_base(self) -> None:
        r"""Split the digits of a base that has no argument behind it: `\log_32` is the logarithm of 2."""
        if self.peek(1) == "" or (self.kind(1) == "mark" and self.peek(1) not in ("(", "{", "[", "|")):
            self.split_digits()

    def arguments(self, depth: int) -> list[Expression]:
        """Return the argument of a function: a bracket, else the factors up to the next sign."""
        if self.peek() in ("(", "{", "[", r"\{"):
            opening = self.take().text
            found = [self.sum(depth + 1)]
            while self.accept(","):
                found.append(self.sum(depth + 1))
            self.expect(BRACKETS[opening])
            return found
        self.deeper(depth)
        argument = self.power(depth + 1)
        while (
            self.starts_factor()
            and self.peek() not in FUNCTIONS | _UNIT_VECTORS
            and self.peek() not in ("(", "[", "|", "det")
        ):
            argument = multiplied(argument, self.power(depth + 1))
        if self.peek() == "/" and self.kind(1) == "number":
            self.position += 1
            argument = Apply("divide", (argument, self.power(depth + 1)))
        return [argument]


def _is_bound(bound: Expression, variable: str) -> bool:
    """Return True for a number or an expression in other letters, such as `2n - 1`."""
    if isinstance(bound, Number):
        return bound.value.denominator == 1
    return bool(symbols(bound) - {variable}) == bool(symbols(bound)) and all(
        not isinstance(part, Constant) for part in _parts(bound)
    )


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from _parts(argument)


def _applied(name: str, base: Expression | None, arguments: list[Expression]) -> Expression:
    """Return a function of its arguments in terms of functions that can be evaluated."""
    if name == "cbrt":
        name, arguments = "root", [*arguments, Number(Fraction(3))]
    if name in ("log", "lg") and (base is not None or name == "lg"):
        name, arguments = "log", [*arguments, base or Number(Fraction(10))]
    if len(arguments) != 1 and name not in _OF_SEVERAL:
        raise UnreadableError(f"{len(arguments)} arguments of {name}")
    of = tuple(arguments)
    if name == "nPr" and len(of) != 2:
        raise UnreadableError("permutations of one number")
    if name in MOMENTS:
        if not any(map(symbols, of)):
            raise UnreadableError("a moment of a number")
        return expected(of[0]) if name == "Expect" and len(of) == 1 else Apply(f"unknown {name}", of)
    if name in _AS_QUOTIENTS:
        return Apply("divide", (ONE, Apply(_AS_QUOTIENTS[name], of)))
    if name in _AS_INVERSES:
        return Apply(_AS_INVERSES[name], (Apply("divide", (ONE, *of)),))
    if name == "acot":
        quarter = Apply("divide", (Constant("pi"), TWO))
        return Apply("add", (quarter, negative(Apply("atan", of))))
    if name == "cis":
        return Apply("add", (Apply("cos", of), Apply("multiply", (Constant("i"), Apply("sin", of)))))
    return Apply("log" if name == "ln" else name, of)
