"""The pace of writing: which thread carries out which orders, and that each is carried out once, in order."""

from __future__ import annotations

import os
import threading

import pytest

from rule_rm.journal import pace
from rule_rm.journal.pace import Order, Pace

from ..waiting import until


class Desk:
    """Notes the orders that are carried out together, and whether by the thread for idle processors."""

    def __init__(self):
        self.done = []
        self.may_go_on = threading.Event()

    def carry_out(self, orders):
        assert self.may_go_on.wait(60.0)
        self.done.append((os.sched_getscheduler(0) == os.SCHED_IDLE, [order.number for order in orders]))


def order(number, rollouts=1):
    return Order(number, rollouts, 0, 0, 1)


@pytest.fixture
def desk():
    return Desk()


def test_few_rollouts_wait_for_no_idle_processor(desk):
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: desk.done, "the order to be carried out")
    assert desk.done == [(False, [1])]
    turns.finish()


def test_many_do_until_they_are_late(desk, monkeypatch):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: desk.done, "the order to be carried out")
    monkeypatch.setattr(pace, "LATE", -1.0)
    turns.add(order(2))
    until(lambda: len(desk.done) == 2, "the late order to be carried out")
    assert desk.done == [(True, [1]), (False, [2])]
    turns.finish()


@pytest.mark.parametrize("most", ["MANY", "MUCH"])
def test_a_large_backlog_is_carried_out_at_once(desk, monkeypatch, most):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    monkeypatch.setattr(pace, most, -1)
    desk.may_go_on.set()
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: desk.done, "the order to be carried out")
    assert desk.done == [(False, [1])]
    turns.finish()


def test_orders_that_wait_are_carried_out_together_and_in_order(desk):
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: turns._is_writing, "the first order to be taken")
    for number in range(2, 5):
        turns.add(order(number, pace.TOGETHER // 2))
    turns.add(Order(5))
    turns.add(order(6))
    desk.may_go_on.set()
    turns.finish()
    # An order to make room is carried out alone.
    assert [numbers for _, numbers in desk.done] == [[1], [2, 3], [4], [5], [6]]


def test_what_waits_for_a_processor_is_carried_out_in_small_turns(desk, monkeypatch):
    monkeypatch.setattr(pace, "SAVED", 0.0)
    turns = Pace(desk.carry_out)
    turns.add(order(1))
    until(lambda: turns._is_writing, "the first order to be taken")
    for number in range(2, 5):
        turns.add(order(number, pace.LITTLE // 2))
    # The first turn takes far longer than its processor time.
    desk.may_go_on.wait(0.1)
    desk.may_go_on.set()
    until(lambda: len(desk.done) > 1, "the next orders to be carried out")
    assert desk.done[:2] == [(True, [1]), (True, [2, 3])]
    turns.finish()
