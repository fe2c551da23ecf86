"""A misbehaving client harms only itself: it occupies a connection, never a thread."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from rule_rm.web.front.accepting import Accepting
from rule_rm.web.front.adopting import hand_over
from rule_rm.web.front.writing import CONTINUE

from ...waiting import PATIENCE, until
from .conftest import SHORT, read_all, read_one, request

HALF = request("/", b"x" * 1000)[:-500]
"""A request whose body never comes to its end."""


def test_300_clients_that_stall_in_a_body_hold_up_nobody(front):
    served = front()
    stalled = [served.connect() for _ in range(300)]
    for connection in stalled:
        connection.sendall(HALF)
    served.until(served.has(reading=300), "all to be read from")
    assert served.ask("/", b"fine").endswith(b"POST / fine")
    for connection in stalled:
        connection.close()


@pytest.mark.parametrize("path", ["/run_code", "/v1/fine_tuning/alpha/graders/run", "/reload"])
def test_a_thread_that_waits_for_programs_judges_or_files_is_none_of_those_that_score(front, path):
    served = front()
    served.app.gated.add(path)
    with ExitStack() as stack:
        for _ in range(2 * SHORT.threads):
            stack.enter_context(served.connect()).sendall(request(path))
        served.until(served.has(busy=2 * SHORT.threads), "all to wait")
        assert served.ask("/", b"fine").endswith(b"POST / fine")
        served.app.gate.set()


def test_a_client_that_stalls_in_a_body_is_told_that_its_time_is_over(front):
    served = front(body_seconds=0.05)
    with served.connect() as connection:
        connection.sendall(HALF)
        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("sent", [b"POST / HT", b"POST / HTTP/1.1\r\nHost: x\r\nX-One: 1\r\n"])
def test_a_client_that_stalls_in_its_head_is_told_that_its_time_is_over(front, sent):
    served = front(head=0.05)
    with served.connect() as connection:
        connection.sendall(sent)
        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_drips_gets_no_more_time_for_each_drop(front):
    served = front(body_seconds=0.3)
    with served.connect() as connection:
        connection.sendall(HALF)
        connection.settimeout(0.02)

        def answer_to_a_drop() -> bytes:
            with suppress(TimeoutError):
                connection.sendall(b"x")
                return connection.recv(1 << 16)
            return b""

        answered = until(answer_to_a_drop, "the refusal")
    assert answered.startswith(b"HTTP/1.1 408 ")


def test_requests_that_are_sent_ahead_of_their_answers_are_all_answered(front):
    served = front()
    body = b"x" * 1000
    sent = request("/", body) * 200 + request("/", body, close=True)
    with served.connect() as connection:
        sender = threading.Thread(target=connection.sendall, args=(sent,))
        sender.start()
        answers = read_all(connection)
        sender.join()
    assert answers.count(b"HTTP/1.1 200 ") == answers.count(body) == 201


def test_an_idle_connection_is_closed_without_a_word(front):
    served = front(idle=0.05)
    with served.connect() as connection:
        assert read_all(connection) == b""


def test_a_client_that_ends_its_side_with_its_request_is_answered(front):
    served = front()
    with served.connect() as connection:
        connection.sendall(request("/", b"fine"))
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).endswith(b"POST / fine")


@pytest.mark.parametrize("sent", [b"POST / HT", HALF, HALF[:30]])
def test_a_request_that_is_cut_off_is_a_400(front, sent):
    served = front()
    with served.connect() as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"1",
        b"1\r\n",
        b"0\r\n",
        b"9\r\nshort",
        b"zz\r\n\r\n",
        b"-1\r\n\r\n",
        b"0x0\r\n\r\n",
        b"f" * 40 + b"\r\n\r\n",
        b"1\r\nlong\r\n0\r\n\r\n",
        b"1 \n \r\n0\r\n\r\n",
    ],
)
def test_a_chunked_body_with_a_bad_end_is_a_400_even_if_what_came_is_whole(front, end):
    served = front()
    with served.connect() as connection:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"2\r\n{}\r\n" + end)
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("framing", ["Content-Length: 6000000", "Transfer-Encoding: chunked"])
def test_a_client_that_sends_all_of_too_large_a_body_still_sees_the_413(front, framing):
    served = front(linger=PATIENCE)
    with served.connect() as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n".encode())
        part = b"x" * 60_000
        for _ in range(100):
            connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if "chunked" in framing else part)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413 ")


def test_requests_that_are_sent_together_are_answered_in_order(front):
    served = front()
    with served.connect() as connection:
        connection.sendall(b"".join(request("/", b"%d" % number) for number in range(20)))
        for number in range(20):
            assert read_one(connection).endswith(b"POST / %d" % number)


@pytest.mark.parametrize(
    "last", [b"NONSENSE\r\n\r\n", request("/", b"x", more="Transfer-Encoding: gzip\r\n")]
)
def test_what_is_no_request_does_not_take_the_answers_of_those_before_it(front, last):
    served = front()
    with served.connect() as connection:
        connection.sendall(request("/", b"1") + request("/later") + last)
        assert read_one(connection).endswith(b"POST / 1")
        served.until(lambda: any(one.callback for one in served.app.waiting), "the second to wait")
        served.app.waiting[0].complete()
        assert read_one(connection).endswith(b"at last")
        assert read_all(connection).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_waits_for_permission_to_send_gets_it(front):
    served = front()
    with served.connect() as connection:
        whole = request("/", b"fine", more="Expect: 100-continue\r\n")
        connection.sendall(whole[:-4])
        assert connection.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"fine")
        assert read_one(connection).endswith(b"POST / fine")


def test_a_head_request_is_answered_without_a_body(front):
    served = front()
    with served.connect() as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert read_all(connection).endswith(b"\r\n\r\n")


def test_a_client_that_reads_nothing_holds_up_nobody_and_is_given_up(front):
    served = front(write=0.2)
    slow = [served.connect() for _ in range(8)]
    for connection in slow:
        connection.sendall(request("/large"))
    served.until(served.has(requests=8), "the large answers")
    assert served.ask("/", b"fine").endswith(b"POST / fine")
    served.until(lambda: served.server.state()["connections"] == 0, "them to be given up")
    for connection in slow:
        connection.close()


def test_a_large_answer_arrives_whole(front):
    assert len(front().ask("/large")) > 8 << 20


def test_500_answers_that_are_waited_for_hold_no_thread(front):
    served = front()
    asking = [served.connect() for _ in range(500)]
    for connection in asking:
        connection.sendall(request("/later", close=True))
    waiting = served.app.waiting
    served.until(lambda: len([one for one in waiting if one.callback]) == 500, "all to wait")
    assert served.ask("/", b"fine").endswith(b"POST / fine")
    for one in waiting:
        one.complete()
    for connection in asking:
        assert read_all(connection).endswith(b"at last")
        connection.close()


def test_an_answer_is_given_when_its_time_is_over_complete_or_not(front):
    served = front()
    served.app.seconds = 0.05
    assert served.ask("/later").endswith(b"at last")


def test_an_answer_that_completes_in_time_is_given_once(front):
    served = front()
    served.app.seconds = 0.05
    with served.connect() as connection:
        connection.sendall(request("/later"))
        served.until(lambda: bool(served.app.waiting and served.app.waiting[0].callback), "it to wait")
        served.app.waiting[0].complete()
        served.app.waiting[0].complete()
        assert read_one(connection).endswith(b"at last")
        connection.sendall(request("/", b"next"))
        assert read_one(connection).endswith(b"POST / next")


def test_what_a_client_asked_that_went_away_is_abandoned(front):
    served = front(half_closed=0.0)
    for way in ("end", "reset"):
        connection = served.connect()
        connection.sendall(request("/later"))
        served.until(lambda: bool(served.app.waiting and served.app.waiting[-1].callback), "it to wait")
        if way == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        served.until(lambda: served.app.waiting[-1].is_abandoned, "the client's end to be noticed")
        served.until(lambda: served.server.state()["connections"] == 0, "its connection to be closed")
        served.app.waiting.clear()


def test_a_program_is_not_begun_and_not_waited_for_when_its_client_went_away(front):
    served = front(half_closed=0.0)
    connections = [served.connect() for _ in range(3)]
    interrupted = threading.Event()
    for connection in connections:
        connection.sendall(request("/run_code"))
    # There is one thread for programs, which the first takes.
    served.until(lambda: bool(served.app.callers), "a program to begin")
    served.until(served.has(busy=3), "all to be read")
    with served.app.callers[0].interrupting(interrupted.set):
        for connection in connections[:2]:
            connection.close()
        assert interrupted.wait(PATIENCE)
    served.until(served.has(connections=1), "those who went to be forgotten")
    served.app.gate.set()
    assert read_one(connections[2]).endswith(b"POST /run_code ")
    assert [caller.is_gone for caller in served.app.callers] in ([True, False],)


def test_a_client_of_a_program_that_ended_its_side_and_still_listens_is_answered(front):
    served = front(half_closed=0.0)
    with served.connect() as connection:
        connection.sendall(request("/run_code"))
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(len(CONTINUE)) == CONTINUE
        served.until(lambda: bool(served.app.callers), "the program to begin")
        assert not served.app.callers[0].is_gone
        served.app.gate.set()
        assert read_all(connection).endswith(b"POST /run_code ")


def test_a_client_that_ended_its_side_and_still_listens_is_waited_for(front):
    served = front(half_closed=0.0)
    with served.connect() as connection:
        connection.sendall(request("/later"))
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(len(CONTINUE)) == CONTINUE
        served.until(lambda: served.app.waiting[0].callback is not None, "it to wait")
        served.app.waiting[0].complete()
        assert read_all(connection).endswith(b"at last")


def test_operators_are_answered_while_every_other_thread_is_taken(front):
    served = front()
    asking = [served.connect() for _ in range(SHORT.threads + 1)]
    for connection in asking:
        connection.sendall(request("/gate", close=True))
    served.until(served.has(busy=3), "all threads to be taken")
    assert served.ask("/ready").endswith(b"POST /ready ")
    # The others waited all the while, rather than giving up.
    assert served.has(busy=3)()
    served.app.gate.set()
    for connection in asking:
        assert read_all(connection).endswith(b"POST /gate ")
        connection.close()


def test_the_connection_that_is_idle_for_longest_makes_room(front):
    served = front(connections=3, patience=0.0)
    kept = [served.connect() for _ in range(3)]
    for connection in kept:
        connection.sendall(request())
        read_one(connection)
        # The client has its answer a moment before the server counts the connection as idle.
        served.until(served.has(idle=3), "the connection to be idle")
    assert served.ask("/", b"fine").endswith(b"POST / fine")
    assert kept[0].recv(1) == b""
    for connection in kept[1:]:
        connection.sendall(request("/", b"still here"))
        assert read_one(connection).endswith(b"still here")
        connection.close()
    kept[0].close()


def test_many_clients_get_in_by_one_look_at_those_that_are_idle(front, monkeypatch):
    looks = []
    look = Accepting._sort
    monkeypatch.setattr(Accepting, "_sort", lambda server: (looks.append(1), look(server)))
    served = front(connections=4, patience=0.0)
    idle = [served.connect() for _ in range(4)]
    served.until(served.has(idle=4), "all to be connected")
    came = [served.connect() for _ in range(4)]
    for connection in idle:
        assert connection.recv(1) == b""
    for connection in came:
        connection.sendall(request("/", b"fine"))
        assert read_one(connection).endswith(b"fine")
    assert len(looks) == 1
    for connection in (*idle, *came):
        connection.close()


def test_a_client_too_many_is_refused_while_all_others_wait_and_operators_are_not(front):
    served = front(connections=2)
    asking = [served.connect() for _ in range(2)]
    for connection in asking:
        connection.sendall(request("/later", close=True))
    served.until(lambda: [bool(one.callback) for one in served.app.waiting] == [True] * 2, "both to wait")
    refused = served.ask("/", b"fine")
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nRetry-After: 1\r\n" in refused
    with served.connect() as slow:
        # The head is enough: one of the few connections in reserve waits for no body.
        slow.sendall(request("/", b"never sent")[: -len(b"never sent")])
        assert read_all(slow).startswith(b"HTTP/1.1 503 ")
    assert served.ask("/ready").startswith(b"HTTP/1.1 200 ")
    for waiting in served.app.waiting:
        waiting.complete()
    for connection in asking:
        assert read_all(connection).endswith(b"at last")
        connection.close()


def test_a_crowd_that_keeps_coming_does_not_keep_operators_out(front):
    served = front(connections=2, reserve=3, patience=PATIENCE)
    crowd = [served.connect() for _ in range(5)]
    served.until(served.has(connections=5), "the crowd")
    for _ in range(3):
        # Two come between the operator's connection and its request.
        before = served.server.state()["accepted"]
        with served.connect() as operator:
            crowd += [served.connect() for _ in range(2)]
            served.until(served.has(accepted=before + 3), "them")
            operator.sendall(request("/ready", close=True))
            assert read_all(operator).startswith(b"HTTP/1.1 200 ")
        crowd.append(served.connect())
    turned_away = [one for one in crowd[2:] if has_ended(one)]
    assert turned_away
    assert all(read_all(one).startswith(b"HTTP/1.1 503 ") for one in turned_away)
    assert not any(map(has_ended, crowd[:2]))


def has_ended(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        connection.settimeout(PATIENCE)


def test_an_application_that_fails_is_a_500_and_costs_no_thread(front, caplog):
    served = front()
    for _ in range(2 * SHORT.threads):
        assert served.ask("/fail").startswith(b"HTTP/1.1 500 ")
    assert served.ask("/", b"fine").endswith(b"POST / fine")


def test_stopping_answers_what_has_been_asked_and_closes_what_has_not(front):
    served = front()
    with served.connect() as idle, served.connect() as asking:
        asking.sendall(request("/gate"))
        served.until(served.has(busy=1, idle=1), "both to be there")
        served.server.stop()
        assert idle.recv(1) == b""
        served.app.gate.set()
        answer = read_all(asking)
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.endswith(b"POST /gate ")
    assert served.server.wait(PATIENCE)


def test_stopping_hears_out_a_client_that_has_just_connected(front):
    served = front(last_call=PATIENCE)
    with served.connect() as slow:
        served.server.stop()
        slow.sendall(request("/", b"at last"))
        assert read_all(slow).endswith(b"POST / at last")
    assert served.server.wait(PATIENCE)


def test_a_client_that_says_nothing_does_not_hold_up_the_end(front):
    served = front(last_call=0.05)
    with served.connect() as silent:
        served.server.stop()
        assert read_all(silent) == b""
    assert served.server.wait(PATIENCE)


def test_stopping_hears_out_a_client_that_another_process_has_just_handed_over(front):
    served = front()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client, accepted = socket.socketpair()
    with theirs, client:
        with accepted:
            hand_over(theirs, accepted, ("127.0.0.1", 1), request("/", b"fine"))
        served.server.adopt_from(ours)
        served.server.stop()
        client.settimeout(PATIENCE)
        assert read_all(client).endswith(b"POST / fine")
    assert served.server.wait(PATIENCE)


def test_stopping_gives_up_after_the_time_it_was_given(front):
    served = front()
    with served.connect() as stalled:
        stalled.sendall(HALF)
        served.until(served.has(reading=1), "it to be read from")
        served.server.stop()
        assert not served.server.wait(0.1)
        assert stalled.recv(1) == b""


def test_a_loop_that_fails_says_why_while_it_does_and_goes_on(front, monkeypatch, caplog):
    served = front()

    def fail(*_):
        raise ZeroDivisionError("nothing to divide by")

    with monkeypatch.context() as broken:
        broken.setattr(served.server, "_sweep", fail)
        served.until(lambda: served.server.failure is not None, "the failure")
        assert served.ask("/", b"fine").endswith(b"POST / fine")
        shown = caplog.text
    assert "ZeroDivisionError: nothing to divide by" in shown
    # A last failing turn may still be on its way.
    served.until(served.server.is_alive, "the loop to go on")


WITHOUT_DESCRIPTORS = """
import resource, sys
from tests.web.front.conftest import Front
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
served = Front(connections=4096, patience=0.2, half_closed=0.2)
print(served.port, flush=True)
sys.stdin.readline()
print(served.server.is_alive(), flush=True)
"""


def is_answered(address: tuple[str, int]) -> bool:
    with suppress(ConnectionError), socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(request("/", b"fine", close=True))
        return read_all(connection).endswith(b"POST / fine")
    return False


def is_refused(connection: socket.socket) -> bool:
    """Return True for a 503; False where the server tore the connection, with the refusal unread."""
    with suppress(ConnectionError):
        return connection.recv(12) == b"HTTP/1.1 503"
    return False


def test_without_descriptors_the_idle_give_way_and_others_are_refused_until_there_are_some_again():
    with (
        subprocess.Popen(
            [sys.executable, "-c", WITHOUT_DESCRIPTORS, "64"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[3],
        ) as process,
        ExitStack() as clients,
    ):
        address = ("127.0.0.1", int(process.stdout.readline()))

        def connect() -> socket.socket:
            return clients.enter_context(socket.create_connection(address, timeout=PATIENCE))

        asking = [connect() for _ in range(100)]
        for connection in asking:
            # One that was turned away already takes nothing more.
            with suppress(ConnectionError):
                connection.sendall(request("/later", close=True))
        assert sum(is_refused(connection) for connection in asking[60:]) > 0
        clients.close()
        until(lambda: is_answered(address), "those that went away to be noticed")
        for _ in range(100):
            connect()
        until(lambda: is_answered(address), "the idle to give way")
        clients.close()
        print(file=process.stdin, flush=True)
        assert process.stdout.readline() == "True\n"


def test_threads_that_can_not_be_had_are_told_at_start(monkeypatch):
    from rule_rm.errors import ConfigurationError
    from rule_rm.web.front.crew import Crew

    started = []
    start = threading.Thread.start

    def refuse(thread):
        if len(started) == 3:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(ConfigurationError, match="only 3 of the 8 threads called request can be started"):
        Crew("request", 8)
    for thread in started:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_the_soft_limit_of_descriptors_is_raised_to_what_is_needed(monkeypatch):
    from rule_rm import Settings
    from rule_rm.web.front.capacity import capacity

    limits = [(1024, 1 << 20)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: limits.append(limit))
    assert capacity(Settings(workers=2)).connections == 4096
    assert 4096 < limits[-1][0] <= limits[-1][1]


def test_a_hard_limit_leaves_room_for_fewer_connections_and_for_too_few_it_does_not_start(monkeypatch):
    from rule_rm import Settings
    from rule_rm.errors import ConfigurationError
    from rule_rm.web.front.capacity import capacity

    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 2048))
    assert 64 <= capacity(Settings(workers=2)).connections < 2048
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    with pytest.raises(ConfigurationError, match="may have 256 descriptors, and needs"):
        capacity(Settings(workers=2))
