"""The directories of control groups, as both versions name them."""

from __future__ import annotations

import pytest

from rule_rm.processes.control_groups import groups


@pytest.fixture
def found(tmp_path):
    """Return the groups of a process, relative to their root, by the lines about it."""

    def find(controller, *lines):
        own = tmp_path / "cgroup"
        own.write_text("".join(f"{line}\n" for line in lines))
        root = tmp_path / "root"
        return [str(path.relative_to(root)) for path in groups(controller, root=root, own=own)]

    return find


def test_version_2_has_one_tree(tmp_path, found):
    (tmp_path / "root" / "system.slice" / "rule_rm.service").mkdir(parents=True)
    lines = ["0::/system.slice/rule_rm.service"]
    assert found("cpu", *lines) == ["system.slice/rule_rm.service", "system.slice", "."]
    assert found("pids", *lines) == found("cpu", *lines)


def test_version_1_has_a_tree_for_each_controller(tmp_path, found):
    (tmp_path / "root" / "cpu" / "app").mkdir(parents=True)
    (tmp_path / "root" / "pids").mkdir()
    lines = ["7:pids:/", "4:cpu,cpuacct:/app", "3:cpuset:/other", "1:name=systemd:/a:b"]
    assert found("cpu", *lines) == ["cpu/app", "cpu"]
    assert found("pids", *lines) == ["pids"]


def test_a_container_has_only_the_top_of_the_host_s_tree(tmp_path, found):
    (tmp_path / "root" / "cpu").mkdir(parents=True)
    assert found("cpu", "4:cpu:/docker/0123") == ["cpu"]


def test_without_the_kernel_s_file_there_are_none(tmp_path):
    assert groups("cpu", own=tmp_path / "absent") == []
