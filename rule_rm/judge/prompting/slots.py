"""Untrusted texts within templates: they are written in their fence after any filter of the template.

Templates trim, cut and join texts. With plain strings each of these would take off the fence, silently.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Slot(str):
    """An untrusted, neutralised text in a template, which is written in its fence after any filter."""

    __slots__ = ("_name", "_nonce")
    _name: str
    _nonce: str

    def __new__(cls, text: str, name: str, nonce: str) -> Slot:
        """`name` names the text; only those who know the nonce can close the fence."""
        slot = super().__new__(cls, text)
        slot._name, slot._nonce = name, nonce
        return slot

    @property
    def bare(self) -> str:
        """The text without its fence."""
        return "".join(self)

    @property
    def fenced(self) -> str:
        """The text in its fence."""
        return f"<{self._name} {self._nonce}>\n{self.bare}\n</{self._name} {self._nonce}>"

    def like(self, text: str) -> Slot:
        """Return another text for the same place."""
        return type(self)(text, self._name, self._nonce)

    def exposed(self) -> str:
        """Return the text for a template that asks for it without a fence."""
        return self.bare

    def __str__(self) -> str:
        """Return the fenced text: `~` and `join` of templates convert their operands."""
        return self.fenced

    def __format__(self, spec: str) -> str:
        return self.fenced

    def __getitem__(self, index: Any) -> Slot:
        return self.like(self.bare[index])

    def __add__(self, other: str) -> Slot:
        return self.like(self.bare + other)


def _keeping(name: str) -> Callable[..., Any]:
    method = getattr(str, name)

    def call(self: Slot, *args: Any, **kwargs: Any) -> Any:
        result = method(self.bare, *args, **kwargs)
        if isinstance(result, (list, tuple)):
            return type(result)(self.like(part) for part in result)
        return self.like(result)

    return call


_METHODS = """
strip lstrip rstrip upper lower title capitalize casefold swapcase replace expandtabs center ljust rjust zfill
removeprefix removesuffix translate split rsplit splitlines partition rpartition
"""
for _method in _METHODS.split():
    setattr(Slot, _method, _keeping(_method))
