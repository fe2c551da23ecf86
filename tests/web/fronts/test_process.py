"""A front keeps the promises of the server: the tests of the server hold behind it as well."""

from __future__ import annotations

from rule_rm.web.fronts.orders import Line

from ..front.conftest import read_all, read_one, request
from ..front.test_server import (  # noqa: F401 - with the fixture of this folder
    test_300_clients_that_stall_in_a_body_hold_up_nobody,
    test_500_answers_that_are_waited_for_hold_no_thread,
    test_a_chunked_body_with_a_bad_end_is_a_400_even_if_what_came_is_whole,
    test_a_client_that_drips_gets_no_more_time_for_each_drop,
    test_a_client_that_ended_its_side_and_still_listens_is_waited_for,
    test_a_client_that_ends_its_side_with_its_request_is_answered,
    test_a_client_that_reads_nothing_holds_up_nobody_and_is_given_up,
    test_a_client_that_sends_all_of_too_large_a_body_still_sees_the_413,
    test_a_client_that_stalls_in_a_body_is_told_that_its_time_is_over,
    test_a_client_that_stalls_in_its_head_is_told_that_its_time_is_over,
    test_a_client_that_waits_for_permission_to_send_gets_it,
    test_a_head_request_is_answered_without_a_body,
    test_a_large_answer_arrives_whole,
    test_a_request_that_is_cut_off_is_a_400,
    test_an_answer_is_given_when_its_time_is_over_complete_or_not,
    test_an_answer_that_completes_in_time_is_given_once,
    test_an_application_that_fails_is_a_500_and_costs_no_thread,
    test_an_idle_connection_is_closed_without_a_word,
    test_operators_are_answered_while_every_other_thread_is_taken,
    test_requests_that_are_sent_together_are_answered_in_order,
    test_what_a_client_asked_that_went_away_is_abandoned,
)


def test_it_answers_what_it_knows_and_the_main_process_all_else(front):
    running = front()
    assert running.ask("/known", b"1").endswith(b"known 1")
    for path in ("/other", "/broken", "/slow"):
        assert running.ask(path, b"2").endswith(f"POST {path} 2".encode())
    assert running.process.counts["handed_over"] == 3
    assert running.process.counts["requests"] == 1


def test_a_kept_connection_is_handed_over_with_its_first_unknown_request(front):
    running = front()
    with running.connect() as client:
        for path, answer in (
            ("/known", b"known 3"),
            ("/other", b"POST /other 3"),
            ("/known", b"POST /known 3"),
        ):
            client.sendall(request(path, b"3"))
            assert read_one(client).endswith(answer)
    assert running.process.counts["handed_over"] == 1


def test_a_request_that_comes_in_drops_is_read_whole_wherever_it_is_answered(front):
    running = front()
    for path, answer in (("/known", b"known slowly"), ("/other", b"POST /other slowly")):
        with running.connect() as client:
            for byte in request(path, b"slowly", close=True):
                client.sendall(bytes([byte]))
            assert read_all(client).endswith(answer)


def test_what_is_sent_together_is_answered_in_order_even_if_half_of_the_second_is_missing(front):
    running = front()
    both = request("/known", b"first") + request("/other", b"second", close=True)
    with running.connect() as client:
        client.sendall(both[:-3])
        running.until(running.has(handed_over=1), "the client to be handed over")
        client.sendall(both[-3:])
        assert read_one(client).endswith(b"POST /known first")
        assert read_all(client).endswith(b"POST /other second")


def test_a_front_that_stops_hands_over_all_its_clients(front):
    running = front()
    with running.connect() as idle, running.connect() as kept, running.connect() as begun:
        kept.sendall(request("/known", b"3"))
        assert read_one(kept).endswith(b"known 3")
        whole = request("/known", b"late", close=True)
        begun.sendall(whole[:20])
        running.until(running.has(reading=1, connections=3), "half a request")
        running.process.stop()
        running._threads[0].join()
        begun.sendall(whole[20:])
        assert read_all(begun).endswith(b"POST /known late")
        for client in (idle, kept):
            client.sendall(whole)
            assert read_all(client).endswith(b"POST /known late")


def test_a_front_that_is_full_leaves_clients_to_others(front):
    running = front(connections=2)
    with running.connect(), running.connect():
        running.until(running.has(connections=2), "two connections")
        with running.connect() as third:
            third.sendall(request("/known", b"3", close=True))
            assert read_all(third).endswith(b"POST /known 3")


def test_lines_of_the_log_reach_the_main_process(front):
    running = front()
    running.main.tell(Line("a.logger", 30, "a line"))
    running.until(lambda: running.told == [Line("a.logger", 30, "a line")], "the line")
