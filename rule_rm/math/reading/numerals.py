r"""Numbers as they are written: decimals, mixed numbers, `0.\overline{3}`, `0.1(6)`, `1e5`."""

from __future__ import annotations

from fractions import Fraction

from rule_rm.math.reading.cursor import Cursor
from rule_rm.math.values.expression import Expression, Number, TooCostlyError, UnreadableError

_LARGEST_EXPONENT_DIGITS = 3
_LONGEST_PERIOD = 60


class Numerals(Cursor):
    """Reads numbers."""

    def number(self) -> Expression:
        """Return the number at hand."""
        may_be_mixed = self.peek(1) == "frac" or self.peek(2) == "/"
        if may_be_mixed and (mixed := self.mixed_ahead()) is not None:
            return mixed
        text = self.take().text
        if text.isdigit() and self.peek() != "_":
            return Number(Fraction(int(text)))
        if "e" in text or "E" in text:
            mantissa, _, exponent = text.lower().partition("e")
            if len(exponent.lstrip("+-")) > _LARGEST_EXPONENT_DIGITS:
                raise TooCostlyError("a decimal exponent of more than three digits")
            return Number(Fraction(mantissa) * Fraction(10) ** int(exponent))
        if self.peek() == "_":
            raise UnreadableError("an index on a number")
        if "." in text:
            period = self.period()
            if period:
                return _repeating(text, *period)
        return Number(Fraction(text), len(text.partition(".")[2]) if "." in text else None)

    def period(self) -> tuple[str, str] | None:
        """Return the digits before the period and those of the period that follow a decimal point."""
        if self.peek() in ("overline", "bar"):
            self.position += 1
            return "", self.digits_in("{", "}")
        if self.peek() == "dot":
            return self.dotted()
        written = self.peek() == "(" and not self.tokens[self.position].spaced
        if written and self.peek(1).isdigit() and self.peek(2) == ")":
            return "", self.digits_in("(", ")")
        return None

    def dotted(self) -> tuple[str, str]:
        r"""Return the period of `\dot{1}42\dot{7}`: from the first dot to the last."""
        self.position += 1
        digits = self.digits_in("{", "}")
        start = self.position
        between = self.take().text if self.kind() == "number" else ""
        if self.accept("dot") and between.isdigit() | (not between):
            return "", digits + between + self.digits_in("{", "}")
        self.position = start
        return "", digits

    def digits_in(self, opening: str, closing: str) -> str:
        """Return the digits in brackets, or one without. Raises UnreadableError if there are none."""
        if opening == "{" and self.kind() == "number" and len(self.peek()) == 1:
            return self.take().text
        self.expect(opening)
        digits = self.take().text
        self.expect(closing)
        if not digits.isdigit() or len(digits) > _LONGEST_PERIOD:
            raise UnreadableError("a repeating decimal without digits")
        return digits

    def mixed_ahead(self) -> Expression | None:
        r"""Return `2\frac12` or `2 1/2` as a number; nothing is taken if it is none."""
        if not self.peek().isdigit():
            return None
        start, whole = self.position, Fraction(self.peek())
        fraction = self.fraction_ahead()
        if fraction is None:
            self.position = start
            return None
        return Number(whole + fraction)

    def fraction_ahead(self) -> Fraction | None:
        """Return the proper fraction after the number at hand."""
        if self.peek(1) == "frac":
            self.position += 2
            try:
                above, below = self.plain_argument(), self.plain_argument()
            except UnreadableError:
                return None
            return Fraction(above, below) if 0 <= above < below else None
        above_text, below_text = self.peek(1), self.peek(3)
        if self.peek(2) != "/" or not (above_text.isdigit() and below_text.isdigit()):
            return None
        if not self.tokens[self.position + 1].spaced or not 0 < int(above_text) < int(below_text):
            return None
        self.position += 4
        return Fraction(int(above_text), int(below_text))

    def plain_argument(self) -> int:
        r"""Return the digits of an argument of `\frac`: `{12}`, or the first of `12` without braces."""
        if self.peek() == "{":
            return int(self.digits_in("{", "}"))
        self.split_digits()
        text = self.take().text
        if not text.isdigit():
            raise UnreadableError("no digits")
        return int(text)

    def split_digits(self) -> None:
        r"""Split the number at hand after its first digit: an argument without braces is one character."""
        if self.kind() == "number" and len(self.peek()) > 1 and self.peek().isdigit():
            digits, rest = self.tokens[self.position], list(self.tokens)
            rest[self.position : self.position + 1] = [
                digits._replace(text=digits.text[0]),
                digits._replace(text=digits.text[1:], spaced=False),
            ]
            self.tokens = rest


def _repeating(text: str, before: str, period: str) -> Number:
    text = (text if text.partition(".")[2] else text + "0") + before
    places = len(text.partition(".")[2]) if text[-2:] != ".0" else 0
    tail = Fraction(int(period), (10 ** len(period) - 1) * 10**places)
    return Number(Fraction(text) + tail, repeating=True)
