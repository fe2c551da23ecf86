"""A secret leaves the process in none of the forms in which it came."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rule_rm import redaction

SECRETS = ['sk-"q/uo+te', "5f0c9e81ab44d2e7c6019f3b", r"k&y<of>\a='judge'?", "schlüssel-für-den-richter"]


@pytest.fixture(autouse=True)
def _own_secrets(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())


def _encoded(encode: Callable[[bytes], bytes], before: bytes, secret: str) -> str:
    return encode(before + secret.encode() + b"!").decode()


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda secret: f"Bearer {secret}!",
    "in upper case": lambda secret: secret.translate({one: one - 32 for one in range(97, 123)}),
    "in a path": lambda secret: f"/t/{quote(secret, safe='')}/get_reward",
    "in a path, lower": lambda secret: quote(secret, safe="").lower(),
    "in a path with slashes": quote,
    "in a query, twice": lambda secret: quote(quote(secret)),
    "every character in a URL": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "in JSON": lambda secret: json.dumps({"key": secret}),
    "in JSON, not only ASCII": lambda secret: json.dumps({"key": secret}, ensure_ascii=False),
    "in JSON in JSON": lambda secret: json.dumps(json.dumps({"key": secret})),
    "in JSON of a careful writer": lambda secret: json.dumps(secret).replace("/", r"\/"),
    "every character in JSON": lambda secret: "".join(f"\\u{ord(one):04x}" for one in secret),
    "in HTML": lambda secret: f"<b>{html.escape(secret)}</b>",
    "in HTML in JSON": lambda secret: json.dumps(html.escape(secret)),
    "every character in HTML": lambda secret: "".join(f"&#{ord(one)};" for one in secret),
    "every character in HTML, hex": lambda secret: "".join(f"&#x{ord(one):X};" for one in secret),
    "in Python": repr,
    "bytes in Python": lambda secret: repr(secret.encode()),
    "in an exception": lambda secret: repr(ValueError(secret)),
    "in hex": lambda secret: f"0x{secret.encode().hex()}",
    "in hex, upper": lambda secret: secret.encode().hex().upper(),
    "over two lines": lambda secret: f"{secret[: len(secret) // 2]}\n{secret[len(secret) // 2 :]}",
    "over two lines of a program": lambda secret: f"'{secret[:6]}'\n    '{secret[6:]}'",
    "in base64 of mail": lambda secret: base64.encodebytes(secret.encode() * 4 + b"u").decode(),
    **{
        f"{encode.__name__} after {before!r}": partial(_encoded, encode, before)
        for before in (b"", b":", b"u:", b"us:")
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    },
    "in base64 in a path": lambda secret: quote(base64.b64encode(b":" + secret.encode()).decode(), safe=""),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_secret_is_hidden_in_every_form(secret, way):
    redaction.remember(secret)
    text = way(secret)
    hidden = redaction.redact(f"before {text} behind", with_pieces=True)
    assert hidden.startswith("before ")
    assert redaction.HIDDEN in hidden
    assert hidden.endswith(" behind")
    for whole in (secret, text):
        pieces = {whole[at : at + 8] for at in range(len(whole) // 2 - 4, len(whole) // 2 + 1)}
        assert not any(piece in hidden for piece in pieces)


@pytest.mark.parametrize(
    "way", ["as it is", "in a path", "in JSON", "in HTML", "in hex", "b64encode after b'u:'"]
)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_whole_secret_is_hidden_in_data_too(secret, way):
    redaction.remember(secret)
    text = WAYS[way](secret)
    hidden = redaction.redact_bytes(text.encode())
    assert redaction.HIDDEN.encode() in hidden
    assert redaction.redact(text).encode() == hidden
    assert secret not in hidden.decode()


@pytest.mark.parametrize("secret", SECRETS[1:3])
def test_half_of_a_secret_is_hidden_in_a_text_for_people_and_kept_in_data(secret):
    redaction.remember(secret)
    half = -(-len(secret) // 2)
    for piece in (secret[:half], secret[-half:], secret[3 : 3 + half]):
        assert redaction.redact(f"key {piece}", with_pieces=True) == "key ***"
        assert redaction.redact(f"key {piece}") == f"key {piece}"
    assert redaction.redact(secret[:6], with_pieces=True) == secret[:6]


@pytest.mark.parametrize("with_pieces", [False, True])
def test_nothing_is_hidden_where_there_is_no_secret(with_pieces):
    redaction.remember(None)
    redaction.remember("")
    redaction.remember("1")
    assert redaction.redact("1.0 of 1", with_pieces=with_pieces) == "1.0 of 1"
    redaction.remember(SECRETS[0])
    assert redaction.redact("1.0 of 1", with_pieces=with_pieces) == "1.0 of 1"
    data = b"\xff 1.0"
    assert redaction.redact_bytes(data, with_pieces=with_pieces) is data


@given(st.text(), st.text())
def test_what_is_around_a_secret_stays(before, behind):
    redaction.remember(SECRETS[1])
    hidden = redaction.redact(f"{before} {SECRETS[1]} {behind}")
    assert hidden == f"{before} *** {behind}"


def test_half_a_character_is_not_left_behind():
    redaction.remember("ääääbbbbbbbb")
    assert redaction.redact("äbbbbbbbb ä", with_pieces=True) == "*** ä"


def test_one_secret_in_another_is_hidden_with_it():
    redaction.remember("abcdefgh")
    redaction.remember("abcdefgh-and-more")
    assert redaction.redact("abcdefgh-and-more abcdefgh") == "*** ***"


def test_variables_that_hold_a_secret_are_known_by_their_name_and_by_their_value():
    redaction.remember("key-of-a-judge", "MY_KEY")
    assert redaction.holds_secret("MY_KEY", "")
    assert redaction.holds_secret("OTHER", "Bearer key-of-a-judge")
    assert not redaction.holds_secret("HOME", "/root")


def test_secrets_that_were_replaced_twice_are_forgotten_and_no_others():
    redaction.remember("a-key-of-a-judge")
    for turn in range(30):
        redaction.remember_all([f"token-{turn}-of-ana", f"token-{turn}-of-bob"], "tokens")
        redaction.remember_all(["the-same-in-each"], "other tokens")
    assert redaction.secrets() == {
        "a-key-of-a-judge",
        "the-same-in-each",
        *(f"token-{turn}-of-{name}" for turn in (28, 29) for name in ("ana", "bob")),
    }
    assert redaction.lasting_secrets() == {"a-key-of-a-judge"}
    shown = redaction.redact("token-27-of-ana token-28-of-ana token-29-of-bob a-key-of-a-judge")
    assert shown == "token-27-of-ana *** *** ***"


def test_what_is_read_again_unchanged_stays_and_displaces_nothing():
    for tokens in (["former-token"], ["present-token"], ["present-token"]):
        redaction.remember_all(tokens, "tokens")
    assert redaction.redact("former-token present-token") == "*** ***"


def test_one_secret_of_thousands_is_found_without_a_search_for_each(monkeypatch):
    tokens = [f"{number:032x}" for number in range(7**9, 7**9 + 2_000)]
    redaction.remember_all(tokens, "tokens")
    searched = redaction._known.needles._whole._long
    monkeypatch.setattr(redaction._known.needles._whole, "_long", [])
    assert redaction.redact(f"{{'rewards': {[1.0] * 100}}}").endswith("]}")
    monkeypatch.setattr(redaction._known.needles._whole, "_long", searched)
    for at in range(12):
        assert redaction.redact(" " * at + tokens[-1] + "!") == " " * at + "***!"
