"""The time of a golden answer is that of the process that reads it, not of the machine."""

from __future__ import annotations

import itertools
import multiprocessing
import os

import pytest

from rule_rm.processes.kernel import CpuTime
from rule_rm.workbench.dataset_check import math_goldens


@pytest.mark.parametrize(("waited", "sends"), [([0.0, 0.05, 0.05], False), ([0.0, 9.0, 9.0], True)])
def test_waiting_for_a_processor_does_not_count(waited, sends, monkeypatch):
    """After the first wait, the process is said to have waited this long for a processor."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    left = itertools.chain(waited, itertools.repeat(waited[-1]))

    def cpu_time(pid):
        found = next(left)
        if found > 1:
            theirs.send(1)
        return CpuTime(0.0, found)

    monkeypatch.setattr(math_goldens, "cpu_time", cpu_time)
    assert math_goldens._has_sent(ours, os.getpid(), 0.06) is sends
    ours.close()
    theirs.close()
