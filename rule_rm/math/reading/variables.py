r"""Variables with all that belongs to their names: indices, primes, accents, `f(2)`, `\vec{AB}`."""

from __future__ import annotations

import re

from rule_rm.math.reading.brackets import closing
from rule_rm.math.reading.numerals import Numerals
from rule_rm.math.reading.vocabulary import APPLIED, GREEK
from rule_rm.math.values.expression import (
    Apply,
    Constant,
    Expression,
    Number,
    Symbol,
    UnreadableError,
    negative,
    uses,
)

ARROWS = frozenset({"vec", "overrightarrow"})
"""Accents of vectors."""
_SPECIAL = {"Gamma": "gamma", "zeta": "zeta"}
"""Greek letters that name functions wherever brackets follow."""
_ARITHMETIC = frozenset({"mu", "phi", "sigma", "tau", "lambda", "Lambda", "omega", "Omega"})
"""Functions of natural numbers, in a sum over divisors."""
_LONGEST_ARGUMENT = 6
"""Tokens of `d_{12}`."""
_OF_POINTS = ARROWS | {"overline", "bar"}
"""Accents of two points that have a meaning: a segment, a vector."""
_CONJUGATING = frozenset({"bar", "overline"})
"""Accents of a complex number that mean its conjugate."""
_WEIGHT = re.compile(r"(?:[mM]|rho|Delta)(?:_(?:\w|\{\w+\}))?$")
"""The end of what precedes the g of a weight: the `m_1` of `m_1g(h)`."""


class Variables(Numerals):
    """Reads factors that begin with a letter; the parser reads sums."""

    in_divisors = False
    """True in a sum over divisors, where letters before brackets are functions."""

    def sum(self, depth: int) -> Expression:
        """Return the sum at hand."""
        raise NotImplementedError

    def group(self, depth: int) -> Expression:
        """Return the content of the brackets at hand."""
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
        if self.in_divisors and name in APPLIED and self.peek() == "(":
            return Apply(f"unknown {name}", (self.group(depth),))
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
        if self.in_divisors and name in _ARITHMETIC and self.peek() == "(":
            return Apply(f"unknown {name}", (self.group(depth),))
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
        return name == "g" and _WEIGHT.search("".join(before)) is not None

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


def spelled(expression: Expression) -> str:
    """Return an expression as a name: the argument in f(…)."""
    match expression:
        case Number(value):
            return str(value)
        case Symbol(name) | Constant(name):
            return name
        case Apply(function, arguments):
            return f"{function}({','.join(map(spelled, arguments))})"
