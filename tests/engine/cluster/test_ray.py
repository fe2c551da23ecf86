"""A real Ray cluster of several nodes on this machine, in the environment of `make test-ray`."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from rule_rm import Rollout, Settings, Status
from rule_rm.engine import Engine

ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="the extra `ray` is not installed")

pytestmark = [pytest.mark.peers, pytest.mark.slow]
RULES = str(Path(__file__).with_name("cluster_rules.py"))
MATH = [
    (r"\boxed{4}", "4"),
    (r"\boxed{5}", "4"),
    (r"\boxed{\frac{1}{2}x + \frac{x}{2}}", "x"),
    (r"\boxed{(x+1)^2}", "x^2+2x+1"),
    (r"\boxed{(x+1)^2}", "x^2+2x+2"),
    (r"\boxed{9^{9^{9^{9}}}}", "7"),
    (r"\boxed{\sqrt{8}}", r"2\sqrt{2}"),
    ("no answer", "4"),
]


@pytest.fixture(scope="module")
def cluster():
    """Start a cluster with a head and one more node, of a processor each."""
    cluster = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def settings(cluster, **given) -> Settings:
    given = {"rollout_timeout": 1.0, "request_timeout": 60.0, "worker_memory_mb": 512, **given}
    return Settings(engine="ray", ray_address=cluster.address, workers=1, **given)


@pytest.fixture(scope="module")
def misbehaving(cluster):
    with Engine(settings(cluster, reward_type="cluster_rule", reward_file=(RULES,))) as engine:
        until(lambda: engine.state()["workers"]["nodes"] == 2)
        yield engine


def until(condition) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_verdicts_are_those_of_the_local_engine(cluster):
    rollouts = [
        Rollout(f"question {number}", f"<think>so</think><answer>{response}</answer>", golden)
        for number, (response, golden) in enumerate(MATH)
    ]
    with Engine(Settings(workers=1)) as local:
        expected = local.score(rollouts, "math_verifier")
    with Engine(settings(cluster, rollout_timeout=2.0)) as engine:
        assert engine.score(rollouts, "math_verifier") == expected
        assert engine.score(rollouts, "math_verifier") == expected
        assert engine.state()["cache"]["hits"] > 0


def test_a_rollout_that_hangs_is_a_timeout_and_holds_up_no_other(misbehaving):
    rollouts = [Rollout("p", one) for one in ("loop", *(f"reward {number}" for number in range(20)))]
    scores = misbehaving.score(rollouts)
    assert scores[0].status is Status.TIMEOUT
    assert all(score.status is not Status.EXPIRED for score in scores)


def test_a_worker_that_dies_costs_nobody_else_a_score(misbehaving):
    scores = misbehaving.score([Rollout("p", "die"), Rollout("p", "reward 1")])
    assert scores[0].status is Status.CRASH
    assert scores[1].status is Status.OK


def test_nothing_is_lost_when_a_node_dies_under_load_and_a_new_one_is_used(cluster, misbehaving):
    node = cluster.add_node(num_cpus=1)
    until(lambda: misbehaving.state()["workers"]["nodes"] == 3)
    rollouts = [Rollout("p", f"nap {number}") for number in range(200)]
    found = []
    scoring = threading.Thread(target=lambda: found.extend(misbehaving.score(rollouts)))
    scoring.start()
    until(lambda: misbehaving.state()["jobs"]["run"] > 20)
    cluster.remove_node(node, allow_graceful=False)
    scoring.join(120)
    assert [score.status for score in found] == [Status.OK] * 200
    until(lambda: misbehaving.state()["workers"]["nodes"] == 2)
    assert misbehaving.is_ready()


def test_an_actor_that_is_killed_is_replaced(misbehaving):
    courier = next(iter(misbehaving._workforce._couriers.values()))
    ray.kill(courier.node._actor)
    until(lambda: courier.is_lost and misbehaving.state()["workers"]["nodes"] == 2)
    assert misbehaving.score([Rollout("p", "reward 1")])[0].status is Status.OK


def test_another_server_can_join_the_same_cluster(cluster, misbehaving):
    with Engine(settings(cluster, reward_type="example_safety")) as second:
        assert second.score([Rollout("Hello?", "Good morning.")])[0].reward == 1.0
    assert misbehaving.score([Rollout("p", "reward 2")])[0].status is Status.OK
