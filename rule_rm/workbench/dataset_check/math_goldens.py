"""Golden answers of mathematics. Reading one may take for ever, so a process of its own does it."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from rule_rm.errors import ConfigurationError
from rule_rm.math.golden_check import check
from rule_rm.processes.kernel import cpu_time
from rule_rm.workbench.dataset_check.findings import Finding, Numbered

REWARDS = frozenset({"math_verifier", "math_equal", "cosine_length", "kimi_length"})
"""The rewards that read golden answers as mathematics."""
_START_TIMEOUT = 60.0
"""Seconds in which the process must have begun."""

_READER = "the process that reads golden answers"
Item = tuple[str, str]


def math_goldens(rows: Sequence[Numbered], slow: float, timeout: float) -> Iterator[Finding]:
    """Yield the findings on golden answers, and `hangs` for each that takes over `timeout` seconds.

    Raises ConfigurationError if the process that reads them does not start.
    """
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
        at, patience, has_begun = 0, _START_TIMEOUT, False
        try:
            while _has_sent(ours, process.pid or 0, patience):
                received = ours.recv()
                if isinstance(received, int):
                    at, patience, has_begun = received, timeout, True
                else:
                    yield Finding(begin + received.index, received.kind, received.message)
            if not has_begun:
                raise ConfigurationError(f"{_READER} did not start within {_START_TIMEOUT:g} s")
            yield Finding(begin + at, "hangs", f"it can't be read within {timeout:g} s")
            begin += at + 1
        except EOFError:
            if at == len(items) - begin:
                return
            if not has_begun:
                raise ConfigurationError(f"{_READER} died before it read one") from None
            yield Finding(begin + at, "crashes", "the process that read it died")
            begin += at + 1
        finally:
            process.kill()
            process.join()
            ours.close()


def _has_sent(connection: Connection, pid: int, seconds: float) -> bool:
    """Return True once the process has sent something, False if it took too many seconds of its own.

    Time in which it waited for a processor does not count: on a busy machine a sound answer would hang.
    """
    began, first, left = time.monotonic(), cpu_time(pid).waited, seconds
    while left > 0:
        if connection.poll(left):
            return True
        left = seconds - (time.monotonic() - began - (cpu_time(pid).waited - first))
    return False


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
