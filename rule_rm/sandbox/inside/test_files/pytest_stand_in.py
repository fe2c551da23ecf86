"""The parts of pytest that test files use, without pytest: it need not be installed, and loads at once.

All other parts need the test runner itself; the reader of a test's text says so before it is run.
"""

from __future__ import annotations

import math
import re
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

FIXTURES = ("request", "monkeypatch", "capsys", "caplog", "tmp_path", "tmp_path_factory")
"""Fixtures of pytest's own that are supplied."""
_RELATIVE, _ABSOLUTE = 1e-6, 1e-12
"""How far `approx` lets numbers differ, as pytest does."""


class Skipped(BaseException):
    """A test that wants to be left out; not an Exception, as tests catch those."""


class Failed(AssertionError):  # noqa: N818 - as pytest calls it
    """A test that says itself that it failed."""


class Parameters(NamedTuple):
    """One set of parameters, with the marks that it has."""

    values: tuple[Any, ...]
    marks: tuple[Any, ...] = ()


class Mark(NamedTuple):
    """A mark of a test: as a decorator it adds itself."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = types.MappingProxyType({})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add the mark to a function or class; or make it one with these arguments."""
        if len(args) == 1 and not kwargs and not self.args and callable(args[0]):
            function = args[0]
            function.pytestmark = [*getattr(function, "pytestmark", ()), self]
            return function
        return _Decorating(self.name, args, kwargs)


class _Decorating(Mark):
    """A mark with its arguments."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add the mark to a function or class."""
        function = args[0]
        function.pytestmark = [*getattr(function, "pytestmark", ()), self]
        return function


class _Marks:
    def __getattr__(self, name: str) -> Mark:
        return Mark(name)


mark = _Marks()


def param(*given: Any, marks: Any = (), id: Any = None) -> Parameters:  # noqa: A002 - as pytest calls it
    """Return one set of parameters."""
    return Parameters(
        given, tuple(marks) if isinstance(marks, (list, tuple)) and not isinstance(marks, Mark) else (marks,)
    )


class Fixture(NamedTuple):
    """A function that supplies the value of a test's parameter with its name."""

    function: Callable[..., Any]
    name: str
    scope: str
    params: tuple[Any, ...]
    autouse: bool


def fixture(
    function: Any = None,
    *,
    scope: str = "function",
    params: Any = (),
    autouse: bool = False,
    ids: Any = None,
    name: str | None = None,
) -> Any:
    """Make a function a fixture, as a decorator with or without options."""

    def decorated(one: Callable[..., Any]) -> Fixture:
        return Fixture(one, name or one.__name__, scope, tuple(params or ()), autouse)

    return decorated(function) if function is not None else decorated


class _Raised:
    """The exception that a block was to raise."""

    def __init__(self, expected: Any, match: str | None) -> None:
        self._expected = expected
        self._match = match
        self.value: Any = None
        self.type: Any = None
        self.tb: Any = None

    def match(self, pattern: str) -> bool:
        """Fail unless the exception's text has the pattern."""
        if not re.search(pattern, str(self.value)):
            raise Failed(f"{str(self.value)!r} does not match {pattern!r}")
        return True

    def errisinstance(self, kinds: Any) -> bool:
        """Return whether the exception is of one of these classes."""
        return isinstance(self.value, kinds)

    def exconly(self) -> str:
        """Return the exception as a line."""
        return f"{type(self.value).__name__}: {self.value}"

    def __enter__(self) -> _Raised:
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        if error is None:
            raise Failed(f"DID NOT RAISE {self._expected}")
        if not issubclass(kind, self._expected):
            return False
        self.value, self.type, self.tb = error, kind, traceback
        if self._match is not None:
            self.match(self._match)
        return True


def raises(expected: Any, *args: Any, match: str | None = None, **kwargs: Any) -> Any:
    """Fail unless a block, or a function that is given, raises an exception of these classes."""
    raised = _Raised(expected, match)
    if args:
        with raised:
            args[0](*args[1:], **kwargs)
    return raised


