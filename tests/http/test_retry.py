"""Pauses, Retry-After, proxies: what all of the package's HTTP clients share."""

from __future__ import annotations

import email.utils
import time

import pytest
from urllib3.util import parse_url

from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.proxies import proxy_of_environment, read_proxy
from rule_rm.http.retry import GaveUpError, PassingError, RetryPolicy, jittered, retry_after

POLICY = RetryPolicy(attempts=3, first_pause=0.5, longest_pause=10.0)


@pytest.mark.parametrize(
    ("failed", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 10.0), (5000, 10.0)]
)
@pytest.mark.parametrize("least_share", [0.0, 0.5])
def test_pauses_double_up_to_a_limit_and_differ(failed: int, longest: float, least_share: float) -> None:
    pauses = [jittered(failed, 0.5, 10.0, least_share) for _ in range(50)]
    assert all(longest * least_share <= pause <= longest for pause in pauses)
    assert len(set(pauses)) > 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("2", 2.0), ("0", 0.0), ("3600", 30.0), ("9" * 5000, None), ("soon", None), ("", None), ("-5", None)],
)
def test_a_retry_after_in_seconds_is_capped_or_ignored(value: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": value}) == pytest.approx(seconds)


def test_a_retry_after_may_be_a_date() -> None:
    assert retry_after({"Retry-After": email.utils.formatdate(time.time() + 3600, usegmt=True)}) == 30.0
    assert retry_after({"Retry-After": email.utils.formatdate(time.time() - 3600, usegmt=True)}) == 0.0


def test_another_endpoint_is_tried_at_once_and_the_same_one_after_a_pause() -> None:
    asked: list[Endpoint] = []
    waits: list[float] = []

    def fail(endpoint: Endpoint) -> None:
        asked.append(endpoint)
        raise PassingError(OSError("no"))

    with pytest.raises(GaveUpError, match="no"):
        POLICY.insist(
            Endpoints("http://a:1,http://b:2"),
            fail,
            time.monotonic() + 60,
            wait=lambda seconds: bool(waits.append(seconds)),
        )
    assert asked[0] is not asked[1]
    assert waits[0] == 0.0
    assert waits[1] > 0.0


def test_patience_with_refused_connections_ends_before_a_pause_that_outlasts_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = RetryPolicy(attempts=3, first_pause=0.5, longest_pause=10.0, least_share=1.0, patience=5.0)
    now = 100.0
    waits: list[float] = []
    monkeypatch.setattr("rule_rm.http.retry.monotonic", lambda: now)

    def wait(seconds: float) -> bool:
        nonlocal now
        now += seconds
        waits.append(seconds)
        return False

    def fail(endpoint: Endpoint) -> None:
        raise PassingError(ConnectionRefusedError("no"), is_connection=True)

    with pytest.raises(GaveUpError) as caught:
        policy.insist(Endpoints("http://a:1"), fail, now + 60, wait=wait)
    assert caught.value.attempts == 4
    assert [round(seconds, 1) for seconds in waits] == [0.5, 1.0, 2.0]


def test_no_attempt_begins_after_the_deadline() -> None:
    def fail(endpoint: Endpoint) -> None:
        raise PassingError(OSError("no"), retry_after=20.0)

    with pytest.raises(GaveUpError) as caught:
        POLICY.insist(Endpoints("http://a:1"), fail, time.monotonic() + 5, wait=lambda _: False)
    assert caught.value.attempts == 1


@pytest.mark.parametrize(
    ("url", "environment", "host"),
    [
        ("https://judge.example", {"HTTPS_PROXY": "http://proxy:3128"}, "proxy"),
        ("https://judge.example", {"all_proxy": "proxy:3128"}, "proxy"),
        ("http://judge.example", {"HTTPS_PROXY": "http://proxy:3128"}, None),
        ("https://judge.example", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "example"}, None),
        ("https://judge.example", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, None),
        ("https://badexample", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "example"}, "proxy"),
        ("https://127.0.0.1:8000", {"HTTPS_PROXY": "http://proxy:3128"}, None),
        ("https://[::1]:8000", {"HTTPS_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_the_environments_proxy_is_found(
    url: str, environment: dict[str, str], host: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_of_environment(parse_url(url))
    assert (proxy.host if proxy else None) == host


def test_a_proxys_password_is_sent_and_not_shown() -> None:
    proxy = read_proxy("http://user:s3cret@proxy:3128")
    assert proxy.headers == {"Proxy-Authorization": "Basic dXNlcjpzM2NyZXQ="}
    with pytest.raises(ValueError, match="a proxy must be") as caught:
        read_proxy("socks5://user:s3cret@proxy:3128")
    assert "s3cret" not in str(caught.value)
