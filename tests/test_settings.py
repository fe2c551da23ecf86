"""One table feeds the command line, the environment and Python; invalid settings are errors at once."""

from __future__ import annotations

from dataclasses import fields

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings, env_name, flag
from rule_rm.settings.reading import check_variables


def test_what_is_given_goes_before_the_environment_which_goes_before_the_default():
    environ = {"REWARD_PORT": "7000", "REWARD_TYPE": "example_math"}
    settings = Settings.load({"port": 8000}, environ)
    assert (settings.port, settings.reward_type, settings.host) == (8000, "example_math", "127.0.0.1")


def test_the_traditional_environment_variables_are_known():
    environ = {"REWARD_TYPE": "a", "REWARD_PORT": "1", "DATASET_PATH": "b", "OUTPUT_DIR": "c"}
    settings = Settings.load({}, environ)
    assert (settings.reward_type, settings.port, settings.dataset, settings.output_dir) == ("a", 1, "b", "c")


def test_every_setting_has_a_help_text_and_a_variable_of_its_own():
    assert all(setting.metadata["help"] for setting in fields(Settings))
    assert len({env_name(setting) for setting in fields(Settings)}) == len(fields(Settings))
    assert flag("reward_type") == "--reward-type"


def test_several_values_in_a_variable_stand_apart_by_commas():
    settings = Settings.load({}, {"RULE_RM_REWARD_FILE": "a.py,b.py"})
    assert settings.reward_file == ("a.py", "b.py")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 65536),
        ("port", -1),
        ("workers", 0),
        ("rollout_timeout", 0),
        ("rollout_timeout", "nan"),
        ("request_timeout", float("inf")),
        ("fuzzy_threshold", 1.5),
        ("chat_template", "vicuna"),
        ("unscored_reward", "nan"),
        ("worker_memory_mb", 1),
        ("max_pending", 0),
        ("max_request_mb", 0),
        ("log_level", "LOUD"),
        ("serve_sandbox", "perhaps"),
    ],
)
def test_a_value_that_can_not_be_meant_is_refused_by_its_option(name, value):
    with pytest.raises(ConfigurationError, match=flag(name)):
        Settings.load({name: value}, {})


def test_a_text_where_a_number_is_wanted_names_the_variable():
    with pytest.raises(ConfigurationError, match="REWARD_PORT must be an int, not 'six'"):
        Settings.load({}, {"REWARD_PORT": "six"})


def test_an_unknown_setting_is_refused():
    with pytest.raises(ConfigurationError, match="no setting prot; did you mean port?"):
        Settings.load({"prot": 1}, {})


@pytest.mark.parametrize(
    ("name", "value", "nearest"),
    [("turns", "fist", "first"), ("chat_template", "chat-ml", "chatml"), ("log_level", "warn", "WARNING")],
)
def test_a_value_that_is_not_one_of_the_choices_names_all_and_the_nearest(name, value, nearest):
    with pytest.raises(ConfigurationError, match=rf"must be one of .*did you mean {nearest}"):
        Settings.load({name: value}, {})


def test_a_chat_template_may_be_the_text_before_the_response_which_no_name_looks_like():
    assert Settings.load({"chat_template": "### Antwort:"}, {}).chat_template == "### Antwort:"
    with pytest.raises(ConfigurationError, match="must be one of"):
        Settings.load({"chat_template": "Output"}, {})


def test_the_level_of_the_log_may_be_in_small_letters():
    assert Settings.load({"log_level": "debug"}, {}).log_level == "DEBUG"


def test_every_setting_has_a_group_and_a_name_for_its_value_in_the_help():
    for setting in fields(Settings):
        assert setting.metadata["group"]
        named = setting.metadata["value"] or setting.metadata["choices"] or isinstance(setting.default, bool)
        assert named, setting.name


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("no", False), ("False", False)])
def test_a_switch_is_true_or_false(text, value):
    assert Settings.load({}, {"RULE_RM_SERVE_SANDBOX": text}).serve_sandbox is value


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("RULE_RM_PROT", "REWARD_PORT"),
        ("RULE_RM_REWARD_TYPE", "REWARD_TYPE"),
        ("RULE_RM_TOKN", "RULE_RM_TOKEN"),
        ("RULE_RM_TIMOUT", "RULE_RM_TIMEOUT"),
    ],
)
def test_a_variable_that_nothing_reads_is_an_error_that_names_the_nearest_without_prefixes(variable, nearest):
    with pytest.raises(ConfigurationError, match=rf"{variable}; did you mean {nearest}\?"):
        check_variables({variable: "1"}, fields(Settings))
