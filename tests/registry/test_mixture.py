"""Several rewards as one: weights, gates, bounds, routes, and errors before the first sample."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rule_rm import Rollout, Score, Settings, Status, registry, rewards
from rule_rm.cli import serve
from rule_rm.cli._settings import chosen_settings
from rule_rm.engine import Engine
from rule_rm.errors import ConfigurationError, RegistrationError, UnknownRewardError
from rule_rm.registry.mixture import build, describe
from rule_rm.registry.options import by_reward
from rule_rm.web import create_app

RIGHT = "<think>2 and 2</think><answer>4</answer>"
FILE = """
rewards:
  - {reward_type: math_verifier, name: math, gate: 0.5, options: {format_weight: 0.25}}
  - {reward_type: repetition_penalty, weight: 2, clip: [-0.5, 0]}
routes:
  shouting/*:
    - {reward_type: math_equal, weight: 0.5}
clip: [-1, 1]
"""


def function(name, score, metrics=(), timeout=None):
    return registry.RewardFunction(
        name=name,
        summary="",
        call=lambda rollout: score,
        metrics=metrics,
        source="tests",
        version="1",
        defaults={},
        timeout=timeout,
    )


def mixed(*parts, rollout=None, **more):
    """Return the score of a mixture of pairs: a score, and its entry in the configuration."""
    functions = {f"r{n}": function(f"r{n}", score, ("m",)) for n, (score, _) in enumerate(parts)}
    listed = [{"reward_type": f"r{n}", **said} for n, (_, said) in enumerate(parts)]
    description = {"name": "mixture", "where": "here", "rewards": listed, **more}
    return build(description, functions)(rollout or Rollout("", ""))


numbers = st.floats(-100, 100)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
def test_the_reward_is_the_weighted_sum(parts):
    score = mixed(*[(Score(reward), {"weight": weight}) for reward, weight in parts])
    assert score.reward == pytest.approx(sum(reward * weight for reward, weight in parts))
    assert [score.metrics[f"r{n}"] for n in range(len(parts))] == [reward for reward, _ in parts]


@given(st.lists(st.tuples(numbers, st.sampled_from([None, 0.5])), min_size=1, max_size=4))
def test_the_metrics_are_those_of_the_parts_that_counted(parts):
    score = mixed(*[(Score(reward), {"gate": gate}) for reward, gate in parts])
    closed = [gate is not None and reward < gate for reward, gate in parts]
    counted = closed.index(True) + 1 if True in closed else len(parts)
    assert list(score.metrics) == [f"r{n}" for n in range(counted)]
    assert sum(score.summands.values()) == pytest.approx(score.reward)


def test_a_part_that_skips_is_left_out_and_one_that_fails_is_not():
    skipped = Score.unscored(Status.SKIPPED, "not mine")
    assert mixed((Score(1.0), {"weight": 2}), (skipped, {"weight": 3})).reward == 2.0
    assert mixed((skipped, {"gate": 0.5}), (Score(1.0), {})).reward == 1.0
    assert mixed((skipped, {}), (skipped, {})).status is Status.SKIPPED
    assert mixed((Score(1.0), {}), (Score.unscored(Status.ERROR, "down"), {})).status is Status.ERROR


def test_parts_may_be_multiplied():
    assert mixed((Score(0.5), {}), (Score(0.5), {"weight": 2}), combine="product").reward == 0.5
    assert mixed((Score(0.5), {}), (Score(0.0), {}), combine="product").reward == 0.0
    with pytest.raises(ConfigurationError, match="combine must be one of sum, product"):
        mixed((Score(0.5), {}), combine="mean")


def test_the_bounds_of_the_sum_are_a_part_of_it():
    score = mixed((Score(1.0), {}), (Score(1.0), {}), clip=[0, 1.5])
    assert (score.reward, dict(score.summands)) == (1.5, {"r0": 1.0, "r1": 1.0, "clip": -0.5})


def test_what_comes_after_a_closed_gate_counts_nothing_and_is_not_even_asked():
    unscored = Score.unscored(Status.ERROR, "down")
    closed = mixed((Score(0.4), {"gate": 0.5}), (unscored, {}))
    assert (closed.reward, dict(closed.metrics)) == (0.4, {"r0": 0.4})
    opened = mixed((Score(0.5), {"gate": 0.5}), (Score(1.0), {}))
    assert opened.reward == 1.5


def test_one_unscored_reward_leaves_the_whole_unscored_and_is_named():
    score = mixed((Score(1.0), {}), (Score.unscored(Status.CRASH, "died"), {"name": "judge"}))
    assert (score.reward, score.status, score.explanation) == (None, Status.CRASH, "judge: died")


def test_the_first_status_that_is_not_ok_is_that_of_the_whole():
    score = mixed((Score(0.5), {}), (Score(0.0, Status.TIMEOUT, "4", "slow"), {}))
    assert (score.reward, score.status, score.answer, score.explanation) == (0.5, Status.TIMEOUT, "4", "slow")


def test_rewards_and_their_sum_stay_within_their_bounds():
    parts = [(Score(9.0), {"clip": [-1, 2]}), (Score(-9.0), {"clip": [-1, 2]})]
    assert mixed(*parts).reward == 1.0
    assert mixed(*parts, clip=[0, 0.5]).reward == 0.5


def test_a_route_is_chosen_by_the_data_source_and_rewards_are_for_all_others():
    functions = {"one": function("one", Score(1.0)), "two": function("two", Score(2.0))}
    routes = {"code/*": [{"reward_type": "two"}]}
    description = {"name": "mixture", "where": "here", "routes": routes}

    def reward(description, source):
        return build(description, functions)(Rollout("", "", data_source=source))

    assert reward(description, "code/apps").reward == 2.0
    assert reward(description, "math").status is Status.SKIPPED
    both = {**description, "rewards": [{"reward_type": "one"}]}
    assert [reward(both, source).reward for source in ("code/apps", "math", None)] == [2.0, 1.0, 1.0]
    assert set(reward(both, "math").metrics) == {"one"}
    assert build(both, functions).metrics == ("two", "one")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("rewards: []", "must be a list.*not an empty one"),
        ("rewards: {math_equal: {weight: 1}}", "`- reward_type: math_equal` for each, not dict"),
        ("rewards: math", "not str"),
        ("{}", "must have `rewards`"),
        ("[1]", "must have `rewards`"),
        ("rewards: [{weight: 1}]", "reward 1 must have a `reward_type`"),
        ("rewards: [{reward_type: math_equal, wieght: 1}]", "'wieght' is none of"),
        ("rewards: [{reward_type: math_equal, weight: much}]", "weight must be a number"),
        ("rewards: [{reward_type: math_equal, weight: .inf}]", "weight must be finite"),
        ("rewards: [{reward_type: math_equal, gate: high}]", "gate must be a number"),
        ("rewards: [{reward_type: math_equal, clip: [1, 0]}]", r"clip must be \[least, greatest\]"),
        ("rewards: [{reward_type: math_equal, clip: 1}]", "clip must be"),
        ("rewards: [{reward_type: math_equal, name: Math}]", "lower-case"),
        ("rewards: [{reward_type: math_equal}, {reward_type: math_equal}]", "'math_equal' occurs twice"),
        ("rewards: [{reward_type: math_equal, options: [1]}]", "options must be names"),
        ("routes: [1]", "routes must be"),
        ("gates: 1\nrewards: []", "'gates' is none of"),
        ("rewards: [", "it is not YAML"),
    ],
)
def test_a_file_that_can_not_be_meant_is_told_with_its_name(tmp_path, content, told):
    path = tmp_path / "mix.yaml"
    path.write_text(content)
    rewards.load()
    with pytest.raises(ConfigurationError, match=told) as caught:
        build(describe(Settings.load({"reward_config": str(path)}, {})), registry.registered())
    assert str(path) in str(caught.value)


def test_unknown_names_are_answered_with_the_nearest(tmp_path):
    rewards.load()
    with pytest.raises(UnknownRewardError, match="did you mean 'math_verifier'"):
        build(describe(Settings(reward_type="math_verifer,math_equal")), registry.registered())
    described = {
        "name": "m",
        "where": "here",
        "rewards": [{"reward_type": "math_equal", "options": {"a": 1}}],
    }
    with pytest.raises(RegistrationError, match="math_equal has"):
        build(described, registry.registered())
    with pytest.raises(ConfigurationError, match="No such file"):
        describe(Settings(reward_config=str(tmp_path / "none.yaml")))


def test_weights_that_do_not_match_are_refused():
    with pytest.raises(ConfigurationError, match="has 1 weights for the 2 rewards"):
        describe(Settings(reward_type="math_equal,repetition_penalty", reward_weights=("1",)))
    with pytest.raises(ConfigurationError, match="belong into"):
        describe(Settings(reward_config="mix.yaml", reward_weights=("1",)))
    assert describe(Settings()) is None


def test_the_command_line_takes_several_rewards_and_weights():
    import argparse

    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    line = ["--reward-type", "math_verifier", "repetition_penalty", "--reward-weights", "1", "0.1"]
    settings = chosen_settings(parser.parse_args(line))
    assert settings.reward_types == ("math_verifier", "repetition_penalty")
    assert [part["weight"] for part in describe(settings)["rewards"]] == ["1", "0.1"]


def test_a_mixture_is_served_with_the_names_of_its_parts_in_every_reply(tmp_path):
    path = tmp_path / "mix.yaml"
    path.write_text(FILE)
    settings = Settings.load({"reward_config": str(path), "workers": 1}, {})
    assert settings.reward_type == "mixture"
    with Engine(settings) as engine:
        client = create_app(settings, engine).test_client()

        def ask(response, source=None):
            payload = {"ground_truth": "4", "response_str": response, "data_source": source}
            return client.post("/get_reward", json=payload).json

        right, wrong, shouted = ask(RIGHT), ask("so so so so"), ask(RIGHT, "shouting/en")
        unscored = client.post("/get_reward", json={"ground_truth": None, "response_str": RIGHT}).json
    assert (right["score"], right["math"], right["math_accuracy"]) == (1.0, 1.25, 1.0)
    assert (wrong["score"], wrong["repetition_penalty"]) == (0.0, 0.0)
    assert (shouted["score"], shouted["math_equal"]) == (0.5, 1.0)
    assert unscored["unscored"] == 1.0
    assert list(right) == list(wrong) == list(shouted) == list(unscored)


def test_two_rewards_of_the_command_line_are_added_up_in_the_workers_too():
    settings = Settings(reward_type="math_equal repetition_penalty", reward_weights=("1", "0.1"), workers=1)
    with Engine(settings) as engine:
        repeated = r"so so so so so \boxed{2\sqrt{3}}"
        (score,) = engine.score([Rollout("Simplify $\\sqrt{12}$.", repeated, r"\sqrt{12}")])
        assert score.reward == pytest.approx(1.0 + 0.1 * score.metrics["repetition_penalty"])
        assert score.metrics["repetition_penalty"] < 0


def test_an_option_of_the_command_line_is_for_the_reward_that_it_names_wherever_that_is_used():
    settings = Settings(
        reward_type="math_verifier repetition_penalty",
        reward_weights=("1", "2"),
        reward_option=("math_verifier.format_weight=0.25", "repetition_penalty.max_penalty=-3"),
        workers=1,
    )
    wrong = r"<think>\sqrt{16} it is, and so so so so so so</think><answer>\boxed{\sqrt{17}}</answer>"
    with Engine(settings) as engine:
        assert engine.rewards["math_verifier"].options == {"format_weight": 0.25}
        (alone,) = engine.score([Rollout("2+2?", wrong, "4")], "math_verifier")
        (mixed,) = engine.score([Rollout("2+2?", wrong, "4")])
    repeated = registry.get("repetition_penalty").with_options(["max_penalty=-3"])(Rollout("", wrong))
    assert alone.reward == mixed.metrics["math_verifier"] == 0.25
    assert mixed.metrics["repetition_penalty"] == repeated.reward < 0
    assert mixed.reward == 0.25 + 2 * mixed.metrics["repetition_penalty"]


def test_an_option_of_a_file_goes_before_one_of_the_command_line(tmp_path):
    path = tmp_path / "mix.yaml"
    parts = "{reward_type: math_verifier, name: b, options: {format_weight: 0.75}}"
    path.write_text(f"rewards: [{{reward_type: math_verifier, name: a}}, {parts}]")
    settings = Settings.load({"reward_config": str(path), "workers": 1}, {})
    with Engine(replace(settings, reward_option=("math_verifier.format_weight=0.25",))) as engine:
        (score,) = engine.score([Rollout("2+2?", RIGHT.replace("4", "5"), "4")])
    assert (score.metrics["a"], score.metrics["b"]) == (0.25, 0.75)


def test_the_one_reward_may_be_named_or_not():
    for option in ("format_weight=0.25", "math_verifier.format_weight=0.25"):
        assert by_reward(Settings(reward_option=(option,))) == {"math_verifier": ["format_weight=0.25"]}


@pytest.mark.parametrize(
    ("option", "error", "told"),
    [
        (
            "format_weight=0.2",
            ConfigurationError,
            "say which reward it is for, such as math_verifier.format_w",
        ),
        ("math_verifer.format_weight=0.2", UnknownRewardError, "did you mean 'math_verifier'"),
        (
            "math_verifier.weight=0.2",
            RegistrationError,
            "'weight=0.2': math_verifier has .*format_weight=0.5",
        ),
        ("math_verifier.format_weight=much", RegistrationError, "must be a number"),
        ("math_verifier.format_weight", RegistrationError, "'format_weight': math_verifier has"),
        ("math_equal.", RegistrationError, "math_equal has"),
    ],
)
def test_an_option_that_can_not_be_meant_is_told_at_start(option, error, told):
    names = "math_verifier math_equal repetition_penalty"
    with pytest.raises(error, match=told):
        Engine(Settings(reward_type=names, reward_option=(option,), workers=1))


def test_an_option_without_a_reward_is_told_beside_a_file(tmp_path):
    settings = Settings(reward_config="mix.yaml", reward_type="mixture", reward_option=("format_weight=1",))
    with pytest.raises(ConfigurationError, match=r"such as REWARD\.format_weight=1"):
        by_reward(settings)
