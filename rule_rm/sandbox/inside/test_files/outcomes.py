"""The outcome of a test: it passes only by returning, and any other end is described in a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ERROR_LIMIT = 400
MODULES_OF_SOLUTIONS = (
    "solution",
    "solutions",
    "program",
    "candidate",
    "main",
    "submission",
    "answer",
    "task",
    "my_module",
    "my_solution",
    "your_module",
    "your_solution",
)
"""Names by which test files import the program that they test; none is a module of the standard library."""

NAMES_OF_RUNNING = ("eval", "exec", "compile", "pickle", "timeit", "profile", "cProfile")
"""Names by which the text of a test shows that it may run code."""

imported: frozenset[str] = frozenset()
"""The packages that the tests import by their text: only one of these can be missing here."""


class Unsupported(BaseException):
    """The test needs something that can't cross processes; a BaseException, so that no test swallows it."""


class Missing(Unsupported):
    """The test needs a package that is not installed here."""


def outcome_of(test: Callable[[], object]) -> str:
    """Return why a test fails, or an empty string if it passes: it passes only by returning."""
    try:
        test()
    except Unsupported:
        raise
    except ImportError as error:
        if not is_missing_here(error):
            return described(error)
        raise Missing(f"the test needs what the sandbox's Python has not: {error}") from None
    except BaseException as error:  # noqa: BLE001 - a test that ends in any other way has not passed
        return described(error)
    return ""


def is_missed_in_the_program(error: BaseException) -> bool:
    """Return whether an import failed in the program, or names something that the program does not define."""
    return isinstance(error, ImportError) and (
        error.name in MODULES_OF_SOLUTIONS or getattr(error, "is_of_program", False)
    )


def is_absent(package: str) -> bool:
    """Return whether a package that the tests import is not installed."""
    from importlib.util import find_spec

    try:
        return package not in MODULES_OF_SOLUTIONS and find_spec(package) is None
    except (ImportError, ValueError):
        return False


def is_missing_here(error: ImportError) -> bool:
    """Return whether an import failed as the tests need a package that is not installed."""
    return not is_missed_in_the_program(error) and (error.name or "").partition(".")[0] in imported


def described(error: BaseException) -> str:
    """Return an exception as a line."""
    try:
        return f"{type(error).__name__}: {error}".rstrip(": ")[:ERROR_LIMIT]
    except Exception:  # noqa: BLE001 - an exception of the test's own may fail to say what it is
        return type(error).__name__


def execute(source: str, namespace: dict[str, Any]) -> None:
    """Run a text of the test's own."""
    exec(compile(source, "test.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - trusted, and confined
