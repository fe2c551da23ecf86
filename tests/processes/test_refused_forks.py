"""Only what the machine refuses excuses a program, and not what its own limit does."""

from __future__ import annotations

import pytest

from rule_rm.processes.refused_forks import is_machine_full, refused


def test_what_all_groups_refused_is_counted(tmp_path):
    for name, text in (("inner", "max 3\n"), ("outer", "max 4\nother 9\n"), ("broken", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pids.events").write_text(text)
    assert refused([tmp_path / name for name in ("inner", "outer", "broken", "missing")]) == 7


def test_this_process_s_groups_can_be_asked():
    assert refused() >= 0
    assert not is_machine_full()


@pytest.mark.parametrize(("used", "full"), [(80, False), (985, True), (1000, True)])
def test_a_machine_is_full_by_the_lower_of_its_limits(tmp_path, used, full):
    (tmp_path / "sys/kernel").mkdir(parents=True)
    (tmp_path / "sys/kernel/threads-max").write_text("20000\n")
    (tmp_path / "sys/kernel/pid_max").write_text("1000\n")
    (tmp_path / "loadavg").write_text(f"0.20 0.18 0.12 1/{used} 11206\n")
    assert is_machine_full(tmp_path) is full
