"""Votes: a majority decides, no more are cast than decide, and a vote that was lost agrees with none."""

from __future__ import annotations

import math

import pytest

from rule_rm.errors import JudgeError
from rule_rm.judge.client.question import Reply
from rule_rm.judge.reading.expected import expected
from rule_rm.judge.reading.menu import JudgeVerdict, Label, Menu, NoVerdictError, Place
from rule_rm.judge.reading.votes import poll

YES, NO, LOST, SILENT = (
    JudgeVerdict(1.0, "YES"),
    JudgeVerdict(0.0, "NO"),
    JudgeError("down"),
    NoVerdictError("it is empty"),
)


def cast_from(votes, waves):
    """Casts these votes in turn, and notes how many were asked for at once."""

    def cast(numbers):
        waves.append(len(numbers))
        return [votes[number] for number in numbers]

    return cast


@pytest.mark.parametrize(
    ("votes", "value", "agreement", "waves"),
    [
        ([YES], 1.0, 1.0, [1]),
        ([YES, YES, NO], 1.0, 1.0, [2]),
        ([YES, NO, NO], 0.0, 2 / 3, [2, 1]),
        ([SILENT, YES, YES], 1.0, 1.0, [2, 1]),
        ([YES, NO, NO, YES, NO], 0.0, 3 / 5, [3, 1, 1]),
        ([YES, YES, YES, NO, NO], 1.0, 1.0, [3]),
    ],
)
def test_more_than_half_decide_and_no_more_are_asked(votes, value, agreement, waves):
    seen = []
    outcome = poll(cast_from(votes, seen), len(votes), is_ordinal=False)
    assert (outcome.verdict.value, seen) == (value, waves)
    assert outcome.agreement == pytest.approx(agreement)


@pytest.mark.parametrize(
    ("votes", "error"),
    [
        ([SILENT], NoVerdictError),
        ([LOST], JudgeError),
        ([YES, NO, SILENT], NoVerdictError),
        ([YES, SILENT, SILENT], NoVerdictError),
        ([SILENT, LOST, YES], JudgeError),
        ([YES, NO, JudgeVerdict(0.5, "HALF")], NoVerdictError),
    ],
)
def test_without_a_majority_there_is_no_verdict(votes, error):
    with pytest.raises(error):
        poll(cast_from(votes, []), len(votes), is_ordinal=False)


def test_on_a_scale_the_median_counts():
    votes = [JudgeVerdict(value, str(value)) for value in (0.1, 0.9, 0.4)]
    outcome = poll(cast_from(votes, []), 3, is_ordinal=True)
    assert (outcome.verdict.value, outcome.votes) == (0.4, 3)


def test_on_a_scale_more_than_half_must_say_a_number():
    with pytest.raises(NoVerdictError):
        poll(cast_from([JudgeVerdict(0.1, "1"), SILENT, SILENT], []), 3, is_ordinal=True)


MENU = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0)})
SCALE = Menu(scale=(1.0, 10.0))


def likely(*tokens, reasoning=None):
    """Return a reply of these tokens, each with the probabilities of its alternatives."""
    logprobs = tuple(
        (token, tuple((other, math.log(share)) for other, share in alternatives.items()))
        for token, alternatives in tokens
    )
    return Reply("".join(token for token, _ in tokens), reasoning, "stop", logprobs, 0, 0, "")


def test_the_expected_verdict_is_the_mean_over_what_it_could_have_been():
    reply = likely(
        ("VERDICT:", {"VERDICT:": 1.0}), (" CORRECT", {" CORRECT": 0.7, " INC": 0.2, " Correct": 0.1})
    )
    assert expected(reply, JudgeVerdict(1.0, "CORRECT"), MENU).value == pytest.approx(0.8)


def test_on_a_scale_as_well():
    reply = likely(("VERDICT: ", {"VERDICT: ": 1.0}), ("8", {"8": 0.5, "7": 0.5}))
    assert expected(reply, JudgeVerdict(7 / 9, "8"), SCALE).value == pytest.approx(6.5 / 9)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("VERDICT: 8", None, "stop", None, 0, 0, ""),
        likely(("VERDICT: ", {"VERDICT: ": 1.0}), ("8", {"8": 0.5, "eight": 0.5})),
        likely(("VERDICT: ", {"VERDICT: ": 1.0}), ("8", {"8": 0.5, "1": 0.5})),
        likely(("VERDICT: 8", {"VERDICT: 8": 0.5, "VERDICT: 7": 0.5})),
        likely(("VERDICT: ", {"VERDICT: ": 1.0}), ("8", {"8": 0.5, "7": 0.5}), reasoning="it is fine"),
        likely(("something else", {"something else": 1.0})),
    ],
    ids=["no logprobs", "off the menu", "1 or 10", "within a token", "after reasons", "not said"],
)
def test_where_the_mean_cannot_be_told_there_is_no_verdict(reply):
    # A hard value among the soft ones of a group would look better or worse than it is.
    with pytest.raises(NoVerdictError):
        expected(reply, JudgeVerdict(7 / 9, "8"), SCALE)


THREE = Menu({"CORRECT": Label(1.0), "INCORRECT": Label(0.0), "INVALID": Label(0.0, is_answer=False)})


@pytest.mark.parametrize(
    ("said", "alternatives", "value"),
    [
        ("CORRECT", {" CORRECT": 0.7, " IN": 0.3}, 0.7),
        ("INCORRECT", {" IN": 0.6, " CORRECT": 0.4}, 0.4),
        ("INVALID", {" INV": 0.5, " IN": 0.3, " CORRECT": 0.2}, 0.2),
    ],
)
def test_a_token_that_begins_words_of_equal_worth_counts_for_that(said, alternatives, value):
    first = next(iter(alternatives))
    rest = said.removeprefix(first.strip())
    reply = likely(
        ("VERDICT:", {"VERDICT:": 1.0}), (first, alternatives), *[(rest, {rest: 1.0})] * bool(rest)
    )
    worth = THREE.labels[said].value
    assert expected(reply, JudgeVerdict(worth, said), THREE).value == pytest.approx(value)


def test_of_a_one_the_next_token_tells_whether_it_is_ten():
    reply = likely(
        ("VERDICT: ", {"VERDICT: ": 1.0}), ("1", {"1": 0.6, "9": 0.4}), ("0", {"0": 0.75, "\n": 0.25})
    )
    mean = 0.6 * 0.75 * 1.0 + 0.6 * 0.25 * 0.0 + 0.4 * 8 / 9
    assert expected(reply, JudgeVerdict(1.0, "10"), SCALE).value == pytest.approx(mean)


def test_a_synonym_is_weighed_with_its_label():
    menu = Menu(
        {"A": Label(1.0), "B": Label(0.0)}, place=Place.WHOLE, synonyms={"CORRECT": "A", "INCORRECT": "B"}
    )
    reply = likely(("CORRECT", {"CORRECT": 0.5, "A": 0.2, "INC": 0.2, "B": 0.1}))
    assert expected(reply, JudgeVerdict(1.0, "A"), menu).value == pytest.approx(0.7)