class _Warned:
    """A block that has to warn."""

    def __init__(self, expected: Any, match: str | None) -> None:
        self._expected = expected
        self._match = match
        self._found: list[Any] = []

    def __enter__(self) -> Any:
        import warnings

        self._catching = warnings.catch_warnings(record=True)
        found = self._catching.__enter__()
        self._found = [] if found is None else found
        warnings.simplefilter("always")
        return self._found

    def __exit__(self, *error: Any) -> None:
        self._catching.__exit__(*error)
        if error[0] is not None:
            return
        of_kind = [one for one in self._found if issubclass(one.category, self._expected)]
        if not of_kind:
            raise Failed(f"DID NOT WARN {self._expected}")
        if self._match is not None and not any(re.search(self._match, str(one.message)) for one in of_kind):
            raise Failed(f"no warning matches {self._match!r}")


def warns(expected: Any = Warning, match: str | None = None) -> _Warned:
    """Fail unless a block warns, with a text that matches."""
    return _Warned(expected, match)


def skip(reason: str = "", **_: Any) -> None:
    """End a test as one to be left out."""
    raise Skipped(reason)


def fail(reason: str = "", *_: Any, **__: Any) -> None:
    """End a test as failed."""
    raise Failed(reason)


def importorskip(name: str, *_: Any, **__: Any) -> Any:
    """Return a module; leave the test out if there is none."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise Skipped(f"there is no {name}") from None


def approx(expected: Any, rel: float | None = None, abs: float | None = None, nan_ok: bool = False) -> Any:  # noqa: A002 - as pytest calls it
    """Return an object that equals numbers near the expected ones: a number, a sequence or a mapping."""
    return _Near(expected, rel, abs, nan_ok)


class _Near:
    __array_ufunc__ = None
    __array_priority__ = 100
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, expected: Any, rel: float | None, absolute: float | None, nan_ok: bool) -> None:
        self._expected, self._rel, self._abs, self._nan_ok = expected, rel, absolute, nan_ok

    def __eq__(self, actual: object) -> bool:
        return self._is_near(self._expected, actual)

    def __ne__(self, actual: object) -> bool:
        return not self == actual

    def __repr__(self) -> str:
        return f"approx({self._expected!r})"

    def _is_near(self, expected: Any, actual: Any) -> bool:
        if hasattr(expected, "tolist"):
            expected = expected.tolist()
        if hasattr(type(actual), "tolist"):
            actual = actual.tolist()
        if isinstance(expected, Mapping):
            return (
                isinstance(actual, Mapping)
                and expected.keys() == actual.keys()
                and all(self._is_near(expected[key], actual[key]) for key in expected)
            )
        if isinstance(expected, Sequence) and not isinstance(expected, (str, bytes)):
            return (
                isinstance(actual, Sequence)
                and not isinstance(actual, (str, bytes))
                and len(expected) == len(actual)
                and all(map(self._is_near, expected, actual))
            )
        if _is_number(expected) and _is_number(actual):
            return self._are_near(expected, actual)
        return bool(expected == actual)

    def _are_near(self, expected: Any, actual: Any) -> bool:
        if expected == actual:
            return True
        if expected != expected:
            return bool(self._nan_ok and actual != actual)
        distance = _magnitude(expected - actual)
        if not math.isfinite(distance) or _magnitude(expected) == math.inf:
            return False
        absolute = _ABSOLUTE if self._abs is None else self._abs
        if self._rel is None and self._abs is not None:
            return bool(distance <= absolute)
        relative = (_RELATIVE if self._rel is None else self._rel) * _magnitude(expected)
        return bool(distance <= max(relative, absolute))


_magnitude = abs


def _is_number(value: Any) -> bool:
    import numbers

    return isinstance(value, numbers.Number) and not isinstance(value, bool)


NAMES = (
    "approx",
    "fail",
    "fixture",
    "importorskip",
    "mark",
    "param",
    "raises",
    "skip",
    "warns",
)
module = types.ModuleType("pytest")
module.__dict__.update({name: globals()[name] for name in NAMES})
