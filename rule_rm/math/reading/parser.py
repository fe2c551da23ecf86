r"""From tokens to an expression: a hand-written descent, as nothing of a response may ever be run.

The usual conventions of written mathematics: `2\frac12` is two and a half, `\sin 2x` is sin(2x), `1/2x` is
x/2, `-x^2` is −(x²). The depth is bounded, so that no response can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rule_rm.math.reading.cursor import Cursor
from rule_rm.math.reading.tokens import Token
from rule_rm.math.reading.vocabulary import ACCENTS, CONSTANTS, FUNCTIONS, GREEK, INVERSE
from rule_rm.math.values.expression import (
    ONE,
    TWO,
    Apply,
    BeyondReadingError,
    Constant,
    Expression,
    Number,
    Symbol,
    TooCostlyError,
    UnreadableError,
    negative,
)

DEEPEST = 40
_CLOSING = {"(": ")", "[": "]", "{": "}", "lfloor": "rfloor", "lceil": "rceil", r"\{": r"\}"}
_STARTING = ACCENTS | {"frac", "sqrt", "binom", "lfloor", "lceil", "sum", "prod"}
_OF_SEVERAL = frozenset({"gcd", "lcm", "max", "min", "log", "root"})
_APPLIED = frozenset("fghFGH")


def parse(tokens: Sequence[Token]) -> Expression:
    """The expression that the tokens are.

    Raises UnreadableError, or BeyondReadingError for what math-verify may know.
    """
    reader = _Parser(tokens)
    expression = reader.sum(0)
    if reader.accept("over"):
        expression = Apply("divide", (expression, reader.sum(0)))
    if reader.position < len(tokens):
        raise reader.stuck()
    return expression


class _Parser(Cursor):
    in_bars = 0

    def sum(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise TooCostlyError(f"nested more than {DEEPEST} deep")
        terms = [self.signed(depth)]
        while (sign := self.peek()) in ("+", "-", "pm", "mp"):
            self.position += 1
            term = self.signed(depth)
            if sign == "-":
                term = negative(term)
            elif sign != "+":
                term = Apply("plus_minus" if sign == "pm" else "minus_plus", (term,))
            terms.append(term)
        return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))

    def signed(self, depth: int) -> Expression:
        negated, split = False, ""
        while (sign := self.peek()) in ("+", "-", "pm", "mp"):
            negated ^= sign == "-"
            split = sign if sign in ("pm", "mp") else split
            self.position += 1
        term = self.product(depth)
        if split:
            term = Apply("plus_minus" if split == "pm" else "minus_plus", (term,))
        term = negative(term) if negated else term
        while self.accept("mod"):
            term = Apply("mod", (term, self.signed_power(depth)))
        return term

    def product(self, depth: int) -> Expression:
        result = self.power(depth)
        while True:
            if self.accept("*"):
                result = Apply("multiply", (result, self.signed_power(depth)))
            elif self.accept("/"):
                result = Apply("divide", (result, self.signed_power(depth)))
            elif self.starts_factor():
                self.refuse_two_numbers()
                result = Apply("multiply", (result, self.power(depth)))
            else:
                return result

    def signed_power(self, depth: int) -> Expression:
        sign = 1
        while self.peek() in ("+", "-"):
            sign = -sign if self.take().text == "-" else sign
        factor = self.power(depth)
        return factor if sign > 0 else negative(factor)

    def refuse_two_numbers(self) -> None:
        """`1 2` is no product, and neither is `x 2`: somebody meant something else."""
        if self.kind() == "number" and self.tokens[self.position - 1].kind == "number":
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
            text in FUNCTIONS or text in GREEK or text in CONSTANTS or text in _STARTING
        )

    def power(self, depth: int) -> Expression:
        base = self.postfixed(depth)
        while self.accept("^"):
            if self.peek() in ("'", "prime"):
                raise BeyondReadingError("a derivative")
            exponent = self.argument(depth + 1)
            if isinstance(base, Symbol) and "_" not in base.name:
                base = Symbol(base.name + self.index())
            base = self.postfix(Apply("power", (base, exponent)), depth)
        return base

    def postfixed(self, depth: int) -> Expression:
        return self.postfix(self.primary(depth), depth)

    def postfix(self, base: Expression, depth: int) -> Expression:
        while True:
            if self.peek() == "!":
                self.position += 1
                if self.peek() == "!":
                    raise UnreadableError("a double factorial")
                base = Apply("factorial", (base,))
            elif self.accept("%"):
                base = Apply("divide", (base, Number(Fraction(100))))
            elif self.peek() == "degree" and self.kind() == "command":
                self.position += 1
                base = Apply("multiply", (base, Constant("degree")))
            else:
                return base

    def argument(self, depth: int) -> Expression:
        r"""What follows `^` or `\frac`: a group, else one digit, letter or command."""
        if depth > DEEPEST:
            raise TooCostlyError(f"nested more than {DEEPEST} deep")
        if self.peek() in ("{", "("):
            return self.group(depth)
        if self.kind() == "number" and self.peek(1) == "_":
            return Number(Fraction(self.take().text))
        if self.peek() in ("-", "+"):
            sign = self.take().text
            inner = self.argument(depth + 1)
            return negative(inner) if sign == "-" else inner
        return self.primary(depth)

    def one(self, depth: int) -> Expression:
        r"""An argument of `\frac` or `\sqrt` without braces is a single character: `\frac12`."""
        if self.kind() == "number" and len(self.peek()) > 1 and self.peek().isdigit():
            digits = self.take()
            rest = list(self.tokens)
            self.position -= 1
            rest[self.position : self.position + 1] = [
                digits._replace(text=digits.text[0]),
                digits._replace(text=digits.text[1:]),
            ]
            self.tokens = rest
        return self.argument(depth)

    def group(self, depth: int) -> Expression:
        opening = self.take().text
        bars, self.in_bars = self.in_bars, 0
        inner = self.sum(depth + 1)
        if self.accept("over"):
            inner = Apply("divide", (inner, self.sum(depth + 1)))
        self.in_bars = bars
        self.expect(_CLOSING[opening])
        return inner

    def primary(self, depth: int) -> Expression:
        if self.kind() == "number":
            return self.number()
        text = self.peek()
        if text in ("(", "{", "["):
            return self.group(depth)
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

    def number(self) -> Expression:
        mixed = self.mixed_ahead()
        if mixed is not None:
            return mixed
        text = self.take().text
        if "e" in text or "E" in text:
            mantissa, _, exponent = text.lower().partition("e")
            if len(exponent.lstrip("+-")) > 3:
                raise TooCostlyError("a decimal exponent of more than three digits")
            return Number(Fraction(mantissa) * Fraction(10) ** int(exponent))
        if self.peek() == "_":
            raise UnreadableError("an index on a number")
        if "." in text and self.peek() in ("overline", "bar", "dot"):
            return self.repeating(text)
        return Number(Fraction(text), len(text.partition(".")[2]) if "." in text else None)

    def mixed_ahead(self) -> Expression | None:
        r"""`2\frac12` or `2 1/2`, as a number; nothing is taken if it is none."""
        if not self.peek().isdigit():
            return None
        start, whole = self.position, Fraction(self.peek())
        fraction = self.fraction_ahead()
        if fraction is None:
            self.position = start
            return None
        return Number(whole + fraction)

    def fraction_ahead(self) -> Fraction | None:
        """The proper fraction after the number at hand."""
        if self.peek(1) == "frac":
            self.position += 2
            try:
                above, below = self.one(0), self.one(0)
            except UnreadableError:
                return None
            if not isinstance(above, Number) or not isinstance(below, Number):
                return None
            proper = 0 <= above.value < below.value and below.value.denominator == 1
            return above.value / below.value if proper else None
        above_text, below_text = self.peek(1), self.peek(3)
        if self.peek(2) != "/" or not (above_text.isdigit() and below_text.isdigit()):
            return None
        if not self.tokens[self.position + 1].spaced or not 0 < int(above_text) < int(below_text):
            return None
        self.position += 4
        return Fraction(int(above_text), int(below_text))

    def letter(self, depth: int) -> Expression:
        name = self.take().text
        index = self.index()
        if index:
            return Symbol(name + index)
        if name == "e":
            return Constant("e")
        if name == "i":
            return Constant("i")
        # Nobody multiplies by a zero in brackets: whatever the letter, I(0) is a value of I.
        at_zero = (self.peek(), self.peek(1), self.peek(2)) == ("(", "0", ")")
        if at_zero or (name in _APPLIED and self.peek() == "("):
            return Symbol(f"{name}({_spelled(self.group(depth))})")
        return Symbol(name)

    def command(self, depth: int) -> Expression:
        name = self.peek()
        if name in CONSTANTS:
            self.position += 1
            return Constant(CONSTANTS[name])
        if name in GREEK:
            self.position += 1
            return Symbol(name + self.index())
        if name in ("frac", "binom"):
            self.position += 1
            above = self.one(depth + 1)
            return Apply("divide" if name == "frac" else "binomial", (above, self.one(depth + 1)))
        if name == "sqrt":
            return self.root(depth)
        if name in ("lfloor", "lceil"):
            self.position += 1
            inner = self.sum(depth + 1)
            self.expect(_CLOSING[name])
            return Apply("floor" if name == "lfloor" else "ceil", (inner,))
        if name in FUNCTIONS:
            return self.function(depth)
        if name in ACCENTS:
            return self.accented()
        if name in ("sum", "prod"):
            return self.series(depth)
        raise self.stuck()

    def accented(self) -> Expression:
        r"""`\bar{x}` and `\overline{AB}` are names; above digits an accent means something else."""
        accent = self.take().text
        letters = self.take().text
        if letters == "{":
            letters = ""
            while self.kind() in ("letter", "word") or self.peek() in GREEK:
                letters += self.take().text
            self.expect("}")
        if not letters.isalpha():
            raise UnreadableError(f"\\{accent} above what is no name")
        return Symbol(f"{accent} {letters}" + self.index())

    def series(self, depth: int) -> Expression:
        r"""`\sum_{k=1}^{9} …` between whole numbers; others are beyond reading."""
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
            raise BeyondReadingError(f"\\{name} without whole numbers as bounds")
        return Apply(name, (Symbol(variable), low, high, body))

    def root(self, depth: int) -> Expression:
        self.position += 1
        degree: Expression = TWO
        if self.accept("["):
            degree = self.sum(depth + 1)
            self.expect("]")
        return Apply("root", (self.one(depth + 1), degree))

    def function(self, depth: int) -> Expression:
        name = self.take().text
        exponent: Expression = ONE
        base: Expression | None = None
        while self.peek() in ("^", "_"):
            if self.take().text == "^":
                exponent = self.argument(depth + 1)
            else:
                base = self.argument(depth + 1)
        if exponent == Number(Fraction(-1)):
            if name not in INVERSE:
                raise UnreadableError(f"the inverse of {name}")
            name, exponent = INVERSE[name], ONE
        arguments = self.arguments(depth)
        if name == "cbrt":
            name, arguments = "root", [*arguments, Number(Fraction(3))]
        if name in ("log", "lg") and (base is not None or name == "lg"):
            name, arguments = "log", [*arguments, base or Number(Fraction(10))]
        if len(arguments) != 1 and name not in _OF_SEVERAL:
            raise UnreadableError(f"{len(arguments)} arguments of {name}")
        applied: Expression = Apply("log" if name == "ln" else name, tuple(arguments))
        return applied if exponent == ONE else Apply("power", (applied, exponent))

    def arguments(self, depth: int) -> list[Expression]:
        """What a function is applied to: a bracket, else the factors up to the next sign or function."""
        if self.peek() in ("(", "{", "["):
            opening = self.take().text
            found = [self.sum(depth + 1)]
            while self.accept(","):
                found.append(self.sum(depth + 1))
            self.expect(_CLOSING[opening])
            return found
        if depth > DEEPEST:
            raise TooCostlyError(f"nested more than {DEEPEST} deep")
        argument = self.power(depth + 1)
        while self.starts_factor() and self.peek() not in FUNCTIONS and self.peek() not in ("(", "[", "|"):
            argument = Apply("multiply", (argument, self.power(depth + 1)))
        if self.peek() == "/" and self.kind(1) == "number":
            self.position += 1
            argument = Apply("divide", (argument, self.power(depth + 1)))
        return [argument]


def _spelled(expression: Expression) -> str:
    """An expression as a name: what is in f(…)."""
    match expression:
        case Number(value):
            return str(value)
        case Symbol(name) | Constant(name):
            return name
        case Apply(function, arguments):
            return f"{function}({','.join(map(_spelled, arguments))})"
