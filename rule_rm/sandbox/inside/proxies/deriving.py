"""Classes of the test's that derive from one of the program's, and `super` for classes of the program's."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

_OF_CLASSES = ("__module__", "__qualname__", "__firstlineno__", "__static_attributes__", "__classcell__")
"""Names that Python adds to the namespace of any class."""


class _Making(type):
    """Makes a subclass of a class of the program's where that class is."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **keywords: Any) -> Any:
        given = namespace.pop("__orig_bases__", ())
        if not given:
            return super().__new__(cls, name, bases, namespace, **keywords)
        values = {key: value for key, value in namespace.items() if key not in _OF_CLASSES}
        made = given[0]._channel.ask("derive", given[0], name, list(given), values, keywords)
        if "__classcell__" in namespace:
            # Where the methods find their class for `super()`.
            namespace["__classcell__"].cell_contents = made
        return made


class Base(metaclass=_Making):
    """Stands for a class of the program's among the bases of a class of the test's."""


class _Super:
    """A `super` of the program's, which is asked for every attribute: a reference has `__init__` itself."""

    def __init__(self, reference: Any) -> None:
        self._reference = reference

    def __getattribute__(self, attribute: str) -> Any:
        reference = object.__getattribute__(self, "_reference")
        return reference._channel.ask("get", reference, attribute)


def supering(channel: Any) -> Callable[..., Any]:
    """Return the `super` of a test, which finds the methods of the program's classes where these are."""

    def find(*given: Any) -> Any:
        if not given:
            # Without arguments, as the compiler has them for the method that calls.
            frame = sys._getframe(1)
            scope, code = frame.f_locals, frame.f_code
            first = scope[code.co_varnames[0]]
            given = (scope["__class__"], first if code.co_argcount else first[0])
        # Of a reference to one of the program's classes.
        if given and getattr(given[0], "_channel", None) is channel:
            return _Super(given[0]._channel.ask("super", given[0], "", *given[1:]))
        return super(*given)

    return find
