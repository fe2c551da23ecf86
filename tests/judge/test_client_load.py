"""The judge's client under load, with everything going wrong that can: nothing is lost, nothing doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rule_rm.judge import Reply

from ..fakes import fault_proxy as faults
from ..fakes.scripted_judge import question_text
from ..waiting import until
from .conftest import Connect, Serve, ask

PEER = Path(__file__).resolve().parents[2] / "benchmarks" / "peers" / "waiting_judge.py"
QUESTIONS = 2000
CALLERS = 256
SHARE = 4
"""One first try of every SHARE meets a fault."""


def test_two_thousand_questions_through_every_fault_lose_none_and_double_none(
    serve: Serve, harm: Any, connect: Connect
) -> None:
    judge = serve(lambda body: f"to {question_text(body)}")
    kinds = [kind for fault in faults.PASSING for kind in (fault, *[None] * (SHARE - 1))]
    proxy = harm(judge, faults.by_question(*kinds))
    client = connect(proxy, timeout=120.0)
    with ThreadPoolExecutor(CALLERS) as pool:
        replies: list[Reply] = list(
            pool.map(lambda number: ask(client, f"question {number}", 120.0), range(QUESTIONS))
        )
    assert [reply.text for reply in replies] == [f"to question {number}" for number in range(QUESTIONS)]
    assert not any(reply.is_cached for reply in replies)
    assert proxy.delivered == Counter(f"question {number}" for number in range(QUESTIONS))
    harmless = {"slow"}
    failed = sum(count for name, count in proxy.faults.items() if name not in harmless)
    assert len(proxy.faults) == len(faults.PASSING)
    assert proxy.attempts.total() == QUESTIONS + failed
    state = client.state()
    assert (state["replies"], state["lost"], state["joined"]) == (QUESTIONS, {}, 0)
    assert (state["in_flight"], state["waiting"]) == (0, 0)


def test_equal_questions_of_many_callers_are_paid_for_once(serve: Serve, harm: Any, connect: Connect) -> None:
    judge = serve(delay=0.05)
    proxy = harm(judge, faults.by_question(None, faults.status(503), None, faults.HTML))
    client = connect(proxy)
    with ThreadPoolExecutor(CALLERS) as pool:
        replies = list(pool.map(lambda number: ask(client, f"question {number % 50}").text, range(1000)))
    assert replies == ["CORRECT"] * 1000
    assert set(proxy.delivered.values()) == {1}
    state = client.state()
    assert state["replies"] == 50
    assert state["cached"] + state["joined"] == 950


def test_no_more_are_in_flight_than_may_be(serve: Serve, connect: Connect) -> None:
    running: list[int] = []
    most = 0

    def answer(body: dict[str, Any]) -> str:
        nonlocal most
        with judge.lock:
            running.append(1)
            most = max(most, len(running))
        time.sleep(0.005)
        with judge.lock:
            running.pop()
        return "CORRECT"

    judge = serve(answer)
    client = connect(judge, concurrency=4)
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda number: ask(client, str(number)), range(200)))
    assert 1 <= most <= 4


@pytest.mark.parametrize("faulty", [0, 1])
def test_an_endpoint_that_always_fails_loses_nothing_while_another_is_well(
    faulty: int, serve: Serve, harm: Any, connect: Connect
) -> None:
    judge = serve()
    broken = harm(judge, faults.in_turn(faults.status(500), faults.RESET, faults.HTML))
    endpoints = [judge, judge]
    endpoints[faulty] = broken
    client = connect(*endpoints)
    with ThreadPoolExecutor(32) as pool:
        replies = list(pool.map(lambda number: ask(client, str(number)).text, range(400)))
    assert replies == ["CORRECT"] * 400
    assert client.state()["endpoints"][broken.url]["breaker"] in ("open", "half-open")
    # The breaker held most of them off.
    assert broken.attempts.total() < 100


@contextmanager
def judge_process(*arguments: str) -> Iterator[str]:
    """Yield the port of a judge in a separate process; kill it afterwards."""
    with subprocess.Popen(
        [sys.executable, str(PEER), *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_judge_that_is_killed_and_started_again_loses_nothing(dead: str, connect: Connect) -> None:
    port = dead.rpartition(":")[2]
    with ThreadPoolExecutor(CALLERS) as pool:
        # So slow that most still wait when it is killed.
        with judge_process("0.5", port):
            client = connect(dead, timeout=120.0)
            replies = [pool.submit(ask, client, str(number), 120.0) for number in range(QUESTIONS)]
            until(lambda: client.state()["replies"])
        until(lambda: {one["breaker"] for one in client.state()["endpoints"].values()} != {"closed"})
        with judge_process("0.05", port):
            assert all(reply.result().finish_reason == "stop" for reply in replies)
    state = client.state()
    assert (state["replies"], state["lost"]) == (QUESTIONS, {})
