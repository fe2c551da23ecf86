"""The documents say what is so: every table is compared with the code, every command and program is run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from rule_rm import Settings, Status
from rule_rm.registry import registry
from rule_rm.settings import env_name, flag

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BIN = Path(sys.prefix) / "bin"


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def shown(default: object) -> str:
    return "" if default in (None, ()) else f"`{default}`"


def options_table() -> list[str]:
    return [
        f"| `{flag(setting.name)}` | `{env_name(setting)}` | "
        f"{'the processors' if setting.name == 'workers' else shown(setting.default)} |"
        for setting in fields(Settings)
    ]


def test_the_table_of_options_is_the_table_of_settings():
    written = [line for line in README.splitlines() if line.startswith("| `--")]
    assert written == options_table()


def test_the_table_of_statuses_is_the_enumeration_with_the_right_blame():
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", README, re.MULTILINE)
    written = {status: reward != "unscored" for status, reward in rows if status in set(Status)}
    assert written == {status.value: status.is_scored for status in Status}


def test_every_command_of_the_readme_is_tested():
    commands = [block.strip() for block in blocks(README, "bash")]
    assert [command.split()[0] for command in commands] == [
        "./example_start_remote_rm.sh",  # tests/e2e/test_launch_script.py
        "make",  # the gate runs it
        "curl",  # below
        "rule-rm",  # below, as are the next two
        "rule-rm",
        "rule-rm",
    ]
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert commands[0] in gate
    assert commands[1] in gate.splitlines()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_request_of_the_readme_is_answered_as_it_should_be(server):
    (command,) = [block for block in blocks(README, "bash") if block.startswith("curl")]
    done = subprocess.run(
        shlex.split(command.replace("http://127.0.0.1:6000", server.url)),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    reply = json.loads(done.stdout)
    assert reply["rewards"] == [1.5]
    assert reply["details"][0]["golden"]["tier"] == "exact"


@pytest.mark.parametrize(("command", "told"), [("check", "0 findings"), ("explain", "equal, by number")])
def test_the_commands_before_a_run_tell_what_they_should(command, told):
    (line,) = [block for block in blocks(README, "bash") if block.startswith(f"rule-rm {command}")]
    done = subprocess.run(
        [BIN / "rule-rm", *shlex.split(line)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert told in done.stdout


def test_the_client_of_the_readme_gets_its_rewards(server):
    (program,) = [block for block in blocks(README, "python") if "RemoteRewardModel(" in block]
    run_program(program.replace("http://127.0.0.1:6000", server.url))


def test_the_reward_of_the_readme_can_be_served(tmp_path):
    (program,) = [block for block in blocks(README, "python") if "@register" in block]
    name = program.partition("\n")[0].removeprefix("# ")
    (tmp_path / name).write_text(program)
    (command,) = [block for block in blocks(README, "bash") if block.startswith("rule-rm serve")]
    arguments = shlex.split(command)[1:]
    listing = [*arguments[arguments.index("--reward-file") :][:2]]
    done = subprocess.run(
        [BIN / "rule-rm", "list", *listing],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "shouting" in done.stdout
    run_program(
        f"""
from rule_rm import RemoteRewardModel, start_server
with start_server(reward_type="shouting", reward_file={str(tmp_path / name)!r}, port=0, workers=1) as server:
    assert list(map(float, RemoteRewardModel(server.url).score(["", ""], ["AH", "ah"]))) == [1.0, 0.0]
"""
    )


def test_the_reward_of_the_guide_passes_its_own_cases(tmp_path, monkeypatch):
    (program,) = [block for block in blocks(CONTRIBUTING, "python") if "@register" in block]
    cases = [json.loads(line) for line in blocks(CONTRIBUTING, "json")[0].splitlines()]
    monkeypatch.setattr(registry, "_rewards", {})
    path = tmp_path / "shouting.py"
    path.write_text(program)
    registry.load(str(path))
    from rule_rm import Rollout

    assert [case["kind"] for case in cases] == ["full", "zero", "malformed", "hostile", "determinism"]
    for case in cases:
        score = registry.get("shouting")(Rollout(case["prompt"], case["response"]))
        assert (score.reward, score.status) == (case["reward"], case["status"])


def run_program(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_every_link_leads_to_a_file():
    for text in (README, CONTRIBUTING):
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / target).exists(), target
