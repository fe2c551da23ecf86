"""`rule-rm journal`."""

from __future__ import annotations

import json

from rule_rm.cli import main
from rule_rm.journal import Journal, Scored
from rule_rm.types import Rollout, Score


def test_export_writes_every_rollout(tmp_path, capsys):
    journal = Journal()
    journal.keep(tmp_path / "here-1.journal")
    journal.record(Scored("math", [Rollout("2+2?", "4", "4")], [Score(1.0)], time=1e10))
    journal.close()
    target = tmp_path / "out.jsonl"
    assert main(["journal", "export", str(tmp_path), str(target)]) == 0
    assert capsys.readouterr().out == f"1 rollouts in {target}\n"
    assert json.loads(target.read_text())["response"] == "4"


def test_export_of_nothing_is_an_error(tmp_path, capsys):
    assert main(["journal", "export", str(tmp_path), str(tmp_path / "x.jsonl")]) == 2
    assert "there is no journal" in capsys.readouterr().err
