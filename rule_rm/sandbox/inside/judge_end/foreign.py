"""Code that the program may have written, and that a test runs: it is run where the program is.

A test may evaluate the text that a program returns, or unpickle its bytes. Here that would give the program
the judge's own process. A text is the test's own if it is a constant of the test, or if the program has sent
no text yet.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable
from typing import Any, Protocol

from rule_rm.sandbox.inside.proxies.references import Reference


class Asking(Protocol):
    """The channel, as this module uses it."""

    has_text: bool
    """The program has sent a text."""

    def ask(self, do: str, target: Any, name: str = "", *operands: Any) -> Any:
        """Have the program do something, and return the result."""
        ...


_TIMING = {
    "timeit": ("Timer",),
    "cProfile": ("run", "runctx"),
    "profile": ("run", "runctx"),
}
"""Functions that run a text to time it, by module."""


class _Source(str):
    """A text that was to be compiled here, and is compiled again where it runs."""


def guard(namespace: dict[str, Any], channel: Asking, text: str) -> None:
    """Replace the functions by which the test of this text runs code."""
    guarded = _Guarded(channel, text)
    names = {"eval": guarded.evaluate, "exec": guarded.execute, "compile": guarded.compile}
    namespace.update((name, function) for name, function in names.items() if name in text)
    if "pickle" in text:
        guarded.guard_pickle()
    for module, functions in _TIMING.items():
        if module in text:
            guarded.guard_timing(module, functions)


class _Guarded:
    def __init__(self, channel: Asking, text: str) -> None:
        self._channel = channel
        self._text = text
        self._dumped: set[bytes] = set()
        self._dumps: Callable[..., bytes] = _no_pickle
        self._loads: Callable[..., Any] = _no_pickle

    def guard_pickle(self) -> None:
        """Replace the functions of `pickle`."""
        import pickle

        self._dumps, self._loads = pickle.dumps, pickle.loads
        replacements = {"dumps": self.dumps, "loads": self.loads, "load": self._load}
        vars(pickle).update(replacements)

    def guard_timing(self, module: str, functions: tuple[str, ...]) -> None:
        """Replace functions that time a text: it must be the test's."""
        found = __import__(module)
        for name in functions:
            setattr(found, name, self._timing(getattr(found, name)))

    def _timing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            # The text that prepares is this one by default.
            texts = [one for one in (*given, *named.values()) if one != "pass"]
            if any(map(self._is_foreign, texts)):
                raise TypeError("the program's text is not timed here")
            return function(*given, **named)

        return timed

    def _is_own(self, source: str | bytes) -> bool:
        """Return whether a text is the test's: nothing else is there, or it is one of its constants."""
        # Loaded in the zygote, it would make each fork slower.
        import ast

        nodes = ast.walk(ast.parse(self._text)) if self._channel.has_text else ()
        constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
        return not self._channel.has_text or source in constants

    def _is_foreign(self, source: Any) -> bool:
        return isinstance(source, _Source) or (isinstance(source, str | bytes) and not self._is_own(source))

    def evaluate(self, source: Any, given: Any = None, local: Any = None) -> Any:
        """Evaluate an expression, as `eval` does."""
        if self._is_foreign(source):
            return self._channel.ask("evaluate", None, "", str(source))
        return builtins.eval(source, *_scopes(given, local))  # noqa: S307 - the test's own, and confined

    def execute(self, source: Any, given: Any = None, local: Any = None) -> None:
        """Run statements, as `exec` does."""
        if self._is_foreign(source):
            scope = _scopes(given, local)[-1]
            scope.update(self._channel.ask("execute", None, "", str(source)))
        else:
            builtins.exec(source, *_scopes(given, local))  # noqa: S102 - the test's own, and confined

    def compile(self, source: Any, filename: str, mode: str, *options: Any, **named: Any) -> Any:
        """Compile a text, as `compile` does."""
        made = builtins.compile(source, filename, mode, *options, **named)
        is_code = isinstance(made, types.CodeType)
        return _Source(source) if is_code and self._is_foreign(source) else made

    def dumps(self, value: Any, *options: Any, **named: Any) -> bytes:
        """Pickle a value; an object of the program's there."""
        if isinstance(value, Reference):
            return bytes(self._channel.ask("pickle", None, "", value))
        try:
            made = self._dumps(value, *options, **named)
        except Exception:  # noqa: BLE001 - it may hold an object of the program's, which tells by any error
            return bytes(self._channel.ask("pickle", None, "", value))
        self._dumped.add(made)
        return made

    def loads(self, pickled: Any, **options: Any) -> Any:
        """Unpickle bytes: here only those that were pickled here, or that are the test's own."""
        given = bytes(pickled)
        if given in self._dumped or self._is_own(given):
            return self._loads(given, **options)
        return self._channel.ask("unpickle", None, "", given)

    def _load(self, file: Any, **options: Any) -> Any:
        return self.loads(file.read(), **options)


def _no_pickle(*_: Any, **__: Any) -> Any:
    raise TypeError("the test does not name pickle")


def _scopes(given: Any, local: Any) -> tuple[Any, ...]:
    """Return the scopes that code runs in: by default those of the test that called."""
    if given is None:
        frame = sys._getframe(2)
        return frame.f_globals, frame.f_locals
    given.setdefault("__builtins__", builtins)
    return (given,) if local is None else (given, local)


def is_text(form: Any) -> bool:
    """Return whether the form of a value contains a string or bytes, besides the names of references."""
    if isinstance(form, str):
        return True
    if isinstance(form, list):
        return any(map(is_text, form))
    if not isinstance(form, dict):
        return False
    if "!" not in form:
        return bool(form)
    return form["!"] not in _NAMELESS and is_text(form["v"])


_NAMELESS = frozenset({"ref", "lent", "int", "float", "Decimal", "date", "datetime", "time", "timedelta"})
"""Tags whose forms hold strings that the program does not choose."""
