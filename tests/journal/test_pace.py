"""The pace of writing: which thread carries out which orders, and that each is carried out once, in order."""

from __future__ import annotations

import os
import threading

import pytest

from rule_rm.journal import pace
from rule_rm.journal.pace import Order, Pace

from ..waiting import until


class Desk:
    """Notes the orders that are carried out together."""

    def __init__(self):
        self.done = []
        self.has_begun = threading.Event()
        self.may_go_on = threading.Event()

    def carry_out(self, orders):
        self.has_begun.set()
        assert self.may_go_on.wait(60.0)
        self.done.append([order.number for order in orders])


def order(number, rollouts=1):
    return Order(number, rollouts, 0, 0, 1)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def has_idle(monkeypatch):
    """Give no thread an idle processor until this event is set."""
    event = threading.Event()
    monkeypatch.setattr(pace, "_become_idle", event.wait)
    yield event
    event.set()


def test_few_rollouts_wait_for_no_idle_processor(desk, has_idle):
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: desk.done, "the order to be carried out")
    turns.finish()


def test_many_do_until_they_are_late(desk, has_idle, monkeypatch):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    assert not desk.has_begun.is_set()
    has_idle.set()
    until(lambda: desk.done == [[1]], "the order to be carried out")
    has_idle.clear()
    monkeypatch.setattr(pace, "LATE", -1.0)
    turns.add(order(2))
    until(lambda: desk.done == [[1], [2]], "the late order to be carried out")
    turns.finish()


def test_a_machine_that_is_always_full_holds_up_neither_late_orders_nor_the_end(desk, has_idle, monkeypatch):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    monkeypatch.setattr(pace, "LOOK", 0.01)
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    assert not desk.done
    monkeypatch.setattr(pace, "LATE", -1.0)
    until(lambda: desk.done == [[1]], "the order to become late")
    monkeypatch.setattr(pace, "LATE", 1e9)
    turns.add(order(2))
    turns.finish()
    assert desk.done == [[1], [2]]


def test_what_waits_for_an_idle_processor_is_written_by_a_thread_of_usual_priority(monkeypatch):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    seen = []
    turns = Pace(lambda orders: seen.append(os.sched_getscheduler(0)))
    turns.add(order(1))
    until(lambda: seen, "an idle processor")
    assert seen == [os.SCHED_OTHER]
    turns.finish()


@pytest.mark.parametrize("most", ["MANY", "MUCH"])
def test_a_large_backlog_is_carried_out_at_once(desk, has_idle, monkeypatch, most):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    monkeypatch.setattr(pace, most, -1)
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: desk.done, "the order to be carried out")
    assert desk.done == [[1]]
    turns.finish()


def test_orders_that_wait_are_carried_out_together_and_in_order(desk):
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(desk.has_begun.is_set, "the first order to be taken")
    for number in range(2, 5):
        turns.add(order(number, pace.TOGETHER // 2))
    turns.add(Order(5))
    turns.add(order(6))
    desk.may_go_on.set()
    turns.finish()
    # An order to make room is carried out alone.
    assert desk.done == [[1], [2, 3], [4], [5], [6]]
