"""Read the marks of a test: its sets of parameters, whether it is skipped, and whether it may fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rule_rm.sandbox.inside.test_files.pytest_stand_in import Mark, Parameters


def listed(marks: Any) -> tuple[Any, ...]:
    """Return the marks of a class or file, which may be one or a list."""
    return (marks,) if isinstance(marks, Mark) else tuple(marks)


def is_named(mark: Any, name: str) -> bool:
    """Return whether a mark is one of pytest's with a name."""
    return isinstance(mark, Mark) and mark.name == name


class _Set(NamedTuple):
    """One set of parameters that marks give."""

    given: dict[str, Any]
    marks: tuple[Any, ...]
    indirect: dict[str, Any]
    """The parameters of fixtures, not of the test."""


def parameters(marks: tuple[Any, ...]) -> Iterator[_Set]:
    """Yield each set of parameters that marks give, with the marks that it has itself."""
    sets = [_Set({}, (), {})]
    for mark in marks:
        if not is_named(mark, "parametrize"):
            continue
        names = mark.args[0] if mark.args else mark.kwargs["argnames"]
        rows = mark.args[1] if len(mark.args) > 1 else mark.kwargs["argvalues"]
        names = [part.strip() for part in names.split(",")] if isinstance(names, str) else list(names)
        of_fixtures = mark.kwargs.get("indirect", ())
        of_fixtures = names if of_fixtures is True else of_fixtures or ()
        sets = [
            _with_row(known, dict(zip(names, row.values, strict=True)), row.marks, of_fixtures)
            for known in sets
            for row in (
                one if isinstance(one, Parameters) else Parameters((one,) if len(names) == 1 else tuple(one))
                for one in list(rows)
            )
        ]
    yield from sets


def _with_row(known: _Set, row: dict[str, Any], marks: tuple[Any, ...], of_fixtures: Any) -> _Set:
    direct = {name: value for name, value in row.items() if name not in of_fixtures}
    indirect = {name: value for name, value in row.items() if name in of_fixtures}
    return _Set({**known.given, **direct}, (*known.marks, *marks), {**known.indirect, **indirect})


def skipping(marks: tuple[Any, ...]) -> str:
    """Return the name of the mark by which a test is skipped; an empty string if it is not."""
    found = [
        mark.name
        for mark in marks
        if isinstance(mark, Mark)
        and (mark.name == "skip" or (mark.name == "skipif" and bool(mark.args and mark.args[0])))
    ]
    return min(found, default="")


def may_fail(marks: tuple[Any, ...]) -> bool:
    """Return whether a test is expected to fail."""
    return any(is_named(mark, "xfail") for mark in marks)
