"""A function written for any trainer is called as that trainer calls it, and its answer is understood."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

import pytest

from rule_rm import Rollout, Score, Status
from rule_rm.errors import RegistrationError
from rule_rm.registry.conventions import adapt
from rule_rm.registry.returned import as_score, as_scores

ROLLOUT = Rollout("2+2?", "four", "4", "arithmetic", {"level": 1})


class Tensor:
    """A fake tensor, with the methods that the conventions use."""

    def __init__(self, values):
        self.values = values

    def tolist(self):
        return self.values


def own(rollout):
    assert rollout is ROLLOUT
    return 0.5


def align_anything(prompts, responses, golden_responses=None):
    assert (prompts, responses, golden_responses) == (["2+2?"], ["four"], ["4"])
    return [0.5]


def align_anything_without_golden_answers(prompts, responses):
    assert (prompts, responses) == (["2+2?"], ["four"])
    return [0.5]


def openrlhf(queries, prompts, labels):
    assert (queries, prompts, labels) == (["2+2?four"], ["2+2?"], ["4"])
    return {"rewards": Tensor([0.5]), "scores": Tensor([0.5]), "extra_logs": {"accuracy": Tensor([1.0])}}


def openrlhf_before_labels(queries, prompts):
    assert queries == ["2+2?four"]
    return Tensor([0.5])


def verl(data_source, solution_str, ground_truth, extra_info=None):
    assert (data_source, solution_str, ground_truth) == ("arithmetic", "four", "4")
    assert extra_info == {"level": 1}
    return {"score": 0.5, "accuracy": True, "note": "text is no metric"}


async def verl_async(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
    return 0.5


def trl(completions, **kwargs):
    assert completions == ["four"]
    assert kwargs["prompts"] == ["2+2?"]
    assert kwargs["solution"] == ["4"]
    assert kwargs["level"] == [1]
    return [0.5]


def trl_with_named_columns(completions, answer, level):
    assert (completions, answer, level) == (["four"], ["4"], [1])
    return [0.5]


def trl_on_conversations(prompts, completions, solution, **kwargs):
    assert prompts[0][-1]["content"] == "2+2?"
    return [0.5 if completion[0]["content"] == "four" else 0.0 for completion in completions]


async def trl_async(completions, **kwargs):
    return [0.5 for completion in completions if completion == "four"]


def verl_batch(data_sources, solution_strs, ground_truths, extra_infos, **kwargs):
    assert (data_sources, ground_truths, extra_infos) == (["arithmetic"], ["4"], [{"level": 1}])
    return [{"score": 0.5, "pred": text, "passed": [True, False]} for text in solution_strs]


def areal(prompt, completions, prompt_ids, completion_ids, answer, **kwargs):
    assert (prompt, completions, answer, kwargs["level"]) == ("2+2?", "four", "4", 1)
    return 0.5


def verifiers(completion, answer, info):
    assert (completion[-1]["content"], answer, info) == ("four", "4", {"level": 1})
    return 0.5


async def slime(args, sample, **kwargs):
    assert (sample.prompt, sample.response, sample.label) == ("2+2?", "four", "4")
    return 0.5


class SwiftORM:
    def __call__(self, completions, solution, **kwargs):
        assert solution == ["4"]
        return [0.5]


@pytest.mark.parametrize(
    "function",
    [
        own,
        align_anything,
        align_anything_without_golden_answers,
        openrlhf,
        openrlhf_before_labels,
        verl,
        verl_async,
        trl,
        trl_with_named_columns,
        SwiftORM(),
        trl_on_conversations,
        trl_async,
        verl_batch,
        areal,
        verifiers,
        slime,
    ],
)
def test_a_function_of_every_convention_gives_its_reward(function):
    call, options = adapt(function, "here")
    assert call(ROLLOUT).reward == 0.5
    assert options == {}


def test_a_function_for_conversations_gets_the_one_that_was_sent():
    sent = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}]

    def judges_all(prompts, completions, messages):
        said = completions[0][0]["content"]
        assert prompts == [sent]
        assert messages == [[*sent, {"role": "assistant", "content": said}]]
        return [1.0]

    rollout = Rollout("Be brief.\n\n2+2?", "four", "4", messages=tuple(sent))
    assert adapt(judges_all, "here")[0](rollout).reward == 1.0


def test_a_function_of_openrlhf_gets_the_query_as_it_was_sent():
    query = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\nfour<|im_end|>"

    def finds_the_turn(queries, prompts):
        return [float(queries[0] == query)]

    assert adapt(finds_the_turn, "here")[0](Rollout("2+2?", "four", text=query)).reward == 1.0


@pytest.mark.parametrize("function", [openrlhf, verl])
def test_numbers_beside_the_reward_are_metrics(function):
    assert adapt(function, "here")[0](ROLLOUT).metrics == {"accuracy": 1.0}


@pytest.mark.parametrize("sent", ["completion_ids", "response_token_ids"])
def test_tokens_have_the_name_that_the_function_asks_for(sent):
    def of_trl(completions, completion_ids, **columns):
        return [float(len(ids)) for ids in completion_ids]

    def of_swift(completions, **columns):
        return [float(len(ids)) for ids in columns["response_token_ids"]]

    for function in (of_trl, of_swift):
        assert adapt(function, "")[0](Rollout("", "4", extra_info={sent: [1, 2, 3]})).reward == 3.0


def test_areal_s_function_gets_the_state_of_a_trainer_that_sends_one():
    def rule(prompt, completions, prompt_ids, completion_ids, trainer_state, **row):
        return float(trainer_state.global_step)

    call, _ = adapt(rule, "")
    assert call(Rollout("", "", extra_info={"trainer_state": {"global_step": 3}})).reward == 3.0


def test_a_column_that_the_request_lacks_is_ours_and_named():
    def needs_answer(completions, answer):
        return [1.0]

    def needs_tokens(completions, completion_ids):
        return [1.0]

    score = adapt(needs_answer, "here")[0](Rollout("2+2?", "four"))
    assert (score.status, score.reward) == (Status.NO_GROUND_TRUTH, None)
    score = adapt(needs_tokens, "here")[0](ROLLOUT)
    assert score.status is Status.ERROR
    assert "'completion_ids'" in score.explanation


def test_the_first_error_of_a_function_is_the_one_that_is_told():
    def broken(completions):
        return [len(completions[0]) + None]

    with pytest.raises(TypeError, match="NoneType"):
        adapt(broken, "here")[0](ROLLOUT)


def test_a_strange_parameter_is_named_with_what_is_accepted():
    def rule(text):
        return 1.0

    def nearly(rollout, temperature):
        return 1.0

    def nothing():
        return 1.0

    with pytest.raises(
        RegistrationError, match=r"'text' begins no known convention; accepted are \(rollout\)"
    ):
        adapt(rule, "here")
    with pytest.raises(RegistrationError, match="here: parameter 'temperature' is not part of"):
        adapt(nearly, "here")
    with pytest.raises(RegistrationError, match="it has no parameters"):
        adapt(nothing, "here")


class _Case:
    unscored: ClassVar = [None, [None], {"score": None}, {"rewards": [None]}]
    wrong_type: ClassVar = ["1.0", [0.5, 0.5], [], {}, {"accuracy": 1.0}, object(), {"score": "high"}]
    not_finite: ClassVar = [math.nan, [math.inf], {"score": -math.inf}]


@pytest.mark.parametrize(
    "returned",
    [1, True, 1.0, Fraction(1), Decimal(1), [1], (1.0,), Tensor(1.0), Tensor([1]), {"score": 1}, Score(1.0)],
)
def test_every_form_of_a_number_is_a_reward(returned):
    score = as_score(returned)
    assert type(score.reward) is float
    assert score.reward == 1.0


@pytest.mark.parametrize("returned", _Case.unscored)
def test_none_is_skipped_and_not_zero(returned):
    score = as_score(returned)
    assert (score.reward, score.status) == (None, Status.SKIPPED)


@pytest.mark.parametrize("returned", _Case.wrong_type)
def test_what_is_no_number_is_an_error_and_not_zero(returned):
    with pytest.raises(TypeError):
        as_score(returned)


@pytest.mark.parametrize(
    ("returned", "count"),
    [
        ((1.0, "right"), 1),
        (([1.0], ["right"]), 1),
        (([1.0, 0.0], ["right", "wrong"]), 2),
        ((1.0, {}, "x"), 2),
    ],
)
def test_a_tuple_of_a_reward_and_more_is_answered_with_what_to_return(returned, count):
    with pytest.raises(TypeError, match=r"a tuple \(.*, not a reward: return a dict with 'score' and"):
        as_scores(returned, count)


@pytest.mark.parametrize("returned", _Case.not_finite)
def test_what_is_not_finite_is_an_error(returned):
    with pytest.raises(ValueError, match="finite"):
        as_score(returned)
