"""What became of a test: it passed only by returning, and whatever else ended it is told in a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.channel import Unsupported

ERROR_LIMIT = 400
MODULES_OF_SOLUTIONS = ("solution", "program", "candidate")
"""What test files call the module of the program that they test."""


def outcome_of(test: Callable[[], object]) -> str:
    """Why a test fails, or nothing if it passes: it passes only by returning."""
    try:
        test()
    except Unsupported:
        raise
    except ImportError as error:
        if is_missed_in_the_program(error):
            return described(error)
        raise Unsupported(f"the test needs what the sandbox's Python has not: {error}") from None
    except BaseException as error:  # noqa: BLE001 - a test that ends in any other way has not passed
        return described(error)
    return ""


def is_missed_in_the_program(error: BaseException) -> bool:
    """True if a test imports from the program what it does not define, which is no fault of the test's."""
    return isinstance(error, ImportError) and error.name in MODULES_OF_SOLUTIONS


def described(error: BaseException) -> str:
    """An exception in a line."""
    return f"{type(error).__name__}: {error}".rstrip(": ")[:ERROR_LIMIT]


def execute(source: str, namespace: dict[str, Any]) -> None:
    """Run a text of the test's own."""
    exec(compile(source, "test.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - trusted, and confined
