"""`hybrid`: the rule first, the judge only for what the rule finds wrong, and the rate of that is watched."""

from __future__ import annotations

import logging
import time

import pytest

from rule_rm import Rollout, Score, Settings, Status, registry, rewards
from rule_rm.engine import Engine
from rule_rm.errors import ConfigurationError
from rule_rm.registry.resident import Ask

from ..fakes.scripted_judge import ScriptedJudge

rewards.load()
WORDS = r"<think>It is late.</think><answer>\boxed{half past six}</answer>"


class Asked:
    """A fake of a hybrid's parts: the real rules, and a judge that gives the chosen verdict."""

    def __init__(self, verdict, **options):
        self.verdict = verdict
        self.judged = []
        self.options = options

    def score(self, name, rollout):
        if name != "llm_judge":
            return registry.get(name).with_options(self.options.get(name, ()))(rollout)
        self.judged.append(rollout)
        return self.verdict

    def ask(self):
        return Ask(time.monotonic() + 30, self.score)


RIGHT, WRONG = (
    Score(1.0, explanation="the judge says CORRECT"),
    Score(0.0, explanation="the judge says INCORRECT"),
)
DOWN = Score.unscored(Status.UNAVAILABLE, "no reply in time")


def hybrid(**options):
    return registry.get("hybrid").opens(**options)


@pytest.mark.parametrize(
    ("response", "verdict", "reward", "judged"),
    [
        (r"<think>a</think><answer>\boxed{18:30}</answer>", WRONG, 1.5, 0),
        (WORDS, RIGHT, 1.5, 1),
        (WORDS, WRONG, 0.5, 1),
        (r"\boxed{18:30}", RIGHT, 0.0, 0),
        (r"<think>a</think><answer></answer>", RIGHT, 0.0, 0),
    ],
    ids=["right", "overturned", "confirmed", "wrong format", "no answer"],
)
def test_the_judge_is_asked_where_the_rule_finds_the_answer_wrong(response, verdict, reward, judged):
    asked = Asked(verdict)
    score = hybrid().score(Rollout("When?", response, "18:30"), asked.ask())
    assert (score.reward, len(asked.judged)) == (reward, judged)
    assert score.metrics["judged"] == judged
    assert score.metrics["overturned"] == float(judged and verdict is RIGHT)


def test_an_answer_too_costly_to_verify_is_not_overturned():
    # The rule would not find it equal to itself, so it can't say what a right one earns.
    response = r"<think>a</think><answer>\boxed{9^{9^{9}}}</answer>"
    score = hybrid().score(Rollout("When?", response, "18:30"), Asked(RIGHT).ask())
    assert (score.reward, score.metrics["overturned"]) == (0.5, 0.0)


@pytest.mark.parametrize(
    ("rule", "options", "reward"),
    [
        ("math_equal", [], 1.0),
        ("math_verifier", [], 1.5),
        ("math_verifier", ["accuracy_weight=0.8", "format_weight=0.2"], 1.0),
        ("math_verifier", ["accuracy_weight=2", "format_weight=0"], 2.0),
    ],
)
def test_an_overturned_answer_earns_what_the_rule_pays_for_a_right_one(rule, options, reward):
    asked = Asked(RIGHT, **{rule: options})
    score = hybrid(rule=rule).score(Rollout("When?", WORDS, "18:30"), asked.ask())
    assert score.reward == pytest.approx(reward)
    assert (score.metrics["accuracy"], score.metrics["rule_accuracy"]) == (1.0, 0.0)
    assert score.answer == "half past six"


@pytest.mark.parametrize("verdict", [DOWN, Score.unscored(Status.NO_VERDICT, "it is empty")])
def test_without_a_verdict_what_the_rule_finds_wrong_is_unscored(verdict):
    score = hybrid().score(Rollout("When?", WORDS, "18:30"), Asked(verdict).ask())
    assert (score.reward, score.status) == (None, verdict.status)
    assert "llm_judge" in score.explanation


def test_a_judge_that_is_down_costs_nothing_that_the_rule_accepts():
    response = r"<think>a</think><answer>\boxed{18:30}</answer>"
    assert hybrid().score(Rollout("When?", response, "18:30"), Asked(DOWN).ask()).reward == 1.5


def test_a_rule_without_a_score_is_not_judged():
    asked = Asked(RIGHT)
    score = hybrid().score(Rollout("When?", WORDS, None), asked.ask())
    assert (score.status, asked.judged) == (Status.NO_GROUND_TRUTH, [])


@pytest.mark.parametrize("golden", ["<", r"\frac{1}{", "x = "])
@pytest.mark.parametrize(
    ("response", "verdict", "reward", "judged"),
    [
        (r"<think>a</think><answer>\boxed{it is less}</answer>", RIGHT, 1.5, 1),
        (r"<think>a</think><answer>\boxed{<}</answer>", RIGHT, 1.5, 1),
        (r"<think>a</think><answer>\boxed{7}</answer>", WRONG, 0.5, 1),
        (r"\boxed{it is less}", RIGHT, 0.0, 0),
        (r"<think>a</think><answer></answer>", RIGHT, 0.0, 0),
    ],
    ids=["right", "right and unreadable too", "wrong", "wrong format", "no answer"],
)
def test_a_golden_answer_that_the_rule_cannot_read_is_the_judge_s(golden, response, verdict, reward, judged):
    asked, resident = Asked(verdict), hybrid()
    score = resident.score(Rollout("How do they compare?", response, golden), asked.ask())
    assert (score.reward, len(asked.judged)) == (reward, judged)
    assert [one.ground_truth for one in asked.judged] == [golden] * judged
    state = resident.state()
    assert (state["unread_by_rule"], state["judged"], state["negatives"]) == (judged, 0, 0)


