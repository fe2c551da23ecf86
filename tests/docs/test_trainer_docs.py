"""The pages and examples of the trainers: what they name exists, and what they say can be run is checked."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from rule_rm import Rollout, Settings, registry, rewards
from rule_rm.cli import path as path_command
from rule_rm.cli import serve
from rule_rm.cli._settings import chosen_settings
from rule_rm.golden.examples import EXAMPLES as EXAMPLE_DATASETS
from rule_rm.registry.mixture import build, describe

ROOT = Path(__file__).resolve().parents[2]
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs" / "trainers").glob("*.md")}
EXAMPLES = {example.name: example for example in (ROOT / "examples").iterdir() if example.is_file()}

SCREEN = 50
"""Lines of a page that fit a screen."""

page = pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)


def test_every_trainer_that_takes_a_path_has_a_page():
    stems = {"swift": "ms_swift"}
    assert {stems.get(name, name) for name in path_command.PATHS} <= set(PAGES)


def test_the_readme_leads_to_every_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in PAGES if f"(docs/trainers/{name}.md)" not in readme} == set()


@page
def test_every_link_of_a_page_leads_to_a_file(text):
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / "docs" / "trainers" / target).is_file(), target


TRAINERS = {name: text for name, text in PAGES.items() if name != "turns"}
"""The pages of trainers; the one on turns is about all of them."""
_BLOCK = re.compile(r"```\w+\n(.*?)```", re.DOTALL)
"""A block of code: ```bash … ```."""
_URL = re.compile(r"https?://|host: 127\.0\.0\.1\n *port: 6000")
"""The URL of the server, or the two keys that name it: `http://`."""


@page
def test_a_page_is_a_screen_long_and_shows_how_to_start(text):
    assert len(text.splitlines()) <= SCREEN
    assert "rule-rm serve" in text


@pytest.mark.parametrize("text", TRAINERS.values(), ids=TRAINERS)
def test_a_page_starts_with_the_lines_to_set_and_the_url_among_them(text):
    title, opening, rest = text.split("\n\n", 2)
    assert title.startswith("# From zero to ")
    assert re.match(r"Set (?:these lines|this line)\b.*\bURL of the server\.$", opening)
    end = rest.index("[Install rule_rm](../install.md)")
    lines = [line for block in _BLOCK.findall(rest[:end]) for line in block.splitlines()]
    assert 1 <= len(lines) <= 2
    assert not _BLOCK.sub("", rest[:end]).strip(), "words between the lines to set"
    assert _URL.search("\n".join(lines))


@pytest.mark.parametrize("text", TRAINERS.values(), ids=TRAINERS)
def test_a_page_says_what_becomes_of_an_unscored_response_and_how_a_token_is_set(text):
    assert re.search(r"\b[Uu]nscored\b", text)
    assert "token.md)" in text


@page
def test_every_command_of_a_page_is_one_that_this_package_has(text):
    import argparse

    for line in re.findall(r"(?:^|`)(rule-rm serve [^`\n]+)", text, re.MULTILINE):
        parser = argparse.ArgumentParser()
        serve.add_arguments(parser)
        assert chosen_settings(parser.parse_args(shlex.split(line)[2:])).reward_type
    for trainer in re.findall(r"rule-rm path (\w+)", text):
        assert trainer in {*path_command.PATHS, *EXAMPLE_DATASETS}


@pytest.mark.parametrize("text", [*PAGES.values(), *(e.read_text() for e in EXAMPLES.values())])
def test_every_import_path_that_is_named_is_there(text):
    for name in re.findall(r"rule_rm\.integrations\.\w+(?:\.reward)?\b", text):
        module, _, attribute = name.partition(".reward")
        assert importlib.import_module(module)
        assert name == module or callable(importlib.import_module(module).reward), attribute


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.endswith(".sh")])
def test_a_script_is_one_that_bash_reads_and_no_option_is_cut_off(name):
    script = EXAMPLES[name]
    subprocess.run(["bash", "-n", script], check=True)
    assert script.stat().st_mode & 0o111
    lines = script.read_text().splitlines()
    for line, following in pairwise(lines):
        if line.endswith("\\"):
            assert following.strip(), line


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name.endswith(".py")])
def test_a_program_is_python_and_shadows_no_package_that_it_imports(name):
    tree = ast.parse(EXAMPLES[name].read_text())
    imported = {node.module.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not {Path(example).stem for example in EXAMPLES} & imported


def test_the_mixture_of_the_examples_can_be_served():
    rewards.load()
    settings = Settings.load({"reward_config": str(EXAMPLES["mixture.yaml"])}, {})
    mixture = build(describe(settings), registry.registered())
    right = "<think>2 and 2</think><answer>4</answer>"
    assert mixture(Rollout("2+2?", right, "4")).reward == 1.5
    assert mixture(Rollout("2+2?", right, "4", "openai/gsm8k")).reward == 1.0
    assert mixture(Rollout("2+2?", right, "4", "toy/sums")).reward == 0.9


def test_the_configuration_for_nemo_gym_names_a_server_that_it_does_not_start():
    (server,) = yaml.safe_load(EXAMPLES["nemo_gym.yaml"].read_text())["rule_rm"]["resources_servers"].values()
    assert server["port"] == Settings().port
    assert "entrypoint" not in server
