"""Rows of programs: tests that can't be used, and tests that accept broken programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rule_rm import sandbox
from rule_rm.sandbox import SandboxOptions
from rule_rm.sandbox.grading.strength import REFERENCES, strength
from rule_rm.settings import Settings
from rule_rm.workbench.dataset_check.findings import Finding, Numbered

_WEAK = 0.3
"""The share of broken programs that pass, from which on tests count as weak: some broken ones are right."""


def programs(rows: Sequence[Numbered], settings: Settings) -> Iterator[Finding]:
    """Yield the findings on the tests of rows. Raises SandboxError if there is no sandbox."""
    options = SandboxOptions(backend=settings.sandbox, allow_weak=settings.allow_weak_sandbox)
    with sandbox.running(options):
        box = sandbox.default()
        for numbered in rows:
            found = strength(box, _with_reference(numbered), numbered.row.prompt)
            if found.error:
                yield Finding(numbered.index, "unusable", found.error)
            elif found.constant is not None:
                yield Finding(
                    numbered.index, "weak", f"the tests accept a program that always returns {found.constant}"
                )
            elif found.share > _WEAK:
                yield Finding(
                    numbered.index,
                    "weak",
                    f"the tests accept {len(found.accepted)} of {found.broken} broken solutions, such as "
                    f"{found.accepted[0]!r}",
                )


def _with_reference(numbered: Numbered) -> Any:
    """Return the tests with the solution that the row has in a column of its own."""
    truth, columns = numbered.row.ground_truth, numbered.row.columns
    found = {key: columns[key] for key in REFERENCES if isinstance(columns.get(key), str)}
    if not found:
        return truth
    if isinstance(truth, Mapping):
        return {**found, **truth}
    return {"test_list": truth, **found} if isinstance(truth, list) else truth
