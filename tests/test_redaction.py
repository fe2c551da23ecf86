"""A secret leaves the process in none of the forms in which it came."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from rule_rm import redaction

SECRET = 'sk-"q/uo+te'


@pytest.fixture(autouse=True)
def _own_secrets(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {SECRET}!",
        f"/t/{quote(SECRET, safe='')}/get_reward",
        json.dumps({"key": SECRET}),
        f"0x{SECRET.encode().hex()}",
        *(
            encode(before + SECRET.encode() + b"!").decode()
            for before in (b"", b":", b"u:", b"us:")
            for encode in (base64.b64encode, base64.urlsafe_b64encode)
        ),
    ],
)
def test_a_secret_is_hidden_in_every_form(text):
    redaction.remember(SECRET)
    hidden = redaction.redact(text)
    assert redaction.HIDDEN in hidden
    assert SECRET[3:] not in hidden
    assert redaction.redact_bytes(text.encode()) == hidden.encode()


def test_nothing_is_hidden_where_there_is_no_secret():
    redaction.remember(None)
    redaction.remember("")
    redaction.remember("1")
    redaction.remember(SECRET)
    assert redaction.redact("1.0 of 1") == "1.0 of 1"
    assert redaction.redact_bytes(b"\xff 1.0") == b"\xff 1.0"


def test_one_secret_in_another_is_hidden_with_it():
    redaction.remember("abcdefgh")
    redaction.remember("abcdefgh-and-more")
    assert redaction.redact("abcdefgh-and-more abcdefgh") == "*** ***"


def test_variables_that_hold_a_secret_are_known_by_their_name_and_by_their_value():
    redaction.remember("key-of-a-judge", "MY_KEY")
    assert redaction.holds_secret("MY_KEY", "")
    assert redaction.holds_secret("OTHER", "Bearer key-of-a-judge")
    assert not redaction.holds_secret("HOME", "/root")
