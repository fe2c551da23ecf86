"""Servers of one configuration share verdicts, and a Redis that fails costs nothing but its verdicts."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from importlib import metadata

import pytest

from rule_rm import Rollout, Score, Status
from rule_rm.engine import Engine, shared_verdicts
from rule_rm.engine.control import Configuration
from rule_rm.engine.messages import encode_score
from rule_rm.engine.shared_verdicts import KEPT, PASSWORD, REST, SharedVerdicts, scope
from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings

from ..waiting import until

CONFIGURATION = Configuration(
    sources=["rule_rm.rewards.math_equal"],
    options={"math_equal": ["strict=true"]},
    mixture=None,
    memory_mb=512,
    versions={"math_equal": "1"},
)
KEY = b"a digest of work"
VERDICT = Score(0.5, answer="7", explanation="half of it", metrics={"accuracy": 1.0})


class Store:
    """A Redis as far as verdicts need one."""

    def __init__(self) -> None:
        self.content: dict[bytes, bytes] = {}
        self.asked = 0
        self.failure: Exception | None = None

    def get(self, key):
        self._answer()
        return self.content.get(key)

    def set(self, key, value, ex):
        self._answer()
        assert ex == KEPT
        self.content[key] = value
        return True

    def close(self):
        pass

    def _answer(self):
        self.asked += 1
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def store(monkeypatch):
    store = Store()
    monkeypatch.setattr(shared_verdicts, "_open", lambda url: (store, (OSError,)))
    return store


def shared(configuration=CONFIGURATION) -> SharedVerdicts:
    return SharedVerdicts("redis://localhost", configuration)


def test_a_verdict_of_one_server_is_found_by_another(store):
    shared().keep(KEY, VERDICT)
    other = shared()
    assert other.find(KEY) == VERDICT
    assert other.find(b"other work") is None
    assert other.state() == {"found": 1, "kept": 0, "failed": 0, "unreadable": 0, "rests": False}


@pytest.mark.parametrize(
    "difference",
    [
        {"versions": {"math_equal": "2"}},
        {"options": {"math_equal": ["strict=false"]}},
        {"memory_mb": 1024},
        {"mixture": {"math_equal": 1.0}},
        {"sources": []},
    ],
    ids=str,
)
def test_servers_that_differ_share_nothing(store, difference):
    shared().keep(KEY, VERDICT)
    assert shared(CONFIGURATION._replace(**difference)).find(KEY) is None


def test_servers_with_another_package_or_python_share_nothing(monkeypatch):
    before = scope(CONFIGURATION)
    assert before == scope(CONFIGURATION)
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    assert scope(CONFIGURATION) != before
    monkeypatch.undo()
    monkeypatch.setattr(metadata, "distributions", list)
    assert scope(CONFIGURATION) != before


@pytest.mark.parametrize(
    "score",
    [
        Score(0.0, Status.TIMEOUT),
        Score.unscored(Status.ERROR, "it failed"),
        Score.unscored(Status.BAD_GROUND_TRUTH, "it can't be read"),
        Score(0.0, answer="7" * 100_000),
    ],
    ids=lambda score: score.status.value,
)
def test_what_might_differ_elsewhere_or_is_large_is_not_shared(store, score):
    shared().keep(KEY, score)
    assert store.content == {}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff", b"9" * 5000, b'{"reward": 1.0}', b"[" * 100_000], ids=len
)
def test_what_is_no_verdict_is_not_taken_for_one(store, content):
    one = shared()
    one.keep(KEY, VERDICT)
    store.content = dict.fromkeys(store.content, content)
    assert one.find(KEY) is None
    assert one.state()["unreadable"] == 1


def test_an_unscored_verdict_that_somebody_wrote_there_is_not_taken(store):
    one = shared()
    one.keep(KEY, VERDICT)
    timeout = encode_score(Score(0.0, Status.TIMEOUT))
    store.content = dict.fromkeys(store.content, timeout)
    assert one.find(KEY) is None


def test_a_redis_that_fails_is_left_alone_for_a_while(store, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    one = shared()
    store.failure = ConnectionRefusedError("nobody is there")
    assert one.find(KEY) is None
    one.keep(KEY, VERDICT)
    assert (store.asked, one.state()["failed"], one.state()["rests"]) == (1, 1, True)
    store.failure = None
    now += REST
    one.keep(KEY, VERDICT)
    assert one.find(KEY) == VERDICT


def test_a_password_in_the_url_is_refused_and_not_repeated():
    for url in ("redis://:a-secret@localhost", "redis://localhost?password=a-secret"):
        with pytest.raises(ConfigurationError, match=PASSWORD) as refused:
            SharedVerdicts(url, CONFIGURATION)
        assert "a-secret" not in str(refused.value)


def test_without_the_package_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"rule-rm\[redis\]"):
        SharedVerdicts("redis://localhost", CONFIGURATION)


@pytest.fixture
def redis(tmp_path):
    """Return the URL and the process of a real Redis."""
    pytest.importorskip("redis", reason="needs the extra `redis`")
    program = os.environ.get("RULE_RM_TEST_REDIS") or shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server, on the PATH or in RULE_RM_TEST_REDIS")
    path = tmp_path / "redis.socket"
    command = [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def is_there():
        with socket.socket(socket.AF_UNIX) as probe:
            return path.exists() and probe.connect_ex(str(path)) == 0

    try:
        until(is_there, "the Redis")
        yield f"unix://{path}", process
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_engines_share_the_verdicts_of_their_workers_and_go_on_without_the_redis(redis):
    url, process = redis
    settings = Settings(reward_type="math_equal", workers=1, shared_verdicts=url)
    hard = [Rollout("", f"\\boxed{{(x+{n})^2}}", f"x^2+{2 * n}x+{n * n}") for n in range(1, 9)]
    wrong = [Rollout("", f"\\boxed{{(x+{n})^3}}", f"x^3+{n}") for n in range(1, 9)]
    with Engine(settings) as one, Engine(settings) as other:
        scores = one.score(hard + wrong)
        assert [score.reward for score in scores] == [1.0] * 8 + [0.0] * 8
        ran = one.state()["jobs"]["run"]
        assert ran > 0
        until(lambda: one.state()["shared_verdicts"]["kept"] == ran)
        assert other.score(hard + wrong) == scores
        assert other.state()["jobs"]["run"] == 0
        assert other.state()["shared_verdicts"]["found"] == ran
        process.kill()
        process.wait()
        more = [Rollout("", f"\\boxed{{(y+{n})^2}}", f"y^2+{2 * n}y+{n * n}") for n in range(1, 9)]
        assert [score.reward for score in other.score(more)] == [1.0] * 8
        assert other.is_ready()
        assert other.state()["shared_verdicts"]["failed"] > 0
