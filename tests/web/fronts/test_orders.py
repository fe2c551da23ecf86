"""A request that a front scored arrives with every field."""

from __future__ import annotations

from dataclasses import fields

from rule_rm.golden import Match, Tier
from rule_rm.journal import Scored, Sender
from rule_rm.web.fronts.orders import Entered, Figures, Line, decode, encode

from ...engine.test_messages import ROLLOUT, SCORE

SCORED = Scored(
    "math_verifier",
    [ROLLOUT],
    [SCORE],
    [Match(Tier.FUZZY, ["4", 4], 0.97)],
    0.25,
    {"read": 0.125},
    1764000000.0,
    7,
    "1-abc",
    Sender("trainer-1", "7f3a-01", "00-1-2-01"),
    "sandbox",
    {0: 0.5},
)


def test_every_field_of_a_scored_request_arrives():
    assert all(getattr(SCORED, one.name) not in (None, "", (), {}) for one in fields(Scored))
    message = decode(encode(Entered.of(SCORED)))
    assert isinstance(message, Entered)
    assert message.scored() == SCORED
    assert message.scored().scores[0].seconds == SCORE.seconds


def test_figures_and_lines_arrive():
    for message in (Figures({"connections": 1}, {"requests": 2}), Line("a", 20, "b")):
        assert decode(encode(message)) == message
