"""The pages under docs/: the site lists them, links lead somewhere, commands and programs work."""

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

from .pages import CONTRIBUTING, DOCS, PAGES, ROOT, blocks, commands, links, run_program

page = pytest.mark.parametrize("name", PAGES)
NAVIGATION = yaml.safe_load(
    "nav:" + (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2].partition("\n\n")[0]
)["nav"]


def listed(entry) -> list[str]:
    """Return the paths of all pages in a part of the navigation."""
    if isinstance(entry, str):
        return [entry]
    entries = entry if isinstance(entry, list) else entry.values()
    return [path for part in entries for path in listed(part)]


@page
def test_the_navigation_lists_every_page(name):
    assert name in listed(NAVIGATION), f"add `- {name}` to nav in mkdocs.yml"


def test_the_navigation_lists_nothing_else():
    assert sorted(set(listed(NAVIGATION)) - set(PAGES)) == ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]


def test_the_first_page_leads_to_every_other():
    pages = set(PAGES) - set(links(PAGES["index.md"])) - {"index.md"}
    assert {name for name in pages if not name.startswith("decisions/")} == set()


@page
def test_every_link_of_a_page_leads_to_a_file(name):
    for target in links(PAGES[name]):
        assert ((DOCS / name).parent / target).is_file(), target


@page
def test_no_page_installs_from_an_index_on_which_the_package_is_not(name):
    shown = [line for block in blocks(PAGES[name], "bash") for line in block.splitlines()]
    assert not [line for line in shown if re.search(r"install\b.*\brule-rm\b", line)]


def test_every_link_of_the_guide_leads_to_a_file():
    for target in links(CONTRIBUTING):
        assert (ROOT / target).is_file(), target


@page
def test_every_command_of_a_page_is_one_that_this_package_has(name):
    for command, *arguments in commands(PAGES[name]):
        if command.startswith("-"):
            continue
        parser = argparse.ArgumentParser()
        module = importlib.import_module(f"rule_rm.cli.{command.replace('-', '_')}")
        module.add_arguments(parser)
        if "$(rule-rm path math_examples)" in arguments:
            arguments[arguments.index("$(rule-rm path math_examples)")] = "math_examples.json"
        parser.parse_args(arguments)


@page
def test_every_mixture_of_a_page_can_be_built(name):
    rewards.load()
    for content in map(yaml.safe_load, blocks(PAGES[name], "yaml")):
        if "rewards" in content:
            build({"name": "mixture", "where": "the page", **content}, registry.registered())


def test_the_programs_of_the_quickstart_and_of_the_python_page_run():
    (quickstart,) = blocks(PAGES["quickstart.md"], "python")
    run_program(quickstart)
    run_program("\n".join(blocks(PAGES["python_api.md"], "python")))


def test_the_requests_of_the_quickstart_get_the_rewards_that_it_names(client):
    requests = [shlex.split(block) for block in blocks(PAGES["quickstart.md"], "bash") if "curl" in block]
    bodies = [words[words.index("-d") + 1] for words in requests]
    paths = [words[2].removeprefix("http://127.0.0.1:6000") for words in requests]
    assert "1.5, 0.5 and 0.0" in PAGES["quickstart.md"]
    golden = bodies[0].replace('"details"', '"golden_responses": ["323", "323", "323"], "details"')
    headers = {"Content-Type": "application/json"}
    assert client.post(paths[0], data=golden, headers=headers).json["rewards"] == [1.5, 0.5, 0.0]
    assert client.post(paths[1], data=bodies[1], headers=headers).json["rewards"] == [1.0]


@pytest.mark.parametrize("number", [0, 1])
def test_the_rewards_of_the_page_on_own_rewards_are_reward_functions(number, tmp_path, monkeypatch):
    program = blocks(PAGES["own_rewards.md"], "python")[number]
    monkeypatch.setattr(registry.registry, "_rewards", {})
    path = tmp_path / f"rule_{number}.py"
    path.write_text(program)
    registry.load(str(path))
    ((_, function),) = registry.registered().items()
    from rule_rm import Rollout

    assert function(Rollout("", "AH!")).reward is not None
    if number:
        assert function.defaults == {"most_words": 100, "bonus": 0.1}


def test_every_word_of_the_glossary_comes_once_and_in_order():
    words = re.findall(r"^\| \*\*(.+?)\*\*", PAGES["glossary.md"], re.MULTILINE)
    assert words == sorted(words)
    assert len(words) == len(set(words))


def test_every_decision_is_listed_and_says_why():
    pages = {Path(name).name: text for name, text in PAGES.items() if name.startswith("decisions/0")}
    rows = re.findall(r"^\| \[(\d+)\]\((.+?)\) \| (.+) \|$", PAGES["decisions/README.md"], re.MULTILINE)
    assert [(number, name) for number, name, _ in rows] == [(name[:4], name) for name in sorted(pages)]
    for _, name, title in rows:
        assert pages[name].startswith(f"# {title}\n")
        assert "**Situation.**" in pages[name]
        assert "**Cost.**" in pages[name]
