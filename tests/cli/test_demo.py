"""`rule-rm demo`: each reward type has example rollouts that fit it."""

from __future__ import annotations

import json

import pytest

from rule_rm import Rollout, Settings, registry, rewards
from rule_rm.cli import main
from rule_rm.cli._demos import DEMOS, demo_for

from ..docs.pages import PAGES

rewards.load()
IN_THIS_PROCESS = [
    name
    for name, function in registry.registered().items()
    if function.source.startswith("rule_rm.rewards.")
    and not function.is_resident
    and not function.needs
    and not function.groups
]
WITH_ANSWERS = {
    "math_verifier",
    "math_equal",
    "cosine_length",
    "example_math",
    "tag_count",
    "think_answer_format",
}
"""Rewards that the answers to a question show well, so that they need no example of their own."""


def demo_of(name: str, **settings):
    return demo_for(Settings.load({"reward_type": name, **settings}, {}))


def scores(name: str):
    demo, function = demo_of(name), registry.get(name)
    return [
        function(Rollout(demo.prompt, response, demo.golden_answer, extra_info={"response_length": 5}))
        for response in demo.responses.values()
    ]


@pytest.mark.parametrize("name", IN_THIS_PROCESS)
def test_every_response_of_an_example_is_scored_and_the_first_earns_most(name):
    for module, extra in registry.get(name).extras:
        pytest.importorskip(module, reason=f"{module} is not installed: pip install '.[{extra}]'")
    rewards_of_name = [score.reward for score in scores(name)]
    assert None not in rewards_of_name
    if name in {*DEMOS, *WITH_ANSWERS}:
        assert rewards_of_name[0] == max(rewards_of_name) > min(rewards_of_name)


def test_every_example_is_of_a_reward():
    assert set(DEMOS) <= set(registry.registered())


def test_plain_answers_come_from_the_golden_dataset(tmp_path):
    (tmp_path / "mine.jsonl").write_text('{"q": "What is 1 + 1?", "a": "2"}\n')
    demo = demo_of("math_equal", dataset=str(tmp_path / "mine.jsonl"), question_key="q", answer_key="a")
    assert demo.prompt == "What is 1 + 1?"
    assert demo.golden_answer is None
    assert all(
        ("2" in response) == ("golden" in name)
        for name, response in demo.responses.items()
        if "1" not in response
    )


def test_the_rewards_of_a_running_server_are_printed(server, capsys):
    assert main(["demo", "--url", server.url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("question  ")
    assert [line.split()[0] for line in lines[1:]] == ["1.50", "0.50", "0.00"]
    assert main(["demo", "--url", server.url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["reward"] for one in told["responses"]] == [1.5, 0.5, 0.0]
    assert lines[0] == f"question  {told['prompt']}"


def test_the_quick_start_shows_what_is_printed(server, capsys):
    assert main(["demo", "--url", server.url]) == 0
    _, _, shown = PAGES["quickstart.md"].partition("rule-rm demo\n```\n\n```text\n")
    assert shown.partition("```")[0] == capsys.readouterr().out


def test_what_is_unscored_is_printed_with_its_reason(server, capsys):
    assert (
        main(["demo", "--url", f"{server.url}/get_reward/soft_overlong", "--reward-type", "soft_overlong"])
        == 0
    )
    assert "unscored" not in capsys.readouterr().out
    assert main(["demo", "--url", f"{server.url}/get_reward/countdown", "--reward-type", "math_equal"]) == 0
    assert "unscored, bad_ground_truth: " in capsys.readouterr().out


def test_a_server_that_is_not_there_is_an_error_with_its_address(capsys):
    assert main(["demo", "--url", "http://127.0.0.1:9"]) == 2
    assert "127.0.0.1:9" in capsys.readouterr().err
