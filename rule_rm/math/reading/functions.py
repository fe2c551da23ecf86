r"""Functions and their arguments: roots, fractions, binomials, sums, and names with marks."""

from __future__ import annotations

import re
from fractions import Fraction

from rule_rm.math.reading.brackets import closing
from rule_rm.math.reading.numerals import Numerals
from rule_rm.math.reading.vocabulary import ACCENTS, APPLIED, CONSTANTS, FUNCTIONS, GREEK, INVERSE
from rule_rm.math.values.expression import (
    ONE,
    TWO,
    ZERO,
    Apply,
    BeyondReadingError,
    Constant,
    Expression,
    Number,
    Symbol,
    UnreadableError,
    negative,
    uses,
)

STARTING = ACCENTS | {
    "frac",
    "sqrt",
    "binom",
    "lfloor",
    "lceil",
    "sum",
    "prod",
    "det",
    "ihat",
    "jhat",
    "khat",
}
"""Commands that may start a factor, besides functions, letters and constants."""
BRACKETS = {"(": ")", "[": "]", "{": "}", "lfloor": "rfloor", "lceil": "rceil", r"\{": r"\}"}
ARROWS = frozenset({"vec", "overrightarrow"})
"""Accents of vectors."""
_DIFFERENTIAL = re.compile(
    r"(?:d|partial)(?:\^\{?(?P<order>[2-9])\}?)?(?P<name>[a-zA-Z](?:_\{?\w\}?)?|[a-z]{3,7})?(?:\([a-z](?:,[a-z])*\))?"
)
"""The numerator of a derivative without spaces: `dy`, `d^2x`, `dtheta`, `partialu`."""
_OF_VARIABLE = re.compile(r"(?:d|partial)(?P<name>[a-zA-Z]|[a-z]{3,7})(?:\^\{?(?P<order>[2-9])\}?)?")
"""The denominator of a derivative: `dx`, `dt^2`."""
_OF_SEVERAL = frozenset({"gcd", "lcm", "max", "min", "log", "root"})
_AS_QUOTIENTS = {"sech": "cosh", "csch": "sinh", "coth": "tanh"}
_ROUNDING = {"lfloor": "floor", "lceil": "ceil"}
_SPECIAL = {"Gamma": "gamma", "zeta": "zeta"}
"""Greek letters that name functions wherever brackets follow."""
_LONGEST_ARGUMENT = 6
"""Tokens of `d_{12}`."""
_OF_POINTS = ARROWS | {"overline", "bar"}
"""Accents of two points that have a meaning: a segment, a vector."""
_CONJUGATING = frozenset({"bar", "overline"})
"""Accents of a complex number that mean its conjugate."""
_AS_INVERSES = {"acot": "atan", "asec": "acos", "acsc": "asin"}


