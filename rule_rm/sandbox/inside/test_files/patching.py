"""Mocks of a test, which replace names in the program's process too, by references to the test's objects.

`unittest.mock.patch` and pytest's `monkeypatch` change modules. The judge's process has its own copies of
them, so each change is made where the program is as well, and undone with the first.
"""

from __future__ import annotations

import os
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from rule_rm.sandbox.inside.test_files.outcomes import MODULES_OF_SOLUTIONS

ECHOED = ("stdout", "__stdout__")
"""Streams that are not replaced in the program: its output is printed again in the judge."""


class Asking(Protocol):
    """The channel to the program."""

    def ask(self, do: str, target: Any, name: str = "", *operands: Any) -> Any:
        """Have the program do something."""
        ...


def _mock() -> Any:
    """Return the library of mocks, which loads much, for the few tests that use it."""
    from unittest import mock

    return mock


def follow(channel: Asking) -> None:
    """Apply all further patches in the program too."""
    mock = _mock()
    patches: dict[int, int] = {}
    enter, leave = mock._patch.__enter__, mock._patch.__exit__

    def entered(self: Any) -> Any:
        found = enter(self)
        place = _place(self.target, self.attribute)
        if place is not None:
            value = vars(self.target)[self.attribute]
            patches[id(self)] = channel.ask("patch", None, self.attribute, *place, value)
        return found

    def left(self: Any, *error: Any) -> Any:
        number = patches.pop(id(self), None)
        if number is not None:
            channel.ask("unpatch", None, "", number)
        return leave(self, *error)

    mock._patch.__enter__, mock._patch.__exit__ = entered, left


def _place(target: Any, attribute: str) -> tuple[str, str] | None:
    """Return the module of a patched object and its path in it; None if it is not a module or a class."""
    if isinstance(target, types.ModuleType):
        if target.__name__ == "sys" and attribute in ECHOED:
            return None
        is_program = target.__name__ in (*MODULES_OF_SOLUTIONS, "__main__")
        return (MODULES_OF_SOLUTIONS[0] if is_program else target.__name__), ""
    if isinstance(target, type) and target.__module__ != "judge":
        return target.__module__, target.__qualname__
    return None


class MonkeyPatch:
    """The fixture of that name."""

    def __init__(self) -> None:
        self._mock = _mock()
        self._patches: list[Any] = []
        self._place = ""

    def setattr(self, target: Any, name: Any, value: Any = None, raising: bool = True) -> None:
        """Replace an attribute, which may be named by its path alone."""
        if isinstance(target, str):
            self._start(self._mock.patch(target, name, create=not raising))
        else:
            self._start(self._mock.patch.object(target, name, value, create=not raising))

    def setitem(self, mapping: Any, name: Any, value: Any) -> None:
        """Replace an item of a dict."""
        self._start(self._mock.patch.dict(mapping, {name: value}))

    def delitem(self, mapping: Any, name: Any, raising: bool = True) -> None:
        """Remove an item of a dict."""
        self._start(self._mock.patch.dict(mapping))
        if raising or name in mapping:
            del mapping[name]

    def setenv(self, name: str, value: str, prepend: str | None = None) -> None:
        """Set a variable of the environment."""
        if prepend and name in os.environ:
            value = f"{value}{prepend}{os.environ[name]}"
        self.setitem(os.environ, name, str(value))

    def delenv(self, name: str, raising: bool = True) -> None:
        """Remove a variable of the environment."""
        self.delitem(os.environ, name, raising)

    def chdir(self, path: Any) -> None:
        """Change the working directory."""
        self._place = self._place or str(Path.cwd())
        os.chdir(path)

    def undo(self) -> None:
        """Put everything back."""
        if self._place:
            os.chdir(self._place)
            self._place = ""
        while self._patches:
            self._patches.pop().stop()

    def _start(self, patch: Any) -> None:
        patch.start()
        self._patches.append(patch)


def monkeypatch() -> Iterator[MonkeyPatch]:
    """Supply a MonkeyPatch for one test."""
    patching = MonkeyPatch()
    yield patching
    patching.undo()
