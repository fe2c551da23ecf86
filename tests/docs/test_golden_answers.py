"""docs/golden_answers.md: its examples earn their rewards, and every option has values that can be set."""

from __future__ import annotations

import json
import re

import pytest

from rule_rm import Rollout, registry, rewards
from rule_rm.errors import ConfigurationError

from .pages import PAGES, blocks

PAGE = PAGES["golden_answers.md"]
rewards.load()
SHIPPED = {
    name: function
    for name, function in registry.registered().items()
    if function.source.startswith("rule_rm.rewards.")
}
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
OF_OTHER_PAGES = {
    "llm_judge",
    "hybrid",
    "generative_rm",
    "reward_model",
    "openai_grader",
    "group_rank",
    "group_judge",
    "pairwise_judge",
    "lean_proof",
}
EXAMPLES = [(name, json.loads(block)) for name, text in SECTIONS.items() for block in blocks(text, "json")]


def options_of(name: str) -> dict[str, str]:
    """Return the options in the table of a reward, with the cell of their values."""
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", SECTIONS[name], re.MULTILINE))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_reward_has_a_section_or_a_row(name):
    assert name in SECTIONS or f"\n| `{name}` | " in PAGE, "write the row with `make tables`"


def test_every_section_is_of_a_reward():
    assert set(SECTIONS) <= set(SHIPPED)


@pytest.mark.parametrize("name", sorted({*SECTIONS} - OF_OTHER_PAGES))
def test_the_options_of_a_section_are_those_of_the_reward(name):
    assert set(options_of(name)) == set(SHIPPED[name].defaults)


@pytest.mark.parametrize("name", sorted({*SECTIONS} - OF_OTHER_PAGES))
def test_every_value_that_is_listed_can_be_set_and_an_invented_one_cannot(name):
    for option, cell in options_of(name).items():
        values = re.findall(r"`([\w-]+)`", cell)
        for value in values:
            SHIPPED[name].with_options([f"{option}={value}"])
        if len(values) > 1 and "…" not in cell and "such as" not in cell:
            with pytest.raises(ConfigurationError):
                SHIPPED[name].with_options([f"{option}=nobody_has_this"])


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_earns_the_highest_reward(name, example):
    function = SHIPPED[name]
    if "sandbox" in function.needs:
        pytest.skip("its example needs a sandbox; tests/rewards has the same one as a case")
    expected = example.pop("reward", 1.0)
    score = function(Rollout(**{"prompt": "", **example}))
    assert score.reward == expected, score.explanation
