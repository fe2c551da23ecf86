"""docs/rewards.md says what is so: its tables are compared with the registry and with the rewards' cases."""

import json
import re
from pathlib import Path

import pytest

from rule_rm import Status, registry, rewards
from rule_rm.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "rewards.md").read_text(encoding="utf-8")
CASES = ROOT / "tests" / "rewards" / "cases"

rewards.load()
SHIPPED = {
    name: function
    for name, function in registry.registered().items()
    if function.source.startswith("rule_rm.rewards.")
}
WRITTEN = dict(re.findall(r"^(?=\| `(\w+)` \|)(.*)$", DOCUMENT, re.MULTILINE))


def marked(texts):
    return " ".join(f"`{text}`" for text in texts)


def statuses_of(name):
    """The statuses of a reward's cases, in the order of the enumeration."""
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    found = {json.loads(line)["status"] for line in lines if line}
    return [status.value for status in Status if status.value in found]


def row(name):
    function = SHIPPED[name]
    options = [
        f"{option}={str(default).lower() if isinstance(default, bool) else default}"
        for option, default in function.defaults.items()
    ]
    summary = function.summary.replace("<", "\\<")
    columns = (f"`{name}`", summary, marked(options), marked(function.metrics), marked(statuses_of(name)))
    return f"| {' | '.join(columns)} |"


def test_every_reward_is_in_a_table_and_nothing_else():
    assert sorted(WRITTEN) == sorted(SHIPPED)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_the_row_of_a_reward_is_what_the_registry_and_its_cases_say(name):
    assert WRITTEN.get(name) == row(name)


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


def test_every_link_leads_to_a_file():
    for target in re.findall(r"\]\(([^)#:]+)\)", DOCUMENT):
        assert (ROOT / "docs" / target).exists(), target
