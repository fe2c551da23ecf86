"""Exceptions that cross the channel: a test may expect them, by their class or one that they derive from.

An exception that could end the test as if it had passed is never raised. For example, a StopIteration would
end a loop of the test, and an exception of the test runner could skip the test.
"""

from __future__ import annotations

import sys
from typing import Any

FORBIDDEN = (StopIteration, StopAsyncIteration, GeneratorExit)
"""Exceptions that a program may not raise here: they could end a loop."""
RUNNERS = ("unittest", "doctest", "pytest", "_pytest", "rule_rm")
"""Packages whose exceptions have a meaning of their own to a test runner."""
OF_PROGRAM = ("solution", "__main__")
"""Modules whose classes are the program's own."""


def is_cancellation(error: BaseException) -> bool:
    """Return whether an exception is asyncio's for a task that was cancelled, as far as asyncio is loaded."""
    kind = getattr(sys.modules.get("asyncio"), "CancelledError", None)
    return kind is not None and isinstance(error, kind)


class RemoteError(BaseException):
    """The program has ended, or raised something that has no safe equal here.

    It is no Exception: a test that expects one of any kind does not expect this.
    """


def class_form(kind: type[BaseException]) -> list[Any]:
    """Return the description of an exception class: its module, its name, and its bases."""
    module, name = str(kind.__module__), kind.__qualname__.rpartition(".")[2][:80]
    # A class that says that it is another's: `type("KeyError", (Exception,), {"__module__": "builtins"})`.
    is_there = module in OF_PROGRAM or getattr(sys.modules.get(module), name, None) is kind
    return [
        module if is_there else OF_PROGRAM[0],
        name,
        id(kind),
        [class_form(base) for base in kind.__bases__ if issubclass(base, BaseException)][:4],
    ]


class ExceptionClasses:
    """The exception classes of one program, as they are known to the judge."""

    def __init__(self) -> None:
        self._known: dict[int, type[BaseException]] = {}

    def of(self, form: Any) -> type[BaseException]:
        """Return the class of a form: that of the standard library, or one made to resemble the program's."""
        module, name, number, bases = form
        if module not in OF_PROGRAM:
            native = _native(str(module), str(name))
            if native is not None:
                return native
        if number not in self._known:
            # A base that is forbidden here would make the class one of its kind.
            found = dict.fromkeys(self.of(base) for base in bases)
            self._known[number] = _made(str(name), tuple(found) or (Exception,))
        return self._known[number]

    def raised(self, form: Any, arguments: Any, attributes: Any, text: str) -> BaseException:
        """Return an exception as the program raised it."""
        kind = self.of(form)
        given = tuple(arguments) if isinstance(arguments, (list, tuple)) else ()
        try:
            error = kind(*given) if kind.__module__ == "builtins" else kind.__new__(kind, *given)
        except Exception:  # noqa: BLE001 - its constructor may want what was not kept
            error = kind.__new__(kind)
        if kind.__module__ != "builtins":
            error.args = given
        if isinstance(attributes, dict):
            error.__dict__.update(attributes)
        error.__dict__["_text"] = text
        error.__dict__["is_of_program"] = True
        return error


def _native(module: str, name: str) -> type[BaseException] | None:
    """Return an exception class that this process has already loaded, if a program may raise it here."""
    if module.partition(".")[0] in RUNNERS:
        return None
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, type) or not issubclass(found, BaseException):
        return None
    return None if issubclass(found, FORBIDDEN) else found


def _made(name: str, bases: tuple[type[BaseException], ...]) -> type[BaseException]:
    def text(self: BaseException) -> str:
        return str(self.__dict__["_text"]) if "_text" in self.__dict__ else BaseException.__str__(self)

    members = {"__str__": text, "__module__": "solution"}
    try:
        return type(name, bases, members)
    except TypeError:
        # Bases with conflicting layouts.
        return type(name, bases[:1], members)
