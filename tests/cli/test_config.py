"""`rule-rm config`: what a server would make of its settings, without the server."""

from __future__ import annotations

import json

import pytest

from rule_rm.cli import main


@pytest.fixture
def file(tmp_path):
    (tmp_path / "golden.jsonl").write_text('{"question": "2+2?", "answer": "4"}\n')
    path = tmp_path / "server.yaml"
    path.write_text("dataset: golden.jsonl\nworkers: 3\n")
    return path


def test_show_prints_each_setting_with_its_source_and_no_secret(file, capsys, monkeypatch):
    monkeypatch.setenv("RULE_RM_TOKEN", "secret-1")
    assert main(["config", "show", str(file), "--port", "7000"]) == 0
    shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "port: 7000 # --port" in shown
    assert f"workers: 3 # {file}:2" in shown
    assert "token: *** # RULE_RM_TOKEN" in shown
    assert "turns: first # default" in shown


def test_both_speak_json_without_secrets(file, capsys, monkeypatch):
    monkeypatch.setenv("RULE_RM_TOKEN", "secret-1")
    assert main(["config", "show", str(file), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["workers"] == {"value": 3, "source": f"{file}:2"}
    assert shown["token"] == {"value": "***", "source": "RULE_RM_TOKEN"}
    assert main(["config", "check", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["golden_questions"] == 1


def test_check_loads_all_that_a_server_would(file, capsys):
    assert main(["config", "check", str(file)]) == 0
    assert "golden questions: 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("dataset: gone.json", "gone.json"),
        ("mixture: {rewards: [{reward_type: math_equl}]}", "math_equal"),
        ("reward_type: math_verifer", "math_verifier"),
        ("host: 0.0.0.0", "no token"),
        ("alarm: {drfit: 1}", "drift"),
    ],
)
def test_check_says_what_can_not_be_served(tmp_path, capsys, line, error):
    path = tmp_path / "server.yaml"
    path.write_text(line)
    assert main(["config", "check", str(path)]) == 2
    assert error in capsys.readouterr().err


def test_check_and_list_name_the_package_that_a_reward_lacks(tmp_path, capsys):
    path = tmp_path / "packaged.py"
    path.write_text(
        "from rule_rm import register\n\n"
        "@register('packaged', extras=(('no_such_package', 'texts'),))\n"
        "def packaged(rollout):\n    return 1.0\n"
    )
    assert main(["config", "check", "--reward-type", "packaged", "--reward-file", str(path)]) == 2
    assert "packaged needs a package: pip install 'rule-rm[texts]'" in capsys.readouterr().err
    assert main(["list", "packaged", "--reward-file", str(path)]) == 0
    assert "not installed: pip install 'rule-rm[texts]'" in capsys.readouterr().out
