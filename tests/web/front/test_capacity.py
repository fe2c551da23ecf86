"""Too little room for processes and threads is an error at start, with the figures."""

from __future__ import annotations

import pytest

from rule_rm import Settings
from rule_rm.errors import ConfigurationError
from rule_rm.web.front import capacity as module
from rule_rm.web.front.capacity import capacity, processes_left


@pytest.fixture
def group(monkeypatch, tmp_path):
    """Return a control group and the one above it; the test writes their files."""
    own, above = tmp_path / "above" / "own", tmp_path / "above"
    own.mkdir(parents=True)
    monkeypatch.setattr(module, "groups", lambda controller: [own, above])

    def write(folder, limit, used):
        (folder / "pids.max").write_text(f"{limit}\n")
        (folder / "pids.current").write_text(f"{used}\n")

    return lambda limit, used, name="own": write(own if name == "own" else above, limit, used)


def test_a_group_without_a_limit_leaves_any_number(group):
    assert processes_left() is None
    group("max", 7)
    assert processes_left() is None
    assert capacity(Settings(workers=2)).connections >= 64


def test_the_tightest_limit_above_counts(group):
    group(1000, 100)
    assert processes_left() == 900
    group(500, 400, "above")
    assert processes_left() == 100


def test_too_few_processes_are_an_error_with_both_figures(group):
    group(150, 50)
    with pytest.raises(
        ConfigurationError, match=r"allows 100 more processes and threads, and 118 are needed"
    ):
        capacity(Settings(workers=2))


def test_few_processes_are_warned_of(group, caplog):
    group(200, 50)
    assert capacity(Settings(workers=2)).connections >= 64
    assert "allows 150 more processes" in caplog.text
    caplog.clear()
    group(4000, 50)
    capacity(Settings(workers=2))
    assert "more processes" not in caplog.text
