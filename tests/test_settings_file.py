"""The configuration file: all settings, under options and variables, each error with file and line."""

from __future__ import annotations

from dataclasses import fields

import pytest

from rule_rm.engine.served import load_rewards
from rule_rm.errors import ConfigurationError, RuleRmError
from rule_rm.registry.mixture import describe
from rule_rm.settings import Settings
from rule_rm.settings.sources import sourced


@pytest.fixture
def load(tmp_path):
    """Return a function that loads settings from a file with this content."""

    def load(text: str, environ=None, **given) -> Settings:
        path = tmp_path / "server.yaml"
        path.write_text(text)
        return Settings.load({"config": str(path), **given}, environ or {})

    return load


def test_options_win_over_variables_which_win_over_the_file_which_wins_over_defaults(load):
    text = "port: 1\nworkers: 2\nhost: localhost\n"
    settings = load(text, {"REWARD_PORT": "3", "RULE_RM_WORKERS": "4"}, port="5")
    assert (settings.port, settings.workers, settings.host, settings.turns) == (5, 4, "localhost", "first")


def test_a_variable_names_the_file_too(tmp_path):
    (tmp_path / "server.yaml").write_text("port: 7")
    assert Settings.load({}, {"RULE_RM_CONFIG": str(tmp_path / "server.yaml")}).port == 7


def test_every_setting_is_taken_from_a_file(load):
    for setting in fields(Settings):
        if setting.name == "config":
            continue
        value = setting.metadata["choices"][-1] if setting.metadata["choices"] else setting.default
        value = {None: "abc", (): ["drift=1"]}.get(value, value)
        given = str(value).lower() if isinstance(value, bool) else value
        found = getattr(load(f"{setting.name}: {given}"), setting.name)
        assert found is not None
        if setting.metadata["value"] not in ("FILE", "PATH", "DIRECTORY"):
            assert found == (tuple(value) if isinstance(value, list) else value), setting.name


def test_paths_are_relative_to_the_folder_of_the_file(load, tmp_path):
    settings = load(
        "dataset: golden.json\nreward_file: [a.py, /b.py]\njournal: none\njudge_template: own.j2\n"
    )
    assert settings.dataset == str(tmp_path / "golden.json")
    assert settings.reward_file == (str(tmp_path / "a.py"), "/b.py")
    assert settings.journal == "none"
    assert settings.judge_template == str(tmp_path / "own.j2")
    assert load("judge_template: reference").judge_template == "reference"


def test_options_of_rewards_and_bounds_of_alarms_may_be_mappings(load):
    settings = load(
        "reward_option: {math: {weight: 0.5, strict: true}, depth: 2}\nalarm: {drift: off, fuzzy: 0.2}"
    )
    assert settings.reward_option == ("math.weight=0.5", "math.strict=true", "depth=2")
    assert settings.alarm == ("drift=false", "fuzzy=0.2")


def test_bare_words_that_yaml_reads_as_bools_keep_their_meaning(load):
    assert load("think_prefilled: yes").think_prefilled == "yes"
    assert load("think_prefilled: no").think_prefilled == "no"
    assert load("viewer_port: 6081").viewer_port == "6081"


