"""Rewards, mixtures and golden data are exchanged while requests are answered."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

import pytest

from rule_rm import Settings, rewards
from rule_rm.engine import Engine
from rule_rm.registry import registry
from rule_rm.web import create_app

from ..waiting import until
from .http_client import get, post

RULE = "def rule(completions, **kwargs):\n    return [{}] * len(completions)\n"
ASK = {"prompts": ["1+1?"], "responses": ["2"], "golden_responses": ["2"]}


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    rewards.load()
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("rule_rm_reward_file_"):
            del sys.modules[name]


@pytest.fixture
def files(tmp_path):
    """Return a reward file and a golden dataset that can be written again."""

    class Files:
        rule = tmp_path / "rule.py"
        golden = tmp_path / "golden.json"

        def write(self, reward: str, answer: str = "2") -> None:
            self.rule.write_text(RULE.format(reward))
            self.golden.write_text(json.dumps([{"question": "What is 1+1?", "answer": answer}]))

    written = Files()
    written.write("0.25")
    return written


@pytest.fixture
def served(files):
    settings = Settings(
        reward_type="rule", reward_file=(str(files.rule),), dataset=str(files.golden), workers=1
    )
    with Engine(settings) as engine:
        app = create_app(settings, engine)
        yield app.test_client()
        app.extensions["rule_rm"].close()


def test_a_reload_brings_the_new_reward_and_the_new_golden_answer_and_says_by_which_one_scored(served, files):
    asked = {"prompts": ["What is 1+1?"], "responses": ["3"]}
    before = served.get("/rewards").json
    replies = [served.post("/get_reward?details=1", json=ASK).json]
    assert served.post("/get_reward/exact_match", json=asked).json["rewards"] == [0.0]
    files.write("0.75", answer="3")
    changes = served.post("/reload").json
    after = served.get("/rewards").json
    replies.append(served.post("/get_reward?details=1", json=ASK).json)
    assert [reply["rewards"] for reply in replies] == [[0.25], [0.75]]
    assert [reply["details"][0]["versions"] for reply in replies] == [
        {"reward": listed["rewards"]["rule"]["version"], "golden": listed["golden"]["version"]}
        for listed in (before, after)
    ]
    assert served.post("/get_reward/exact_match", json=asked).json["rewards"] == [1.0]
    assert (before["edition"], after["edition"]) == (1, 2)
    assert changes["rewards"] == {
        "rule": [before["rewards"]["rule"]["version"], after["rewards"]["rule"]["version"]]
    }
    assert changes["golden"]["version"] == [before["golden"]["version"], after["golden"]["version"]]
    assert before["golden"]["version"] != after["golden"]["version"]


BROKEN = [
    ("rule", "def rule(:\n", "SyntaxError"),
    ("rule", "raise SystemExit(3)\n", "SystemExit"),
    ("rule", "import no_such_module_at_all\n", "no_such_module_at_all"),
    ("rule", "def other(completions, **kwargs):\n    return [1.0]\n", "unknown reward type 'rule'"),
    ("golden", "[]", "has no items"),
    ("golden", "[{", "golden.json"),
]


def test_what_can_not_be_loaded_changes_nothing_and_is_told(served, files, caplog):
    before = served.get("/rewards").json
    for name, text, told in BROKEN:
        files.write("0.75")
        getattr(files, name).write_text(text)
        refused = served.post("/reload")
        assert refused.status_code == 409
        assert refused.json["error"]["type"] == "ReloadError"
        assert told in refused.json["error"]["message"]
        assert "edition 1 stays" in caplog.text
        assert served.get("/rewards").json == before
        assert served.post("/get_reward", json=ASK).json["rewards"] == [0.25]
    # Set right, it is taken as if nothing had been.
    files.write("0.75")
    assert served.post("/reload").json["edition"] == 2
    assert served.post("/get_reward", json=ASK).json["rewards"] == [0.75]


def test_a_reload_with_a_body_that_is_too_large_is_refused(served):
    size = served.application.config["MAX_CONTENT_LENGTH"]
    assert served.post("/reload", data=b"x" * (size + 1)).status_code == 413
    assert served.post("/reload", data=b"anything").json["edition"] == 2


def test_while_a_reload_takes_its_time_health_and_a_second_one_say_what_is_waited_for(served, files):
    files.golden.unlink()
    # Reading it waits for a writer.
    os.mkfifo(files.golden)
    asked = threading.Thread(target=served.post, args=["/reload"])
    asked.start()
    under_way = until(lambda: served.get("/health").json.get("reload"), "the reload to begin")
    assert under_way["waits_for"] == "golden data"
    refused = served.application.test_client().post("/reload")
    assert refused.status_code == 409
    assert "waits for golden data" in refused.json["error"]["message"]
    files.golden.write_text("[]")
    asked.join()
    after = served.get("/health").json
    assert (after["edition"], after.get("reload")) == (1, None)


@pytest.mark.slow
def test_what_a_reward_file_imports_from_its_folder_is_read_again(served, files):
    files.rule.with_name("weights_beside.py").write_text("WEIGHT = 0.5\n")
    files.rule.write_text("from weights_beside import WEIGHT\n" + RULE.format("WEIGHT"))
    served.post("/reload")
    assert served.post("/get_reward", json=ASK).json["rewards"] == [0.5]
    # Another length, as the cache of byte code compares sizes and whole seconds.
    files.rule.with_name("weights_beside.py").write_text("WEIGHT = 0.125\n")
    served.post("/reload")
    assert served.post("/get_reward", json=ASK).json["rewards"] == [0.125]


def test_a_reload_needs_the_token(engine, files):
    files.rule.write_text("def rule(:")
    settings = Settings(reward_type="rule", reward_file=(str(files.rule),), workers=1, token="a-secret-token")
    client = create_app(settings, engine).test_client()
    assert client.post("/reload").status_code == 401
    assert client.get("/reload?token=a-secret-token").status_code == 405
    assert client.post("/t/a-secret-token/reload").status_code == 409


@pytest.mark.slow
def test_under_load_no_request_is_lost_and_every_verdict_is_old_or_new(serve, files):
    running = serve("--reward-type", "rule", "--reward-file", str(files.rule))
    end = threading.Event()
    replies: list[tuple[int, dict]] = []

    def ask():
        while not end.is_set():
            replies.append(post(running.url, "/get_reward?details=1", ASK))

    clients = [threading.Thread(target=ask) for _ in range(8)]
    for client in clients:
        client.start()
    versions = {}
    for number, reward in enumerate(("0.5", "broken(", "0.75")):
        files.rule.write_text(RULE.format(reward))
        if number == 2:
            running.process.send_signal(signal.SIGHUP)
            until(lambda: get(running.url, "/rewards")[1]["edition"] == 3, "the third edition")
        else:
            status, changes = post(running.url, "/reload", {})
            assert status == (409 if number else 200), changes
        status, reply = post(running.url, "/get_reward?details=1", ASK)
        versions[reply["details"][0]["versions"]["reward"]] = reply["rewards"]
    end.set()
    for client in clients:
        client.join()
    assert sorted(versions.values()) == [[0.5], [0.75]]
    assert {status for status, _ in replies} == {200}
    rewards = {reply["details"][0]["versions"]["reward"]: reply["rewards"][0] for _, reply in replies}
    assert set(rewards.values()) == {0.25, 0.5, 0.75}
    assert all(
        reply["rewards"][0] == rewards[reply["details"][0]["versions"]["reward"]] for _, reply in replies
    )
    assert sum("reload failed, and edition 2 stays" in line for line in running.log) == 1
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0


@pytest.mark.slow
def test_a_former_edition_is_closed_when_its_last_request_is_answered(served, files, monkeypatch):
    service = served.application.extensions["rule_rm"]
    stay = service.editions.enter()
    former = service.engine
    files.write("0.75")
    served.post("/reload")
    assert former.why_not_ready() is None
    stay.end()
    stay.end()
    assert until(former.why_not_ready, "the former one to close") == "the engine is closed"
    assert service.editions.current.used == 0
