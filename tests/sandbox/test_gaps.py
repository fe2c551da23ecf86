"""Gaps in memory are filled before the first fork."""

import subprocess
import sys

from rule_rm.sandbox.inside.confinement import gaps


def _pools(objects):
    return len({id(one) // (1 << 14) for one in objects})


def test_objects_made_after_the_filling_lie_together(monkeypatch):
    monkeypatch.setattr(gaps, "_kept", [])
    scattered = [bytes(47) for _ in range(6000)]
    del scattered[::100]
    before = [bytes(47) for _ in range(30)]
    assert _pools(before) > 5
    del before
    gaps.fill()
    assert _pools([bytes(47) for _ in range(60)]) <= 2


def test_the_filling_is_small():
    """Each object of it makes every fork slower: a size at which it never ends costs megabytes."""
    # In a process of its own: the gaps of this one are those of all tests before.
    twice = (
        "from rule_rm.sandbox.inside.confinement import gaps; gaps.fill(); first = len(gaps._kept);"
        "gaps.fill(); print(len(gaps._kept) - first)"
    )
    done = subprocess.run([sys.executable, "-c", twice], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2_000
