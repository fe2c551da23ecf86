"""Bytes become whole requests, however they are cut, and nothing else does."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm.web.front.requests import HEADERS_LIMIT, Reader, RefusedError

HEAD = b"POST /a?b HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def read(data: bytes, step: int = 1 << 20, limit: int = 100) -> tuple[list[tuple[bytes, bytes]], Reader]:
    """Target and body of every request in the data, fed in steps."""
    reader = Reader(limit)
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
    return [(one.target, bytes(one.body)) for one in reader.complete], reader


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_requests_are_read_however_the_bytes_are_cut(step):
    first = HEAD + b"Content-Length: 3\r\n\r\nabc"
    second = CHUNKED + b"2\r\nab\r\n1;extension\r\nc\r\n0\r\n\r\n"
    assert read(first + second, step)[0] == [(b"/a?b", b"abc")] * 2


@pytest.mark.parametrize(
    "data",
    [
        HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: -3\r\n\r\n",
        HEAD + b"Content-Length: 1e1\r\n\r\n",
        HEAD + b"Content-Length : 3\r\n\r\nabc",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        HEAD + b"X: a\r\n b\r\n\r\n",
        HEAD + b"X\0: a\r\n\r\n",
        b"POST / HTTP/1.1\nHost: x\n\n",
        b"POST / HTTP/1.1\r\n\r\n",
        HEAD + b"Host: y\r\n\r\n",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"3\r\nabcd\r\n",
        CHUNKED + b"-1\r\n",
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40,
    ],
)
@pytest.mark.parametrize("step", [1, 1000])
def test_what_two_readers_could_understand_differently_is_a_400(data, step):
    with pytest.raises(RefusedError) as caught:
        read(data, step)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 100_000, 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: x\r\n" * (HEADERS_LIMIT + 1), 431),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 501),
        (CHUNKED + b"2\r\n{}\r\n5;" + b"a" * 300_000, 431),
        (CHUNKED + b"2\r\n{}\r\n0\r\nX: " + b"a" * 300_000, 431),
        (CHUNKED + b"2\r\n{}\r\n0\r\n" + b"a" * 300_000, 431),
        (CHUNKED + b"2\r\n{}\r\n0\r\n" + b"X: a\r\n" * 60_000, 431),
    ],
)
def test_what_is_too_long_or_too_new_is_told(data, status):
    with pytest.raises(RefusedError) as caught:
        read(data, 1 << 16)
    assert caught.value.status == status


def test_chunks_of_one_byte_are_a_body_of_any_length():
    ((_, body),) = read(CHUNKED + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n", 1 << 16, 1 << 20)[0]
    assert body == b"a" * 100_000


def test_a_trailer_is_no_header():
    (request,) = read(CHUNKED + b"1\r\na\r\n0\r\nX-Forwarded-For: ::1\r\n\r\n")[1].complete
    assert [name for name, _ in request.headers] == [b"host", b"transfer-encoding"]


def test_a_body_that_is_declared_too_large_is_handed_over_unread():
    (request,) = read(HEAD + b"Content-Length: 101\r\n\r\nabc")[1].complete
    assert (request.size, bytes(request.body), request.keeps_alive) == (101, b"", False)


def test_a_chunked_body_that_grows_too_large_is_handed_over_at_once():
    requests, reader = read(CHUNKED + b"ff\r\n" + b"a" * 101)
    assert (len(requests), reader.complete[0].size, reader.is_over) == (1, 101, True)


@pytest.mark.parametrize("step", [1, 1000])
def test_an_offer_of_another_protocol_is_passed_over_and_its_body_is_read(step):
    offer = HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc"
    requests, reader = read(offer, step)
    assert requests == [(b"/a?b", b"abc")]
    assert not reader.complete[0].keeps_alive


@given(st.binary(max_size=300), st.integers(1, 40))
def test_whatever_comes_is_a_request_a_refusal_or_not_complete(data, step):
    for start in (b"", HEAD, CHUNKED, HEAD + b"Content-Length: 20\r\n"):
        with suppress(RefusedError):
            read(start + data, step)
