"""State that a test changes in its own process without a call: the program gets it before each question."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Protocol

from rule_rm.sandbox.inside.test_files.outcomes import MODULES_OF_SOLUTIONS
from rule_rm.sandbox.inside.test_files.patching import ECHOED

_ABSENT = object()
_SHOWN = ("warnings",)
"""Modules whose work for the program is done again here, where the test looks."""


class Asking(Protocol):
    """The channel to the program."""

    def ask(self, do: str, target: Any, name: str = "", *operands: Any) -> Any:
        """Have the program do something."""
        ...


class Environment:
    """The environment of the two processes and their working directory: a test expects one of each."""

    def __init__(self, channel: Asking) -> None:
        self._channel = channel
        self._known = dict(os.environ)
        self._place = _place_of_work()

    def follow(self) -> None:
        """Apply the test's change in the program's process."""
        if os.environ != self._known:
            self._known = dict(os.environ)
            self._channel.ask("environment", None, "", self._known)
        place = _place_of_work()
        if place != self._place:
            self._place = place
            self._channel.ask("directory", None, place)


def _place_of_work() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        # It was removed.
        return ""


class Assigned:
    """Attributes of modules to which the text of a test assigns, such as `sys.stdin` or `solution.LIMIT`."""

    def __init__(self, channel: Asking, places: list[list[str]]) -> None:
        """`places` are pairs of a module and an attribute."""
        self._channel = channel
        self._places = [
            (module, name)
            for module, name in places
            if module not in _SHOWN and not (module == "sys" and name in ECHOED)
        ]
        self._originals = {place: _value(*place) for place in self._places}
        self._known = dict(self._originals)
        self._patches: dict[tuple[str, str], int] = {}

    def follow(self) -> None:
        """Apply the test's change in the program's process."""
        for place in self._places:
            value = _value(*place)
            if value is self._known[place]:
                continue
            self._known[place] = value
            number = self._patches.pop(place, None)
            if number is not None:
                self._channel.ask("unpatch", None, "", number)
            if value is not self._originals[place]:
                module, name = place
                where = MODULES_OF_SOLUTIONS[0] if module in MODULES_OF_SOLUTIONS else module
                self._patches[place] = self._channel.ask("patch", None, name, where, "", value)


def _value(module: str, name: str) -> Any:
    """Return an attribute of a module; a mark if there is none. The program is not asked for its own."""
    if module not in sys.modules:
        try:
            __import__(module)
        except ImportError:
            return _ABSENT
    return vars(sys.modules[module]).get(name, _ABSENT)


class Arithmetic:
    """The context of decimal numbers: their precision, rounding and traps."""

    def __init__(self, channel: Asking) -> None:
        self._channel = channel
        self._known = _context()

    def follow(self) -> None:
        """Apply the test's change in the program's process."""
        found = _context()
        if found != self._known:
            self._known = found
            self._channel.ask("context", None, "", *found)


def _context() -> tuple[dict[str, Any], list[str]]:
    import decimal

    one = decimal.getcontext()
    settings = {
        name: getattr(one, name) for name in ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    }
    return settings, [signal.__name__ for signal, is_trapped in one.traps.items() if is_trapped]