class Functions(Numerals):
    """Reads factors that begin with a letter or a command; the parser reads sums."""

    def sum(self, depth: int) -> Expression:
        """Return the sum at hand."""
        raise NotImplementedError

    def product(self, depth: int) -> Expression:
        """Return the product at hand."""
        raise NotImplementedError

    def power(self, depth: int) -> Expression:
        """Return the power at hand."""
        raise NotImplementedError

    def argument(self, depth: int) -> Expression:
        r"""Return the operand after `^` or `\frac`."""
        raise NotImplementedError

    def group(self, depth: int) -> Expression:
        """Return the content of the brackets at hand."""
        raise NotImplementedError

    def starts_factor(self) -> bool:
        """Return True if the token at hand may be multiplied with the value before it."""
        raise NotImplementedError

    def letter(self, depth: int) -> Expression:
        """Return the variable or the constant at hand."""
        name = self.take().text + self.primes()
        index = self.index()
        if index:
            return self.with_argument(name + index + self.primes(), depth)
        if name == "e":
            return Constant("e")
        if name == "i":
            return Constant("i")
        # Nobody multiplies by a zero in brackets: for any letter, such as I, I(0) is a value of a function.
        if self.peek() != "(":
            return Symbol(name)
        at_zero = (self.peek(1), self.peek(2)) == ("0", ")")
        applied = (name[0] in APPLIED or name.endswith("'")) and not self._is_weight(name)
        if at_zero or applied:
            return Symbol(f"{name}({spelled(self.group(depth))})")
        if name == "C" and (binomial := self.counted(depth)) is not None:
            return binomial
        return self.with_argument(name, depth)

    def greek(self, depth: int) -> Expression:
        r"""Return the Greek letter at hand, with what belongs to it: `\mu_0`, `\Gamma(3)`."""
        name = self.take().text
        if name in _SPECIAL and self.peek() == "(":
            return self.special(name, depth)
        return self.with_argument(name + self.primes() + self.index(), depth)

    def special(self, name: str, depth: int) -> Expression:
        r"""Return `\Gamma(x)` or `\zeta(s)`; with a second argument it is a name: `\Gamma(s, x)`."""
        self.position += 1
        found = [self.sum(depth + 1)]
        while self.accept(","):
            found.append(self.sum(depth + 1))
        self.expect(")")
        if len(found) == 1:
            return Apply(_SPECIAL[name], tuple(found))
        return Symbol(f"{name}({','.join(map(spelled, found))})")

    def with_argument(self, name: str, depth: int) -> Symbol:
        """Return a name, with one letter in brackets right after it as its argument: `J_0(x)`, `N(d_1)`.

        Brackets around a letter have no other purpose there.
        """
        is_function = "_" in name or name[:1].isupper()
        if not is_function or self.peek() != "(" or self.tokens[self.position].spaced:
            return Symbol(name)
        inner = self.tokens[self.position + 1 : closing(self.tokens, self.position)]
        first, rest = inner[:1], [token.text for token in inner[1:]]
        is_letter = bool(first) and (first[0].kind == "letter" or first[0].text in GREEK)
        if not is_letter or (rest and rest[0] != "_") or len(inner) > _LONGEST_ARGUMENT:
            return Symbol(name)
        return Symbol(f"{name}({spelled(self.group(depth))})")

    def _is_weight(self, name: str) -> bool:
        """Return True for the g of `mg(…)` and `m_1g(…)`, which is a factor and no function."""
        before = [token.text for token in self.tokens[max(0, self.position - 6) : self.position - 1]]
        return (
            name == "g" and re.search(r"(?:[mM]|rho|Delta)(?:_(?:\w|\{\w+\}))?$", "".join(before)) is not None
        )

    def counted(self, depth: int) -> Expression | None:
        """Return `C(8, 2)` as a binomial; no token is taken if it is not one."""
        start = self.position
        if self.accept("("):
            above = self.sum(depth + 1)
            if self.accept(","):
                below = self.sum(depth + 1)
                self.expect(")")
                return Apply("binomial", (above, below))
        self.position = start
        return None

    def primes(self) -> str:
        r"""Return the primes at hand, also as `^{\prime}`."""
        count = 0
        if self.peek() not in ("'", "prime", "^"):
            return ""
        while True:
            if self.peek() in ("'", "prime"):
                self.position += 1
                count += 1
            elif self.peek() == "^" and self.peek(1) in ("'", "prime"):
                self.position += 2
                count += 1
            elif self.peek() == "^" and self.peek(1) == "{" and self.peek(2) in ("'", "prime"):
                self.position += 2
                while self.peek() in ("'", "prime"):
                    self.position += 1
                    count += 1
                self.expect("}")
            else:
                return "'" * count

    def command(self, depth: int) -> Expression:
        """Return the expression that a command begins."""
        name = self.peek()
        if name in CONSTANTS:
            self.position += 1
            return Constant(CONSTANTS[name])
        if name in GREEK or name in ("ihat", "jhat", "khat"):
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

    def accented(self) -> Expression:
        r"""Return `\bar{x}` or `\overline{AB}` as a name; above digits an accent means something else."""
        accent, start = self.take().text, self.position
        letters = self.take().text
        if letters == "{":
            letters = ""
            while self.kind() in ("letter", "word") or self.peek() in GREEK:
                letters += self.take().text
            if (
                self.peek() != "}"
                and accent in _CONJUGATING
                and (number := self.complex_at(start)) is not None
            ):
                return Apply("conjugate", (number,))
            self.expect("}")
        if not letters.isalpha():
            raise UnreadableError(f"\\{accent} above something that is not a name")
        if _is_two_points(letters) and accent in _OF_POINTS:
            return _between(accent, letters)
        if accent == "overline" and len(letters) == 1 and letters.islower():
            accent = "bar"
        return Symbol(f"{accent} {letters}" + self.primes() + self.index())

    def complex_at(self, start: int) -> Expression | None:
        r"""Return the content of the braces that begin there, if it has the imaginary unit: `3+4i`."""
        self.position = start
        content = self.group(1)
        return content if uses(content, "i") else None

    def series(self, depth: int) -> Expression:
        r"""Return `\sum_{k=1}^{9} …` between integers; other series are unreadable."""
        name, start = self.take().text, self.position
        bounds: dict[str, Expression] = {}
        variable = ""
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
        low, high = bounds.get("low"), bounds.get("high")
        if not (
            isinstance(low, Number)
            and isinstance(high, Number)
            and variable.isalpha()
            and start < self.position
        ):
            raise BeyondReadingError(f"\\{name} without integers as bounds")
        return Apply(name, (Symbol(variable), low, high, body))

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
            and self.peek() not in FUNCTIONS
            and self.peek() not in ("(", "[", "|", "det")
        ):
            argument = multiplied(argument, self.power(depth + 1))
        if self.peek() == "/" and self.kind(1) == "number":
            self.position += 1
            argument = Apply("divide", (argument, self.power(depth + 1)))
        return [argument]


