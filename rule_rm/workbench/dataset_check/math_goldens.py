"""Golden answers of mathematics. Reading one may take for ever, so a process of its own does it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from rule_rm.math.golden_check import check
from rule_rm.workbench.dataset_check.findings import Finding, Numbered

REWARDS = frozenset({"math_verifier", "math_equal", "cosine_length", "kimi_length"})
"""The rewards that read golden answers as mathematics."""
_START_TIMEOUT = 60.0
"""Seconds in which the process must have begun."""

Item = tuple[str, str]


def math_goldens(rows: Sequence[Numbered], slow: float, timeout: float) -> Iterator[Finding]:
    """Yield the findings on golden answers, and `hangs` for each that takes over `timeout` seconds."""
    items = [(numbered.row.prompt, str(numbered.row.ground_truth)) for numbered in rows]
    for finding in _findings(items, slow, timeout):
        yield Finding(rows[finding.index].index, finding.kind, finding.message)


def _findings(items: Sequence[Item], slow: float, timeout: float) -> Iterator[Finding]:
    begin = 0
    while begin < len(items):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(
            target=_check, args=(theirs, items[begin:], slow), daemon=True
        )
        process.start()
        theirs.close()
        at, patience = 0, _START_TIMEOUT
        try:
            while ours.poll(patience):
                received = ours.recv()
                if isinstance(received, int):
                    at, patience = received, timeout
                else:
                    yield Finding(begin + received.index, received.kind, received.message)
            yield Finding(begin + at, "hangs", f"it can't be read within {timeout:g} s")
            begin += at + 1
        except EOFError:
            if at == len(items) - begin:
                return
            yield Finding(begin + at, "crashes", "the process that read it died")
            begin += at + 1
        finally:
            process.kill()
            process.join()
            ours.close()


def _check(connection: Connection, items: Sequence[Item], slow: float) -> None:
    """Send each item's number before it is read, and each finding, from the child process."""

    def numbered() -> Iterator[Item]:
        for number, item in enumerate(items):
            connection.send(number)
            yield item
        connection.send(len(items))

    for finding in check(numbered(), slow):
        # Conflicts are found among the rows as they are, for every reward.
        if finding.kind != "conflict":
            connection.send(finding)