@pytest.mark.parametrize("options", [{}, {"overturn": False}])
def test_a_golden_answer_that_nobody_can_read_is_unscored(options):
    golden = "<" if options else {"a": 1}
    verdict = Score.unscored(Status.BAD_GROUND_TRUTH, "it is not text")
    score = hybrid(**options).score(Rollout("When?", WORDS, golden), Asked(verdict).ask())
    assert (score.reward, score.status) == (None, Status.BAD_GROUND_TRUTH)


def test_the_rate_of_overturned_answers_alarms_once_and_is_shown(caplog):
    resident = hybrid(window=50, overturn_alarm=0.5)
    right, wrong = Asked(RIGHT).ask(), Asked(WRONG).ask()
    rollout = Rollout("When?", WORDS, "18:30")
    with caplog.at_level(logging.INFO, "rule_rm.rewards.hybrid"):
        for _ in range(49):
            resident.score(rollout, right)
        assert not resident.state()["overturn_alarm"]
        resident.score(rollout, right)
        resident.score(rollout, right)
        assert resident.state()["overturn_alarm"]
        for _ in range(50):
            resident.score(rollout, wrong)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert resident.state() == {
        "rule": "math_verifier",
        "paid_by_rule": 0,
        "unread_by_rule": 0,
        "negatives": 101,
        "judged": 101,
        "overturned": 51,
        "overturn_rate": 0.0,
        "overturn_alarm": False,
        "missed_share_of_negatives": {"low": 0.4091, "high": 0.6005},
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rule": "math_verifer"}, "did you mean 'math_verifier'"),
        ({"rule": "example_math"}, "the metric accuracy"),
        ({"window": 10}, "window"),
        ({"overturn_alarm": 0.0}, "overturn_alarm"),
        ({"overturn_alarm": 1.5}, "overturn_alarm"),
    ],
)
def test_wrong_options_are_told_at_start(options, told):
    with pytest.raises(ConfigurationError, match=told):
        hybrid(**options)


def test_an_engine_without_a_judge_does_not_start_it():
    with pytest.raises(ConfigurationError, match="--judge-url"):
        Engine(Settings(reward_type="hybrid", workers=1))


def test_an_engine_serves_it_with_rule_and_judge():
    def says(body):
        return "VERDICT: CORRECT" if "half past six" in str(body["messages"]) else "VERDICT: INCORRECT"

    with ScriptedJudge(says) as judge:
        settings = Settings(
            reward_type="hybrid",
            reward_option=("window=100", "llm_judge.votes=3", "llm_judge.temperature=0.7"),
            judge_url=(judge.url,),
            judge_model="judge",
            workers=1,
        )
        responses = [WORDS, WORDS.replace("six", "ten"), WORDS.replace("half past six", "18:30"), "18:30"]
        with Engine(settings) as engine:
            scores = engine.score([Rollout("When?", response, "18:30") for response in responses])
            residents = engine.state()["residents"]
    state = residents["hybrid"]
    assert [score.reward for score in scores] == [1.5, 0.5, 1.5, 0.0]
    assert (state["judged"], state["overturned"], state["paid_by_rule"]) == (2, 1, 2)
    assert residents["llm_judge"]["replies"] == 4


@pytest.mark.parametrize("rule", ["hybrid", "llm_judge", "generative_rm", "reward_model"])
def test_a_rule_that_asks_a_model_itself_is_refused(rule):
    with pytest.raises(ConfigurationError, match="asks a model itself"):
        hybrid(rule=rule)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("pairwise", "compares two responses"),
        ("rubric", "has no criteria of its own"),
        ("dimensions", "never overturns it"),
    ],
)
def test_a_template_that_can_overturn_nothing_is_refused(template, why):
    with pytest.raises(ConfigurationError, match=why):
        hybrid(judge_template=template)


@pytest.mark.parametrize("template", ["reference", "quality", "yes_no"])
def test_a_template_that_can_overturn_a_rule_is_taken(template):
    assert hybrid(judge_template=template).parts == ("math_verifier", "llm_judge")


def test_a_recheck_measures_and_pays_nothing():
    resident = hybrid(overturn=False)
    asked = Asked(RIGHT)
    rollout = Rollout("When?", WORDS, "18:30")
    score = resident.score(rollout, asked.ask())
    assert score.reward == 0.5
    assert (score.metrics["judged"], score.metrics["overturned"], score.metrics["accuracy"]) == (
        1.0,
        1.0,
        0.0,
    )
    state = resident.state()
    assert (state["negatives"], state["judged"], state["overturned"]) == (1, 1, 1)
    assert state["missed_share_of_negatives"]["low"] > 0.2
    asked.verdict = DOWN
    assert resident.score(rollout, asked.ask()).reward == 0.5


def test_a_recheck_looks_at_a_share_and_at_equal_answers_alike():
    resident = hybrid(overturn=False, share=0.3)
    asked = Asked(WRONG)
    for number in range(200):
        for _ in range(2):
            resident.score(Rollout(f"When? {number}", WORDS, "18:30"), asked.ask())
    assert 60 < len(asked.judged) < 180
    assert len(asked.judged) % 2 == 0
    assert resident.state()["negatives"] == 400


def test_a_share_that_would_pay_some_right_answers_and_not_others_is_refused():
    with pytest.raises(ConfigurationError, match="only some would be paid"):
        hybrid(share=0.5)
