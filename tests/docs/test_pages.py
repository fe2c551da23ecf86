"""The pages under docs/: they are found, lead somewhere, and show commands that this package has."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml

from rule_rm import registry, rewards
from rule_rm.registry.mixture import build

ROOT = Path(__file__).resolve().parents[2]
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")

page = pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[list[str]]:
    """What the page tells people to run of this package, as lists of words."""
    lines = "".join(blocks(text, "bash")).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("rule-rm ")]


@pytest.mark.parametrize("name", PAGES)
def test_the_readme_or_a_page_that_it_names_leads_to_every_page(name):
    named = [other for other, text in PAGES.items() if f"(docs/{other}.md)" in README]
    assert name in named or any(f"({name}.md)" in PAGES[other] for other in named)


@page
def test_every_link_of_a_page_leads_to_a_file(text):
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target


@page
def test_every_command_of_a_page_is_one_that_this_package_has(text):
    for command, *arguments in commands(text):
        parser = argparse.ArgumentParser()
        importlib.import_module(f"rule_rm.cli.{command.replace('-', '_')}").add_arguments(parser)
        parser.parse_args(arguments)


@page
def test_every_mixture_of_a_page_can_be_built(text):
    rewards.load()
    for content in map(yaml.safe_load, blocks(text, "yaml")):
        build({"name": "mixture", "where": "the page", **content}, registry.registered())