def test_the_mixture_is_in_the_file_and_is_the_reward_unless_another_is_given(load):
    text = "mixture:\n  rewards:\n    - reward_type: math_equal\n"
    settings = load(text)
    assert settings.reward_type == "mixture"
    assert describe(settings)["rewards"] == [{"reward_type": "math_equal"}]
    assert load(text, {"REWARD_TYPE": "gsm8k"}).reward_type == "gsm8k"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("prot: 1", r"server.yaml:1: there is no setting prot; did you mean port\?"),
        ("\nreward-type: x", r"server.yaml:2: there is no setting reward-type; did you mean reward_type\?"),
        ("config: other.yaml", r"server.yaml:1: there is no setting config"),
        ("host: " + "[" * 65 + "a" + "]" * 65, r"server.yaml: it is nested too deeply"),
        ("port: 1\nport: 2", r"line 2: the key 'port' is there twice"),
        ("port: 1\n? [2]\n: 3", r"line 2: a key must be a single value, not \[2\]"),
        ("host: a\nport: 70000", r"server.yaml:2: --port must be from 0 to 65535"),
        ("port: many", r"server.yaml:1 must be an int"),
        ("port: true", r"server.yaml:1: port must be an int"),
        ("workers: 2.5", r"server.yaml:1: workers must be an int"),
        ("insecure: 3", r"server.yaml:1: insecure must be a bool"),
        ("host: [a, b]", r"server.yaml:1: host must be one value"),
        ("reward_file: {a: b}", r"server.yaml:1: reward_file must be a list"),
        ("turns: middle", r"server.yaml:1: --turns must be one of"),
        ("mixture: {rewards: []}\nreward_config: a.yaml", r"server.yaml:1: mixture and reward_config"),
        ("- port", "must be a mapping"),
        ("port: [", "is not YAML"),
    ],
)
def test_an_invalid_file_is_an_error_with_its_place(load, text, error):
    with pytest.raises(ConfigurationError, match=error):
        load(text)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConfigurationError, match="No such file"):
        Settings.load({"config": str(tmp_path / "none.yaml")}, {})


def test_a_mixture_that_is_none_is_an_error_with_its_line(load):
    with pytest.raises(ConfigurationError, match=r"server.yaml:2: it must have `rewards`, `routes` or both"):
        describe(load("port: 1\nmixture: {clip: [0, 1]}\n"))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("alarm: {drfit: 1}", r"server.yaml:1: --alarm drfit: there is no such alarm; did you mean drift\?"),
        ("port: 1\nalarm: [drfit=1]", r"server.yaml:2: --alarm drfit: .* did you mean drift\?"),
        ("alarm: {drift: x}", r"server.yaml:1: --alarm drift: 'x' must be a number, or off"),
        ("alarm: {drift: 0}", r"server.yaml:1: --alarm drift: '0' must be above 0"),
        ("alarm: [drift]", r"server.yaml:1: --alarm drift: '' must be a number, or off"),
        ("mixture: {rewrads: []}", r"server.yaml:1: 'rewrads' is none of .*; did you mean 'rewards'\?"),
        ("mixture: {rewards: [{reward_typ: f1}]}", r"reward 1: 'reward_typ' .* did you mean 'reward_type'\?"),
        ("mixture: {rewards: [{reward_type: f1, wieght: 1}]}", r"did you mean 'weight'\?"),
        ("mixture: {routes: {a: [{reward_type: f1, gaet: 1}]}}", r"did you mean 'gate'\?"),
        (
            "mixture: {rewards: [{reward_type: math_verifier, options: {format_weigth: 1}}]}",
            "; did you mean format_weight",
        ),
        ("reward_option: {math_verifier: {format_weigth: 1}}", "; did you mean format_weight"),
        ("reward_option: {math_verifer: {format_weight: 1}}", "did you mean 'math_verifier'"),
    ],
)
def test_a_misspelt_key_inside_of_a_setting_is_an_error_that_names_the_nearest(load, text, error):
    def serve() -> None:
        settings = load(text)
        load_rewards(settings, describe(settings))

    with pytest.raises(RuleRmError, match=error):
        serve()


def test_the_source_of_each_value_is_known(tmp_path):
    path = tmp_path / "server.yaml"
    path.write_text("workers: 2\n")
    table = {setting.name: setting for setting in fields(Settings)}
    found = sourced(table, {"config": str(path), "port": 1}, {"REWARD_HOST": "localhost"})
    assert {name: one.where for name, one in found.items()} == {
        "config": "--config",
        "port": "--port",
        "host": "REWARD_HOST",
        "workers": f"{path}:1",
    }
