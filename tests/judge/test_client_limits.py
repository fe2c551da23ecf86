"""The limits of the judge's client: its gate, breaker, budget of retries, and pauses between tries."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rule_rm.judge.client import budget as budgets
from rule_rm.judge.client import gate as gates
from rule_rm.judge.client.breaker import FIRST_REST, MAX_REST, Breaker
from rule_rm.judge.client.budget import MAX_PAUSE, RetryBudget, pause
from rule_rm.judge.client.gate import Gate, Pace

from ..fakes.scripted_judge import Completion
from ..waiting import PATIENCE, until
from .conftest import Connect, Serve, ask

FOREVER = float("inf")


def soon(seconds: float = PATIENCE) -> float:
    return time.monotonic() + seconds


# The gate


def test_the_gate_lets_in_as_many_as_there_are_places() -> None:
    gate = Gate(2, 0, 0)
    assert [gate.enter(number, 0, soon(0)) for number in range(3)] == [True, True, False]
    gate.leave()
    assert gate.enter(3, 0, soon(0))
    assert gate.waiting == 0


def test_the_gate_lets_in_the_oldest_question_first() -> None:
    gate = Gate(1, 0, 0)
    assert gate.enter(0, 0, soon())
    entered: list[int] = []

    def wait(arrival: int) -> None:
        if gate.enter(arrival, 0, soon()):
            entered.append(arrival)
            gate.leave()

    with ThreadPoolExecutor(8) as pool:
        for count, arrival in enumerate([5, 3, 8, 1, 7, 2], start=1):
            pool.submit(wait, arrival)
            until(lambda: gate.waiting == count)  # noqa: B023 - it is called before the next turn
        gate.leave()
    assert entered == [1, 2, 3, 5, 7, 8]


def test_who_gave_up_holds_up_nobody() -> None:
    gate = Gate(1, 0, 0)
    assert gate.enter(0, 0, soon())
    assert not gate.enter(1, 0, soon(0.01))
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(gate.enter, 2, 0, soon())
        until(lambda: gate.waiting)
        gate.leave()
        assert later.result()


def test_no_place_is_lost_when_callers_give_up_at_the_last_moment() -> None:
    gate = Gate(3, 0, 0)

    def visit(arrival: int) -> None:
        for number in range(50):
            if gate.enter(arrival * 50 + number, 0, soon(0.0005)):
                time.sleep(0.0002)
                gate.leave()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(visit, range(32)))
    assert [gate.enter(9999, 0, soon(0)) for _ in range(4)] == [True, True, True, False]


def test_a_pace_spaces_evenly_and_takes_back_what_was_not_used() -> None:
    pace = Pace(60.0)
    pace.take(1, 100.0)
    assert pace.next == 101.0
    pace.take(5, 100.5)
    assert pace.next == 106.0
    pace.give_back(3)
    assert pace.next == 103.0
    pace.give_back(-2)
    assert pace.next == 105.0
    pace.take(1, 200.0)
    assert pace.next == 201.0


def test_no_more_requests_start_in_a_minute_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(64, 60_000.0, 0)
    admitted: list[float] = []
    take = gates.Pace.take

    def noted(self: Pace, amount: float, now: float) -> None:
        if self is gate._requests:
            admitted.append(now)
        take(self, amount, now)

    monkeypatch.setattr(gates.Pace, "take", noted)

    def visit(arrival: int) -> None:
        assert gate.enter(arrival, 0, soon())
        gate.leave()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(visit, range(200)))
    assert len(admitted) == 200
    assert all(
        later - before >= 199e-3 * 0.999 for before, later in zip(admitted, admitted[199:], strict=False)
    )


def test_who_cannot_be_let_in_in_time_is_told_so() -> None:
    gate = Gate(8, 1.0, 0)
    assert gate.enter(0, 0, soon())
    assert not gate.enter(1, 0, soon(0.05))
    assert gate.waiting == 0


def test_tokens_that_were_guessed_are_put_right_by_the_usage(serve: Serve, connect: Connect) -> None:
    # 1,024 tokens are guessed for the first reply: that alone would take a minute of the limit.
    judge = serve(lambda body: Completion("CORRECT"))
    client = connect(judge, tokens_per_minute=1024.0, timeout=30.0)
    for number in range(3):
        ask(client, str(number), seconds=30.0)
    assert len(judge.bodies) == 3


# The breaker


def test_a_breaker_opens_after_failures_in_a_row() -> None:
    breaker = Breaker(3)
    for outcome in ("fail", "fail", "succeed", "fail", "fail"):
        assert breaker.fail(False, 0.0) == 0.0 if outcome == "fail" else not breaker.succeed()
    assert (breaker.state, breaker.ready_at()) == ("closed", 0.0)
    assert breaker.fail(False, 10.0) == FIRST_REST
    assert (breaker.state, breaker.ready_at(), breaker.down_since) == ("open", 10.0 + FIRST_REST, 10.0)


def test_one_probe_may_pass_and_closes_the_breaker() -> None:
    breaker = Breaker(1)
    breaker.fail(breaker.start(), 0.0)
    assert breaker.start()
    assert (breaker.state, breaker.ready_at()) == ("half-open", FOREVER)
    assert breaker.succeed()
    assert (breaker.state, breaker.down_since, breaker.start()) == ("closed", None, False)


def test_a_probe_that_fails_opens_it_for_twice_as_long_up_to_a_bound() -> None:
    breaker, now = Breaker(1), 0.0
    rests = [breaker.fail(False, now)]
    for _ in range(8):
        now = breaker.ready_at()
        rests.append(breaker.fail(breaker.start(), now))
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == MAX_REST
    assert breaker.down_since == 0.0


def test_those_that_left_before_it_opened_do_not_keep_it_open_for_longer() -> None:
    breaker = Breaker(2)
    breaker.fail(False, 0.0)
    breaker.fail(False, 0.0)
    assert [breaker.fail(False, 0.5) for _ in range(100)] == [0.0] * 100
    assert breaker.ready_at() == FIRST_REST


def test_a_probe_that_says_nothing_makes_room_for_another() -> None:
    breaker = Breaker(1)
    breaker.fail(False, 0.0)
    breaker.abandon(breaker.start())
    assert (breaker.state, breaker.ready_at()) == ("open", FIRST_REST)


# Retries


def test_pauses_are_anything_up_to_a_bound_that_doubles() -> None:
    for failed in (1, 2, 3, 20, 10_000):
        pauses = [pause(failed) for _ in range(200)]
        bound = min(MAX_PAUSE, 0.25 * 2 ** (min(failed, 20) - 1))
        assert 0 <= min(pauses) < bound / 2 < max(pauses) <= bound


def test_a_budget_grants_its_reserve_and_a_share_of_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "monotonic", lambda: 100.0)
    budget = RetryBudget(0.5, 2)
    assert [budget.take(99.0) for _ in range(4)] == [True, True, False, False]
    budget.pay_in()
    assert not budget.take(99.0)
    budget.pay_in()
    assert budget.take(99.0)
    monkeypatch.setattr(budgets, "monotonic", lambda: 100.0 + 1.1 / budgets.STEADY)
    assert budget.take(99.0)


def test_a_budget_holds_no_more_than_its_reserve() -> None:
    budget = RetryBudget(1.0, 3)
    for _ in range(100):
        budget.pay_in()
    assert budget.balance == 3.0


def test_who_waits_for_a_retry_gets_the_next_that_is_paid_in() -> None:
    budget = RetryBudget(1.0, 1)
    assert budget.take(soon())
    got = threading.Event()
    waiting = threading.Thread(target=lambda: budget.take(soon()) and got.set())
    waiting.start()
    budget.pay_in()
    waiting.join(PATIENCE)
    assert got.is_set()
