"""`rule-rm explain` finds a rollout by its number and by its place."""

from __future__ import annotations

import argparse
import json

import pytest

from rule_rm.cli import explain, main

ROWS = [{"prompt": "2+2?", "response": f"#### {number}", "answer": "4"} for number in (3, 4)]


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n\n" for row in ROWS))
    (tmp_path / "a.json").write_text(json.dumps(ROWS))


@pytest.mark.parametrize("named", [["a.jsonl", "--row", "2"], ["a.jsonl:3"], ["a.json (item 2)"]])
def test_a_rollout_is_found_by_its_number_and_by_its_place(named):
    parser = argparse.ArgumentParser()
    explain.add_arguments(parser)
    assert explain._rollout(parser.parse_args(named)).response == "#### 4"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("a.jsonl:2", "a.jsonl has no rollout at a.jsonl:2"),
        ("b.jsonl:2", "b.jsonl: can't be read: No such file"),
    ],
)
def test_a_place_without_a_rollout_is_an_error(named, message, capsys):
    assert main(["explain", named, "--reward-type", "gsm8k"]) == 2
    assert message in capsys.readouterr().err
