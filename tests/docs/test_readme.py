"""The README is true: every command and program in it is run, and every trainer is led to the server."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from .pages import BIN, README, ROOT, blocks, links, run_program

URL = "http://127.0.0.1:6000"


def test_every_command_of_the_readme_is_tested():
    shown = [line for block in blocks(README, "bash") for line in block.replace("\\\n", " ").splitlines()]
    commands = [line for line in shown if not line.startswith((" ", "}"))]
    assert [command.split()[0] for command in commands] == [
        "./example_start_remote_rm.sh",  # tests/e2e/test_launch_script.py
        "make",  # the gate runs it
        "python3",  # tests/package, as are the next two
        ".venv/bin/python",
        ".venv/bin/rule-rm",
        "curl",  # below
        "rule-rm",  # below, as are the next two
        "rule-rm",
        "rule-rm",
    ]
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert commands[0] in gate
    assert commands[1] in gate.splitlines()


def test_every_trainer_is_led_to_the_server():
    table = README.partition("## Connect your trainer")[2].partition("\n\n```")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert len(rows) >= 12
    for row in rows:
        assert URL in row or ("127.0.0.1" in row and "6000" in row), f"this row lacks the server's URL: {row}"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_request_of_the_readme_is_answered_as_it_should_be(server):
    (command,) = [block for block in blocks(README, "bash") if block.startswith("curl")]
    done = subprocess.run(
        shlex.split(command.replace(URL, server.url)), capture_output=True, text=True, check=True, timeout=120
    )
    reply = json.loads(done.stdout)
    assert reply["rewards"] == [1.5]
    assert reply["details"][0]["golden"]["tier"] == "request"


@pytest.mark.parametrize(("command", "expected"), [("check", "0 findings"), ("explain", "equal, by number")])
def test_the_commands_before_a_run_say_what_they_should(command, expected):
    (line,) = [block for block in blocks(README, "bash") if block.startswith(f"rule-rm {command}")]
    done = subprocess.run(
        [sys.executable, "-m", "rule_rm", *shlex.split(line)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert expected in done.stdout


def test_the_client_of_the_readme_gets_its_rewards(server):
    (program,) = [block for block in blocks(README, "python") if "RemoteRewardModel(" in block]
    run_program(program.replace(URL, server.url))


def test_the_reward_of_the_readme_can_be_served(tmp_path):
    (program,) = [block for block in blocks(README, "python") if "@register" in block]
    name = program.partition("\n")[0].removeprefix("# ")
    (tmp_path / name).write_text(program)
    (command,) = [block for block in blocks(README, "bash") if block.startswith("rule-rm serve")]
    arguments = shlex.split(command)[1:]
    assert arguments[arguments.index("--reward-file") + 1] == name
    run_program(
        f"""
from rule_rm import RemoteRewardModel, start_server
file = {str(tmp_path / name)!r}
with start_server(reward_type="in_capitals", reward_file=file, port=0, workers=1) as server:
    assert list(map(float, RemoteRewardModel(server.url).score(["", ""], ["AH", "ah"]))) == [1.0, 0.0]
"""
    )


def test_the_installed_command_is_the_one_of_the_readme():
    assert (BIN / "rule-rm").exists()


def test_every_link_leads_to_a_file():
    for target in links(README):
        assert (ROOT / target).exists(), target


def test_every_anchor_is_a_heading():
    for page, anchor in re.findall(r"\]\(([^)#:]+\.md)#([^)]+)\)", README):
        headings = re.findall(r"^#+ (.*)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        slugs = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
        assert anchor in slugs, f"{page}#{anchor}"
