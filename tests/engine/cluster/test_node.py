"""A node writes the reward files that its machine lacks, and none over another."""

from __future__ import annotations

import pytest

from rule_rm import ConfigurationError
from rule_rm.engine.cluster.node import _place


def test_a_file_that_is_missing_is_written_where_the_server_has_it(tmp_path):
    path = tmp_path / "new" / "rules.py"
    _place({str(path): b"x = 1\n"})
    assert path.read_bytes() == b"x = 1\n"


def test_a_file_that_is_there_already_is_left_as_it_is(tmp_path):
    path = tmp_path / "rules.py"
    path.write_bytes(b"x = 1\n")
    before = path.stat().st_mtime_ns
    _place({str(path): b"x = 1\n"})
    assert path.stat().st_mtime_ns == before


def test_another_file_in_its_place_keeps_the_node_from_scoring(tmp_path):
    path = tmp_path / "rules.py"
    path.write_bytes(b"x = 2\n")
    with pytest.raises(ConfigurationError, match="another file on this node"):
        _place({str(path): b"x = 1\n"})
    assert path.read_bytes() == b"x = 2\n"


def test_a_place_that_can_not_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="can't be written on this node"):
        _place({str(tmp_path / "file" / "rules.py"): b"x = 1\n"})
