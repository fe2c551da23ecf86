"""A registered reward is found by name in any process; an unusable function is an error at import."""

from __future__ import annotations

import sys
import textwrap
import threading

import pytest

from rule_rm import Rollout, Score
from rule_rm.errors import RegistrationError, UnknownRewardError
from rule_rm.registry import loading, registry


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(registry, "_rewards", {})
    monkeypatch.setattr(registry, "_unfit", {})


@pytest.fixture
def reward_file(tmp_path):
    def write(text: str):
        path = tmp_path / "my_rule.py"
        path.write_text("from rule_rm import register\n" + textwrap.dedent(text))
        return path

    return write


def test_a_registered_function_is_found_by_its_name():
    @registry.register("shouting", summary="1.0 if the response is in capitals")
    def shouting(rollout):
        return float(rollout.response.isupper())

    assert registry.get("shouting")(Rollout("", "AH")).reward == 1.0
    assert shouting(Rollout("", "ah")) == 0.0
    assert list(registry.registered()) == ["shouting"]


def test_a_name_is_taken_once():
    registry.add("rule", lambda rollout: 1.0)
    with pytest.raises(RegistrationError, match="'rule' is registered twice"):
        registry.add("rule", lambda rollout: 0.0)
    assert registry.get("rule")(Rollout("", "")).reward == 1.0


@pytest.mark.parametrize("name", ["", "Rule", "my-rule", "1st", "a b", "a\n", "a/b"])
def test_a_name_fits_into_a_path(name):
    with pytest.raises(RegistrationError, match="lower-case letters"):
        registry.add(name, lambda rollout: 1.0)


def test_an_unknown_name_is_answered_with_the_nearest():
    registry.add("math_verifier", lambda rollout: 1.0)
    with pytest.raises(UnknownRewardError, match="did you mean 'math_verifier'"):
        registry.get("math_verfier")


def test_the_summary_is_the_first_line_of_the_docstring():
    @registry.register("rule")
    def rule(rollout):
        """One line.

        And more.
        """

    assert registry.get("rule").summary == "One line."


def test_options_are_keyword_only_parameters_and_take_their_types_from_the_defaults():
    @registry.register("rule")
    def rule(rollout, *, weight=1.0, steps=3, strict=False, word="a"):
        return weight * steps * (2 if strict else 1) * len(word)

    registered = registry.get("rule")
    assert registered(Rollout("", "")).reward == 3.0
    options = ["weight=0.5", "steps=2", "strict=true", "word=aa"]
    assert registered.with_options(options)(Rollout("", "")).reward == 4.0
    for bad in ("wieght=1", "weight", "weight=high", "steps=1.5", "strict=perhaps"):
        with pytest.raises(RegistrationError, match=f"reward option '{bad}'"):
            registered.with_options([bad])


def test_both_steps_get_the_options_that_they_have_parameters_for():
    def decide(work, *, worth=1.0):
        return Score(worth * work)

    @registry.register("rule", decide=decide)
    def rule(rollout, *, worth=1.0, plain="a"):
        """Counts letters, unless the response is plain."""
        return Score(worth) if rollout.response == plain else len(rollout.response)

    function = registry.get("rule").with_options(["worth=2", "plain=b"])
    assert function.prepare(Rollout("", "abc")) == 3
    assert [function(Rollout("", response)).reward for response in ("b", "abc")] == [2.0, 6.0]
    assert rule(Rollout("", "abc"), worth=3.0).reward == 9.0
    assert rule.__doc__ == function.summary


def test_a_function_of_one_step_leaves_the_whole_rollout_to_the_worker():
    registry.add("rule", lambda rollout: 1.0)
    rollout = Rollout("", "abc")
    assert registry.get("rule").prepare(rollout) is rollout


def test_the_version_follows_the_text_of_the_source(reward_file, monkeypatch):
    versions = []
    for number in (1.0, 1.0, 2.0):
        monkeypatch.setattr(registry, "_rewards", {})
        path = reward_file(f"@register('rule')\ndef rule(rollout): return {number}\n")
        folder = path.parent / str(len(versions))
        folder.mkdir()
        path = path.rename(folder / path.name)
        loading.load(str(path))
        versions.append(registry.get("rule").version)
    assert versions[0] == versions[1] != versions[2]


