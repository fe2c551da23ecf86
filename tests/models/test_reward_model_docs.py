"""The tables of docs/reward_model.md agree with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from rule_rm import Status, registry, rewards
from rule_rm.cli import serve_rm
from rule_rm.models.engine_api import APIS
from rule_rm.models.options import CHAT_TEMPLATES, ModelOptions

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reward_model.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without its two first lines."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.fixture(scope="module")
def defaults():
    rewards.load()
    return registry.get("reward_model").defaults


def shown(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if default != "" else ""


def test_the_table_of_options_is_that_of_the_reward(defaults):
    written = [(row[0].strip("`"), row[1] if row[1].startswith("`") else "") for row in rows("Options")]
    assert written == [(name, shown(default)) for name, default in defaults.items()]


def test_the_defaults_of_the_reward_are_those_of_the_model(defaults):
    options = ModelOptions(reward_pretrain="x")
    for name in ModelOptions.__dataclass_fields__:
        if name != "reward_pretrain":
            assert defaults[name] == getattr(options, name)


def test_the_table_of_templates_has_every_value():
    assert [row[0].strip("`") for row in rows("Which text is scored")] == list(CHAT_TEMPLATES)


def test_the_table_of_engines_is_that_of_the_code():
    written = [(row[0].strip("`"), row[1].strip("`")) for row in rows("Engines")]
    assert written == [(name, api.path) for name, api in APIS.items()]


def test_the_statuses_are_unscored_ones():
    for row in rows("When something fails"):
        assert not Status(row[1].strip("`")).is_scored


def test_the_options_of_the_commands_exist(defaults):
    commands = "\n".join(re.findall(r"^```bash\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    known = {name for flag in serve_rm.FLAGS for name in flag.names}
    (serve,) = re.findall(r"^rule-rm serve-rm (.*)$", commands, re.MULTILINE)
    assert set(re.findall(r"--\w+", serve)) <= known | {"--port"}
    assert set(re.findall(r"(\w+)=", commands)) <= set(defaults)


def test_the_mixture_has_options_that_exist(defaults):
    (block,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    parts = yaml.safe_load(block)["rewards"]
    assert set(parts[1]["options"]) <= set(defaults)
    assert all(part["reward_type"] in registry.registered() for part in parts)
