"""Memory that a flood needed for a moment is not kept."""

from __future__ import annotations

import subprocess
import sys

import pytest

AFTER_A_FLOOD = """
from pathlib import Path
from rule_rm.processes.memory import return_large_blocks

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if {mended}:
    return_large_blocks()
before = resident()
for _ in range(3):
    # The last one stays, as a small block that something else took at the end of a heap would.
    *flood, last = [bytearray(b"x") * (4 << 20) for _ in range(16)]
    del flood
print((resident() - before) >> 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_large_blocks_go_back_to_the_system_although_a_later_one_stays():
    def left(*, mended: bool) -> int:
        script = AFTER_A_FLOOD.format(mended=mended)
        return int(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout)

    assert left(mended=True) <= 8
    assert left(mended=False) >= 32, "the allocator no longer keeps them: the setting can go"
