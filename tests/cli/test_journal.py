"""`rule-rm journal`."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from rule_rm.cli import main
from rule_rm.journal import Journal, Scored
from rule_rm.journal.store import Bounds
from rule_rm.types import Rollout, Score


def test_export_writes_every_rollout(tmp_path, capsys):
    journal = Journal()
    journal.keep(tmp_path / "here-1.journal")
    journal.record(Scored("math", [Rollout("2+2?", "4", "4")], [Score(1.0)], time=1e10))
    journal.close()
    target = tmp_path / "out.jsonl"
    assert main(["journal", "export", str(tmp_path), str(target)]) == 0
    assert capsys.readouterr().out == f"1 rollout in {target}\n"
    assert main(["journal", "export", str(tmp_path), str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(target), "rollouts": 1, "faults": []}
    assert json.loads(target.read_text())["response"] == "4"


def test_export_of_nothing_is_an_error(tmp_path, capsys):
    assert main(["journal", "export", str(tmp_path), str(tmp_path / "x.jsonl")]) == 2
    assert "there is no journal" in capsys.readouterr().err


def test_export_of_a_day_has_its_rollouts_alone(tmp_path, capsys):
    journal = Journal()
    journal.keep(tmp_path / "here-1.journal", Bounds(age=1e12))
    noons = [datetime(2026, 5, day, 12).timestamp() for day in (30, 31)]
    for noon in noons:
        journal.record(Scored("math", [Rollout("2+2?", "4", "4")], [Score(1.0)], time=noon))
    journal.close()
    target = tmp_path / "out.jsonl"
    command = ["journal", "export", str(tmp_path), str(target)]
    assert main([*command, "--since", "2026-05-31", "--until", "2026-06-01"]) == 0
    assert [json.loads(line)["time"] for line in target.read_text().splitlines()] == [noons[1]]
    assert main([*command, "--until", "2026-05-30T12:00:01"]) == 0
    assert [json.loads(line)["time"] for line in target.read_text().splitlines()] == [noons[0]]
    with pytest.raises(SystemExit):
        main([*command, "--since", "yesterday"])
    assert "'yesterday' must be a day or a time, such as 2026-05-31" in capsys.readouterr().err
