"""Rewards of residents that see a group, over HTTP: alone, in a mixture, and one response at a time."""

from __future__ import annotations

import json

import pytest

from rule_rm import Settings
from rule_rm.engine import Engine
from rule_rm.web import create_app

from ..fakes.scripted_judge import ScriptedJudge

ASK = {
    "prompts": ["6*7?"] * 3 + ["1+1?"],
    "responses": [r"\boxed{42}", r"\boxed{41}", r"\boxed{40}", r"\boxed{2}"],
    "golden_responses": ["42"] * 3 + ["2"],
}


@pytest.mark.slow
def test_each_response_is_placed_in_the_group_of_its_prompt(tmp_path):
    config = tmp_path / "mixture.yaml"
    config.write_text(
        "rewards:\n- {reward_type: math_equal, weight: 10}\n"
        "- {reward_type: group_rank, options: {how: rank}}\n"
    )
    settings = Settings(reward_type="mixture", reward_config=str(config), workers=1)
    with Engine(settings) as engine:
        reply = create_app(settings, engine).test_client().post("/get_reward?details=1", json=ASK).json
    assert reply["rewards"][:3] == [11.0, 0.25, 0.25]
    assert [one["status"] for one in reply["details"]] == ["ok", "ok", "ok", "error"]
    assert "without its group" in reply["details"][3]["explanation"]


@pytest.mark.slow
def test_a_judge_is_asked_once_for_a_group():
    def answer(body):
        # One token is asked for at start.
        if body["max_tokens"] == 1:
            return "OK"
        shown = body["messages"][1]["content"]
        assert all(shown.count(text) == 1 for text in (r"\boxed{42}", r"\boxed{41}"))
        first = shown.index(r"\boxed{42}") < shown.index(r"\boxed{41}")
        scores = (1.0, 0.25) if first else (0.25, 1.0)
        return json.dumps(
            {
                "scores": [
                    {"id": str(n), "explanation": "", "score": score} for n, score in enumerate(scores, 1)
                ]
            }
        )

    with ScriptedJudge(answer) as judge:
        settings = Settings(reward_type="group_judge", judge_url=(judge.url,), judge_model="judge", workers=1)
        with Engine(settings) as engine:
            asked = {"prompts": ["6*7?"] * 3, "responses": [r"\boxed{42}", r"\boxed{41}", r"\boxed{42}"]}
            reply = create_app(settings, engine).test_client().post("/get_reward", json=asked).json
    assert reply["rewards"] == [1.0, 0.25, 1.0]
