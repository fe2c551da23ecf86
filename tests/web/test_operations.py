"""Requests of operators: `/health`, `/ready` and `/rewards`."""

from __future__ import annotations

from rule_rm import Settings, __version__, registry
from rule_rm.engine import Engine
from rule_rm.web import create_app

FINE = {"prompts": ["2+2?"] * 2, "responses": ["4", "5"], "golden_responses": ["4", "4"]}


def test_health_shows_what_was_scored(client):
    before = client.get("/health").json
    assert before["status"] == "ok"
    assert before["version"] == __version__
    assert before["requests"] == 0
    client.post("/get_reward/example_safety", json=FINE)
    after = client.get("/health").json
    assert after["requests"] == 1
    assert after["reward_types"]["example_safety"]["rollouts"] == 2
    assert after["engine"]["workers"]["alive"] >= 1


def test_a_request_that_was_refused_is_not_counted_as_scored(client):
    client.post("/get_reward", json={})
    assert client.get("/health").json["requests"] == 0


def test_ready_turns_with_the_engine():
    with Engine(Settings(workers=1)) as engine:
        client = create_app(Settings(workers=1), engine).test_client()
        assert client.get("/ready").status_code == 200
    reply = client.get("/ready")
    assert (reply.status_code, reply.json) == (503, {"ready": False, "why": "the engine is closed"})
    assert int(reply.headers["Retry-After"]) >= 1


def test_rewards_lists_what_can_be_asked_for(client, engine):
    listed = client.get("/rewards").json
    assert listed["default"] == "math_verifier"
    assert set(listed["rewards"]) == set(engine.rewards) >= {"math_verifier", "example_math"}
    math_verifier = listed["rewards"]["math_verifier"]
    assert math_verifier["metrics"] == ["accuracy", "format"]
    assert math_verifier["options"] == dict(registry.get("math_verifier").defaults)


def test_an_application_without_an_engine_starts_its_own():
    app = create_app(Settings(workers=1, reward_type="example_safety"))
    with app.extensions["rule_rm"].engine:
        assert app.test_client().post("/get_reward", json=FINE).json == {"rewards": [1.0, 1.0]}
