"""docs/rewards.md: what its prose says of presets can be set. Its tables are held by test_tables."""

import re

import pytest

from rule_rm import registry, rewards
from rule_rm.errors import ConfigurationError

from .pages import PAGES

DOCUMENT = PAGES["rewards.md"]

rewards.load()
SHIPPED = {
    name: function
    for name, function in registry.registered().items()
    if function.source.startswith("rule_rm.rewards.")
}


def test_every_reward_is_in_one_table_and_nothing_else():
    assert sorted(re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)) == sorted(SHIPPED)


def test_every_preset_that_is_named_can_be_set_and_no_other():
    prose = " ".join(DOCUMENT.split())
    named = dict(re.findall(r"\bof `(\w+)`: ((?:`[\w-]+`[^`;.(]*)+)", prose))
    assert len(named) == 5
    for name, presets in named.items():
        for preset in re.findall(r"`([\w-]+)`", presets):
            SHIPPED[name].with_options([f"preset={preset}"])
    for function in SHIPPED.values():
        if "preset" in function.defaults:
            with pytest.raises(ConfigurationError, match="preset must be one of"):
                function.with_options(["preset=nobody"])