def determinant_of(arguments: list[Expression]) -> Expression:
    r"""Return the determinant of a product of matrices in those of its factors: `\det(AB^{-1})`.

    Raises BeyondReadingError for a sum or a multiple.
    """
    match arguments:
        case [Symbol(name)] if name[0].isupper():
            return Symbol(f"det {name}")
        case [Apply("transpose", inner)]:
            return determinant_of(list(inner))
        case [Apply("power", (base, exponent))]:
            return Apply("power", (determinant_of([base]), exponent))
        case [Apply("multiply", factors)]:
            return Apply("multiply", tuple(determinant_of([factor]) for factor in factors))
    raise BeyondReadingError("\\det")


def _is_two_points(letters: str) -> bool:
    """Return True for the names of two points: `AB`."""
    return len(letters) == 2 and letters.isupper()


def _between(accent: str, letters: str) -> Expression:
    r"""Return a segment, which has no direction, or a vector, whose negative has the other one.

    `\overline{BA}` is `\overline{AB}`; `\vec{BA}` is `-\overrightarrow{AB}`.
    """
    first, last = sorted(letters)
    if accent not in ARROWS:
        return Symbol(f"overline {first}{last}")
    vector = Symbol(f"vec {first}{last}")
    return vector if letters == first + last else negative(vector)


def multiplied(left: Expression, right: Expression) -> Expression:
    """Return a product, flat however many factors it has."""
    factors = left.arguments if isinstance(left, Apply) and left.function == "multiply" else (left,)
    return Apply("multiply", (*factors, right))


def crossed(left: Expression, right: Expression) -> Expression:
    r"""Return a product whose last factor is crossed with a vector: `q\vec{v} \times \vec{B}`.

    The cross product is a name, with a sign: `\vec{B} \times \vec{v}` is its negative.
    """
    *factors, last = left.arguments if isinstance(left, Apply) and left.function == "multiply" else (left,)
    if not (_is_vector(last) and _is_vector(right)):
        return multiplied(left, right)
    names = spelled(last), spelled(right)
    product: Expression = Symbol(" × ".join(sorted(names)))
    if names[0] == names[1]:
        product = ZERO
    elif names[0] > names[1]:
        product = negative(product)
    return Apply("multiply", (*factors, product)) if factors else product


def _is_vector(expression: Expression) -> bool:
    return isinstance(expression, Symbol) and expression.name.split(" ")[0] in ARROWS


def _applied(name: str, base: Expression | None, arguments: list[Expression]) -> Expression:
    """Return a function in terms of those that can be worked out."""
    if name == "cbrt":
        name, arguments = "root", [*arguments, Number(Fraction(3))]
    if name in ("log", "lg") and (base is not None or name == "lg"):
        name, arguments = "log", [*arguments, base or Number(Fraction(10))]
    if len(arguments) != 1 and name not in _OF_SEVERAL:
        raise UnreadableError(f"{len(arguments)} arguments of {name}")
    of = tuple(arguments)
    if name in _AS_QUOTIENTS:
        return Apply("divide", (ONE, Apply(_AS_QUOTIENTS[name], of)))
    if name in ("asec", "acsc"):
        return Apply(_AS_INVERSES[name], (Apply("divide", (ONE, *of)),))
    if name == "acot":
        quarter = Apply("divide", (Constant("pi"), TWO))
        return Apply("add", (quarter, negative(Apply("atan", of))))
    if name == "cis":
        return Apply("add", (Apply("cos", of), Apply("multiply", (Constant("i"), Apply("sin", of)))))
    return Apply("log" if name == "ln" else name, of)


def spelled(expression: Expression) -> str:
    """Return an expression as a name: the argument in f(…)."""
    match expression:
        case Number(value):
            return str(value)
        case Symbol(name) | Constant(name):
            return name
        case Apply(function, arguments):
            return f"{function}({','.join(map(spelled, arguments))})"