def test_a_file_is_loaded_once(reward_file):
    path = reward_file("@register('rule')\ndef rule(rollout): return 1.0\n")
    loading.load(str(path))
    loading.load(str(path))
    assert registry.get("rule").source == str(path)


def test_a_file_can_import_what_lies_beside_its_own_functions(reward_file):
    path = reward_file(
        """
        import dataclasses

        @dataclasses.dataclass
        class Weight:
            value: float = 2.0

        @register('rule')
        def rule(rollout):
            return Weight().value
        """
    )
    loading.load(str(path))
    assert registry.get("rule")(Rollout("", "")).reward == 2.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def rule(text): return 1.0\n", "it has no reward function; use @register"),
        ("def rule(:\n", "SyntaxError"),
        ("import no_such_module_at_all\n", "No module named 'no_such_module_at_all'"),
        ("@register('rule')\ndef rule(text): return 1.0\n", "parameter 'text'"),
        ("@register('a')\ndef a(rollout): return 1.0\nraise KeyError('b')\n", "KeyError"),
    ],
)
def test_a_file_that_can_not_be_used_is_told_and_leaves_nothing(reward_file, text, told):
    with pytest.raises(RegistrationError, match=told):
        loading.load(str(reward_file(text)))
    assert registry.registered() == {}


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(RegistrationError, match="there is no such file"):
        loading.load(str(tmp_path / "absent.py"))


class Point:
    """An entry point of an installed package."""

    name, value, dist = "mine", "a_package_of_rewards", None

    def __init__(self, module):
        self.module = module


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Write the module of an installed package that names it as an entry point."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(loading, "_installed", threading.Event())
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [Point(f"rewards_of_{group[-7:]}")])

    def write(text):
        (tmp_path / "rewards_of_rewards.py").write_text(text)

    yield write
    sys.modules.pop("rewards_of_rewards", None)


def test_the_rewards_of_installed_packages_are_registered_by_their_modules(installed):
    installed("from rule_rm import register\n@register('theirs')\ndef theirs(rollout): return 1.0\n")
    loading.load_installed()
    loading.load_installed()
    assert registry.get("theirs").source == "rewards_of_rewards"


def test_an_installed_package_that_can_not_be_imported_is_named(installed):
    installed("import no_such_module_at_all")
    with pytest.raises(RegistrationError, match="mine = a_package_of_rewards.*no_such_module_at_all"):
        loading.load_installed()


def test_nothing_is_registered_once_the_registry_is_frozen(monkeypatch):
    monkeypatch.setattr(registry, "_frozen", threading.Event())
    registry.freeze()
    with pytest.raises(RegistrationError, match="after the service was started"):
        registry.add("rule", lambda rollout: 1.0)


def test_an_option_that_is_positional_is_refused_with_the_way_to_write_it():
    def loud(rollout, weight=1.0):
        return weight

    with pytest.raises(RegistrationError, match=r"def …\(rollout, \*, weight=1.0\)"):
        registry.add("loud", loud)


@pytest.mark.parametrize("shape", ["parser, completion, answer", "response", "response, answer", "**kwargs"])
def test_a_function_that_fits_nothing_is_told_with_its_file_beside_others_that_fit(reward_file, shape):
    fits = "def fits(completions, **kwargs):\n    return [1.0 for _ in completions]\n"
    path = reward_file(f"{fits}def otherShape({shape}):\n    return 1.0\n")
    loading.load(str(path))
    assert [*registry.registered()] == ["fits"]
    reason = registry.unfit()["other_shape"]
    assert f"{path} has a function otherShape, but it is not a reward: parameter " in reason
    for name in ("other_shape", "otherShape"):
        with pytest.raises(UnknownRewardError) as caught:
            registry.get(name)
        assert reason in str(caught.value)
