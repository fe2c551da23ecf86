"""Records arrive as what they were, and nothing else is taken for one."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from rule_rm.engine import control
from rule_rm.processes.records import decode, encode


class Greeting(NamedTuple):
    name: str
    times: int = 1


def test_a_record_arrives_with_its_kind_and_all_its_fields():
    assert decode(encode(Greeting("a\ud800", 2)), [control.Fork, Greeting]) == Greeting("a\ud800", 2)


@pytest.mark.parametrize("kind", [*control.TO_TEMPLATE, *control.FROM_TEMPLATE, *control.AT_START])
def test_every_control_message_arrives(kind):
    message = kind(*(7 for _ in kind._fields))
    received = decode(encode(message), [kind])
    assert (type(received), received) == (kind, message)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"{}",
        b"[]",
        b'["Fork", {}]',
        b'["Greeting", {}]',
        b'["Greeting", {"name": "a", "more": 1}]',
        b'["Greeting", [1]]',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_anything_else_is_a_value_error(packet):
    with pytest.raises(ValueError, match="no message that is known here"):
        decode(packet, [Greeting])
