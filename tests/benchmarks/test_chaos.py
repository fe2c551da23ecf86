"""Under faults of every kind nothing is lost, wrong, answered twice or left behind."""

from __future__ import annotations

import json
import random
import socket
import struct
import threading
from collections import Counter

import pytest

from benchmarks.chaos.asked import Judge, Model
from benchmarks.chaos.faults import FAULTS, Faults
from benchmarks.chaos.load import Account, Client
from benchmarks.chaos.run import run
from benchmarks.chaos.site import Site


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.parametrize("seed", [1, 2])
def test_the_account_of_a_short_run_is_clean(seed):
    account, faults = run(seed, seconds=12.0)
    assert account.is_clean, account
    assert account.scored
    assert faults


def test_a_torn_request_is_lost_if_it_was_scored_or_may_have_been_and_else_refused():
    account = Account(reset={"one": 4, "two": 1})
    account.settle({"one"})
    assert (account.lost, account.refused) == (1, {"reset before it was read": 1})
    unsure = Account(reset={"two": 1})
    unsure.settle(set(), unwritten=3)
    assert unsure.lost == 1


class Silent(threading.Thread):
    """A service that takes one request, and answers, resets the connection or is late."""

    def __init__(self, does):
        super().__init__(daemon=True)
        self.does = does
        self.listener = socket.create_server(("127.0.0.1", 0))

    def run(self):
        connection, _ = self.listener.accept()
        with connection:
            connection.recv(1 << 16)
            self.does(connection)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def answer(connection):
    detail = {"status": "ok", "reward": 1.0}
    body = json.dumps({"details": [detail]}).encode()
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("does", "seconds", "found"),
    [
        (answer, 60.0, {"answered": 1, "scored": 1, "late": 0, "lost": 0}),
        (answer, -1.0, {"answered": 1, "scored": 1, "late": 1, "lost": 0}),
        (reset, 60.0, {"answered": 0, "late": 0, "lost": 0, "reset": {"client-x-1": 1}}),
    ],
)
def test_a_client_tells_late_answers_from_torn_ones(monkeypatch, does, seconds, found):
    monkeypatch.setattr("benchmarks.chaos.load.TIMEOUT", seconds)
    service, account = Silent(does), Account()
    with service.listener:
        service.start()
        port = service.listener.getsockname()[1]
        Client(port, account, threading.Lock(), "x", lambda _: ("weigh", ["1 0"], [""], [1.0]))._ask()
        service.join()
    assert {name: getattr(account, name) for name in found} == found


def test_every_fault_is_dealt_before_one_comes_again(monkeypatch, tmp_path):
    done = Counter()
    kinds = [lambda site, number=number: done.update([number]) for number in range(len(FAULTS))]
    monkeypatch.setattr("benchmarks.chaos.faults.FAULTS", kinds)
    judge, model = Judge(), Model()
    try:
        faults = Faults(Site(0, 0, judge, model, tmp_path, random.Random(1), lambda kind, what: None))
        for _ in range(2 * len(kinds)):
            faults.any()
    finally:
        judge.close()
        model.close()
    assert set(done.values()) == {2}
    assert len(done) == len(FAULTS)
