"""A place in a list of tokens, with readers for the tokens at it."""

from __future__ import annotations

from collections.abc import Sequence

from rule_rm.math.reading.letters import Token
from rule_rm.math.reading.vocabulary import BEYOND
from rule_rm.math.values.expression import BeyondReadingError, UnreadableError


class Cursor:
    """Reads tokens from left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def peek(self, ahead: int = 0) -> str:
        """Return the text of the token at hand, or of one after it; nothing behind the last."""
        at = self.position + ahead
        try:
            return self.tokens[at].text if at >= 0 else ""
        except IndexError:
            return ""

    def kind(self, ahead: int = 0) -> str:
        """Return the kind of the token at hand, or of one after it; nothing behind the last."""
        at = self.position + ahead
        try:
            return self.tokens[at].kind if at >= 0 else ""
        except IndexError:
            return ""

    def take(self) -> Token:
        """Return the token at hand; the next one is then at hand. Raises UnreadableError if there is none."""
        if self.position >= len(self.tokens):
            raise UnreadableError("it ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def accept(self, text: str) -> bool:
        """Take the token at hand if it has this text; False if it has not."""
        if self.peek() == text:
            self.position += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Take the token at hand. Raises UnreadableError if it has another text."""
        if not self.accept(text):
            raise self.stuck()

    def stuck(self) -> UnreadableError:
        """Return the error that says that the token at hand has no place here."""
        text = self.peek()
        if text in BEYOND:
            return BeyondReadingError(f"\\{text}")
        return UnreadableError(f"{text!r} is not expected" if text else "it ends too early")

    def deeper(self, depth: int) -> None:
        """Raise TooCostlyError if it is nested too deep."""

    def index(self) -> str:
        """Return the index of a variable, as `_` and its text; nothing if it has none."""
        if not self.accept("_"):
            return ""
        if self.peek() != "{":
            text = self.take().text
            if text[0] == "0" and text[1:].isdigit():
                # TeX takes one character, and an index of 02 is none: `N_02^t` is N_0 times 2^t.
                self.tokens = [
                    *self.tokens[: self.position],
                    Token("mark", "*"),
                    Token("number", text[1:]),
                    *self.tokens[self.position :],
                ]
                text = text[0]
            return "_" + text
        start, level = self.position, 0
        while True:
            text = self.take().text
            level += {"{": 1, "}": -1}.get(text, 0)
            if not level:
                return "_" + "".join(token.text for token in self.tokens[start + 1 : self.position - 1])
