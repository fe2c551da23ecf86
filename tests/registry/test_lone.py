"""A function of lists that compares its responses scores none alone; one that loops over them scores all."""

from __future__ import annotations

import random
import statistics
from dataclasses import replace

import pytest

from rule_rm.registry import lone
from rule_rm.registry.conventions import adapt
from rule_rm.registry.lone import TRIALS
from rule_rm.types import Rollout, Status


def shortest(completions, **columns):
    return [float(len(text) == min(map(len, completions))) for text in completions]


def longest(solution_strs, ground_truths):
    return [float(len(text) == max(map(len, solution_strs))) for text in solution_strs]


def centred(completions, solution, **columns):
    right = [float(answer in text) for text, answer in zip(completions, solution, strict=True)]
    spread = statistics.pstdev(right) or 1.0
    return [(one - statistics.fmean(right)) / spread for one in right]


def place(prompts, responses, golden_responses=None):
    order = sorted(range(len(responses)), key=lambda one: len(responses[one]))
    return [order.index(one) / max(1, len(order) - 1) for one in range(len(order))]


def rare(queries, prompts, labels):
    return {"rewards": [1.0 / queries.count(query) for query in queries]}


def share(reward_inputs):
    most = max(one["response_length"] for one in reward_inputs) or 1
    return [{"overall": one["response_length"] / most} for one in reward_inputs]


def fewest_ids(completion_ids, **columns):
    return [float(len(ids) == min(map(len, completion_ids))) for ids in completion_ids]


def of_messages(completions, **columns):
    said = [messages[0]["content"] for messages in completions]
    return [float(len(text) == min(map(len, said))) for text in said]


def own(rollouts):
    return [1.0 / len(rollouts) for _ in rollouts]


async def awaited(completions, **columns):
    return [float(len(text)) / sum(map(len, completions)) for text in completions]


def largest(completions, **columns):
    numbers = [float("".join(filter(str.isdigit, text)) or 0) for text in completions]
    return [float(number == max(numbers)) for number in numbers]


def each(completions, solution, **columns):
    return [float(answer in text) for text, answer in zip(completions, solution, strict=True)]


def length_of_each(completion_ids, **columns):
    return [len(ids) / 10 for ids in completion_ids]


def dice(completions, **columns):
    return [random.random() for _ in completions]


def picky(completions, **columns):
    assert all(completions), "an empty response"
    return [1.0 for _ in completions]


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Take every function for quick, however busy the machine is."""
    monkeypatch.setattr(lone, "QUICK", 60.0)


def alone(response, **info):
    rollout = Rollout("2+2?", response, "4", extra_info={"completion_ids": [1, 2, 3], "response_length": 3})
    return replace(rollout, group=(rollout,))


def scores(function, responses, **declared):
    call, _ = adapt(function, "", **declared)
    return [call(alone(response)).members[0] for response in responses]


@pytest.mark.parametrize(
    "function",
    [shortest, longest, centred, place, rare, share, fewest_ids, of_messages, own, awaited, largest],
    ids=lambda function: function.__name__,
)
@pytest.mark.parametrize("response", ["It is 4.", "No, 17."])
def test_what_compares_scores_no_response_alone(function, response):
    for score in scores(function, [response] * 3):
        assert (score.reward, score.status) == (None, Status.ERROR)
        assert "--group-size" in score.explanation


@pytest.mark.parametrize(
    "function", [each, length_of_each, dice, picky], ids=lambda function: function.__name__
)
def test_what_compares_nothing_scores_each(function):
    assert None not in [score.reward for score in scores(function, ["It is 4.", "No, 17.", "4"])]


def test_one_that_is_declared_to_score_groups_scores_a_group_of_one():
    assert [score.reward for score in scores(shortest, ["4"], groups=True)] == [1.0]


def test_a_comparison_that_made_up_company_hides_is_found_next_to_earlier_responses():
    def same_beginning(completions, **columns):
        return [float(sum(other[:3] == text[:3] for other in completions) < 4) for text in completions]

    rewards = [score.reward for score in scores(same_beginning, ["Xyz 1", "Xyz 2", "Xyz 3", "Xyz 4"])]
    assert rewards[0] == 1.0
    assert rewards[-1] is None


SLOW = 0.2
"""Seconds: as a function may report that asks a model, with the clock of these tests."""


@pytest.fixture
def clock(monkeypatch):
    """Make each call of a function take the seconds in the list that is returned."""
    seconds = [0.0]
    timed = lone.LoneResponses._timed

    def told(self, rollout, options):
        return timed(self, rollout, options)[0], seconds[0]

    monkeypatch.setattr(lone, "QUICK", 0.05)
    monkeypatch.setattr(lone.LoneResponses, "_timed", told)
    return seconds


@pytest.mark.parametrize("function", [shortest, longest, centred, place, share, own])
def test_a_slow_function_that_compares_is_found_by_company_of_one(clock, function):
    clock[0] = SLOW
    assert scores(function, ["It is 4."] * TRIALS)[-1].reward is None


def test_a_slow_function_that_compares_nothing_scores_each(clock):
    clock[0] = SLOW
    assert None not in [score.reward for score in scores(each, ["It is 4.", "No, 17.", "4"] * TRIALS)]


def test_a_function_that_is_too_slow_for_a_trial_scores_none_alone(clock):
    clock[0] = 3.0
    found = scores(each, ["It is 4."] * 4)
    # The first call may have been the slow one.
    assert [score.reward for score in found] == [1.0, None, None, None]
    assert "GROUPS = False" in found[-1].explanation
    assert [score.reward for score in scores(each, ["It is 4."] * 4, groups=False)] == [1.0] * 4
    assert [score.reward for score in scores(each, ["It is 4."] * 4, timeout=60.0)] == [1.0] * 4


def test_what_its_own_trainer_gives_one_response_at_a_time_is_scored_however_slow(clock):
    def slow(queries, prompts, labels):
        return {"rewards": [1.0] * len(queries)}

    clock[0] = 3.0
    assert [score.reward for score in scores(slow, ["4"] * 4)] == [1.0] * 4


def test_trials_end():
    calls = []

    def counted(completions, **columns):
        calls.append(len(completions))
        return [1.0] * len(completions)

    scores(counted, ["4"] * (TRIALS + 3))
    assert calls[-3:] == [1, 1, 1]


def test_a_function_that_is_too_slow_is_not_tried(clock):
    calls = []

    def counted(completions, **columns):
        calls.append(len(completions))
        return [1.0] * len(completions)

    clock[0] = 3.0
    scores(counted, ["4"] * 4)
    assert calls == [1, 1]
