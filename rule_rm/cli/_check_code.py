"""Check a golden dataset of programs: tests that can't be used, and tests that accept broken programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rule_rm import sandbox
from rule_rm.sandbox import SandboxOptions
from rule_rm.sandbox.grading.strength import Strength, strength

WEAKEST = 10
"""Rows that are listed, of those whose tests accept broken solutions."""


class Row(NamedTuple):
    """A row of the dataset, and how strong its tests are."""

    question: str
    found: Strength


def rows(items: Sequence[tuple[str, Any]], options: SandboxOptions) -> Iterator[Row]:
    """Yield each row with the strength of its tests. Raises SandboxError if there is no sandbox."""
    with sandbox.running(options):
        box = sandbox.default()
        for question, answer in items:
            yield Row(question, strength(box, answer, question))


def report(found: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the report: errors, the weakest rows, and the whole."""
    errors = [row for row in found if row.found.error]
    for row in errors:
        yield f"unusable: {row.found.error}: {row.question[:80]!r}"
    weak = sorted((row for row in found if row.found.accepted), key=lambda row: -row.found.share)
    for row in weak[:WEAKEST]:
        accepted = row.found.accepted
        yield (
            f"weak: the tests accept {len(accepted)} of {row.found.broken} broken solutions, such as "
            f"{accepted[0]!r}: {row.question[:80]!r}"
        )
    tried = [row for row in found if row.found.broken]
    broken = sum(row.found.broken for row in tried)
    passed = sum(len(row.found.accepted) for row in tried)
    share = f"{passed / broken:.1%}" if broken else "none"
    yield (
        f"{len(found)} rows, {len(errors)} unusable, {len(tried)} with a reference solution; "
        f"{len(weak)} of them accept a broken one ({share} of {broken} broken solutions)"
    )
