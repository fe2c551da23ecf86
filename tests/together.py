"""Many cases in one test: for tables of hundreds, where a test for each costs more than the check itself."""

from __future__ import annotations

import functools
import inspect
import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

PART = 100
"""Cases in one test. Those of a large table are in several, so that several processes can share them."""
CASE = os.environ.get("CASE", "")
"""Only cases are checked that have this in their names."""


def together(
    names: str | Sequence[str], cases: Iterable[Any], *, ids: Iterable[str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator like `pytest.mark.parametrize`, for which several cases are one test.

    All are checked, and the failure names each that is wrong. They share the fixtures of the test, so a case
    must leave these as they were. A case that is skipped is left out.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [_named(case, len(keys)) for case in cases]
    if ids is not None:
        rows = [(name, row) for name, (_, row) in zip(ids, rows, strict=True)]
    named = [(name, row) for name, row in rows if CASE in name]
    parts = [named[start : start + PART] for start in range(0, len(named), PART)]

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        given = "cases_of_" + "_".join(keys)

        @functools.wraps(test)
        def check(**arguments: Any) -> None:
            part: Sequence[tuple[str, tuple[Any, ...]]] = arguments.pop(given)
            failed = []
            for name, row in part:
                try:
                    test(**dict(zip(keys, row, strict=True)), **arguments)
                except pytest.skip.Exception:
                    continue
                except (Exception, pytest.fail.Exception) as error:
                    failed.append(f"{name}\n{_told(error)}")
            if failed:
                pytest.fail(f"{len(failed)} of {len(part)} cases:\n\n" + "\n\n".join(failed), pytrace=False)

        kept = [one for one in inspect.signature(test).parameters.values() if one.name not in keys]
        added = inspect.Parameter(given, inspect.Parameter.KEYWORD_ONLY)
        check.__signature__ = inspect.Signature([*_keyword_only(kept), added])  # type: ignore[attr-defined]
        numbers = [f"part{number}" for number in range(len(parts))]
        return pytest.mark.parametrize(given, parts, ids=numbers)(check)

    return decorate


def _named(case: Any, keys: int) -> tuple[str, tuple[Any, ...]]:
    """Return the name and the values of a case that is written as for `pytest.mark.parametrize`."""
    if isinstance(case, type(pytest.param())):
        if case.marks:
            raise ValueError(f"cases that are checked together have no marks of their own: {case}")
        row, name = tuple(case.values), case.id
    else:
        row, name = (case,) if keys == 1 else tuple(case), None
    return str(name or ", ".join(map(repr, row)))[:200], row


def _keyword_only(parameters: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    return [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]


def _told(error: BaseException) -> str:
    """Return the error with the lines where it was raised."""
    if isinstance(error, pytest.fail.Exception):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)[1:]
    lines = [f"  {frame.filename}:{frame.lineno}: {frame.line}" for frame in frames[:1] + frames[1:][-1:]]
    return "\n".join([*lines, *traceback.format_exception_only(error)]).rstrip()
