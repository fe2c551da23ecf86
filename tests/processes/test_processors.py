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
    assert processors([tmp_path]) == expected


@pytest.mark.parametrize(("quota", "expected"), [("50000", 1), ("-1", ALL)])
def test_so_is_one_of_version_1(tmp_path, quota, expected):
    (tmp_path / "cpu.cfs_quota_us").write_text(f"{quota}\n")
    (tmp_path / "cpu.cfs_period_us").write_text("100000\n")
    assert processors([tmp_path]) == expected


def test_the_tightest_quota_above_counts(tmp_path):
    own, above = tmp_path / "above" / "own", tmp_path / "above"
    own.mkdir(parents=True)
    (own / "cpu.max").write_text("max 100000")
    (above / "cpu.max").write_text("20000 100000")
    assert processors([own, above]) == 1


def test_without_control_groups_the_affinity_counts(tmp_path):
    assert processors([]) == processors([tmp_path]) == ALL
