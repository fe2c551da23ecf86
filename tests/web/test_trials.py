"""A rollout is scored again with options of its own, in an engine that is made for it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from rule_rm import Rollout, Settings
from rule_rm.engine.served import load_rewards
from rule_rm.errors import ConfigurationError, RuleRmError
from rule_rm.registry.mixture import describe
from rule_rm.service import Service
from rule_rm.web.trials import Trials

BARE = Rollout("2+2?", "It is 4.", "4")
RIGHT = Rollout("2+2?", "<think>2 and 2</think><answer>4</answer>", "4")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Return settings of a mixture."""
    path = tmp_path_factory.mktemp("trials") / "mixture.yaml"
    path.write_text("rewards: [{reward_type: math_verifier, weight: 2}]\n")
    return Settings(reward_type="mixture", reward_config=str(path), workers=1)


@pytest.fixture(scope="module")
def served(settings):
    service = Service.start(settings)
    with service.engine:
        yield service
        service.close()


@pytest.fixture
def unstarted(settings):
    """Return the trials of a service that has its rewards, and no worker yet."""
    rewards = load_rewards(settings, describe(settings))
    return Trials(SimpleNamespace(settings=settings, engine=SimpleNamespace(rewards=rewards)))


@pytest.mark.slow
def test_options_replace_those_of_the_service_for_one_rollout(served):
    trials = Trials(served)
    plain = trials.score(RIGHT, "math_verifier")
    heavy = trials.score(RIGHT, "math_verifier", ["format_weight=7"])
    assert heavy.reward - plain.reward == 7 - trials.options("math_verifier")["format_weight"]
    assert trials.score(RIGHT, "math_verifier") == plain, "the service keeps its own"
    assert served.journal.counts.state()["requests"] == 0


@pytest.mark.slow
def test_a_part_of_the_mixture_takes_options_by_its_name(served):
    trials = Trials(served)
    plain = trials.score(RIGHT, "mixture")
    heavy = trials.score(RIGHT, "mixture", ["math_verifier.format_weight=7"])
    assert heavy.reward > plain.reward + 10


@pytest.mark.parametrize(
    ("reward_type", "option"),
    [
        ("llm_judge", "judge_url=http://elsewhere.example"),
        ("math_verifier", "llm_judge.judge_api_key_env=HOME"),
        ("mixture", "llm_judge.judge_url=http://elsewhere.example"),
    ],
)
def test_nobody_who_may_look_chooses_where_a_judge_is_and_whose_key_it_gets(unstarted, reward_type, option):
    assert unstarted.options("llm_judge") == {}
    with pytest.raises(ConfigurationError, match="llm_judge asks a judge or a model"):
        unstarted.score(BARE, reward_type, [option])


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["format_weigth=1"], "did you mean format_weight"),
        (["format_weight=many"], "must be a number"),
        (["nosuch.format_weight=1"], "unknown reward type 'nosuch'"),
    ],
)
def test_options_that_can_not_be_set_are_an_error_that_says_why(unstarted, options, error):
    with pytest.raises(RuleRmError, match=error):
        unstarted.score(BARE, "math_verifier", options)
