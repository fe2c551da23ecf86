"""Rewards of residents that see a group, over HTTP: alone, in a mixture, and one response at a time."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from rule_rm import Settings
from rule_rm.engine import Engine
from rule_rm.web import create_app

from ..fakes.scripted_judge import ScriptedJudge, question_text

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


@pytest.mark.slow
def test_requests_of_one_response_each_are_gathered_into_their_group():
    settings = Settings(reward_type="diversity", reward_option=("size=1",), workers=1, group_size=3)
    with Engine(settings) as engine:
        app = create_app(settings, engine)
        with ThreadPoolExecutor(3) as pool:
            asked = [{"prompts": ["Say."], "responses": [text]} for text in ("a b", "a b", "c d")]
            replies = list(pool.map(lambda ask: app.test_client().post("/get_reward", json=ask).json, asked))
        health = app.test_client().get("/health").json
    assert [reply["rewards"] for reply in replies] == [[0.5], [0.5], [1.0]]
    assert health["groups"] == {"waiting": 0, "whole": 1, "short": 0}


@pytest.mark.slow
def test_a_judge_compares_each_pair_of_a_group_in_both_orders():
    def answer(body):
        if body["max_tokens"] == 1:
            return "OK"
        shown = question_text(body)
        good, bad = shown.find("a good one"), shown.find("a bad one")
        if good < 0 or bad < 0:
            # The first is preferred in both orders, so that neither wins.
            return "VERDICT: FIRST"
        return "VERDICT: FIRST" if good < bad else "VERDICT: SECOND"

    with ScriptedJudge(answer) as judge:
        settings = Settings(
            reward_type="pairwise_judge", judge_url=(judge.url,), judge_model="judge", workers=1
        )
        with Engine(settings) as engine:
            asked = {
                "prompts": ["Write."] * 4,
                "responses": ["a good one", "a bad one", "third", "a good one"],
            }
            reply = create_app(settings, engine).test_client().post("/get_reward?details=1", json=asked).json
            state = engine.state()["residents"]["pairwise_judge"]
        questions = [question_text(body) for body in judge.bodies if body["max_tokens"] > 1]
    assert reply["rewards"] == [0.75, 0.25, 0.5, 0.75]
    assert len(questions) == len(set(questions)) == 6
    assert (state["pairs"], state["orders"]) == (3, {"same": 1, "for_first": 2})
