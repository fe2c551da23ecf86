"""The number of processors: of the machine, of the affinity, of a container."""

import os

import pytest

from rule_rm.processes.processors import processors

ALL = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("50000 100000", 1),
        ("150000 100000", min(2, ALL)),
        ("max 100000", ALL),
        ("", ALL),
        ("99900000 100000", ALL),
    ],
)
def test_a_quota_of_the_container_is_the_limit_if_it_is_lower(tmp_path, quota, expected):
    (tmp_path / "cpu.max").write_text(quota)
    assert processors(tmp_path / "cpu.max") == expected


def test_without_control_groups_the_affinity_counts(tmp_path):
    assert processors(tmp_path / "absent") == ALL
