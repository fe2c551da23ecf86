"""Constants of a reward file that are read, and those that are reported since they are not."""

from __future__ import annotations

import pytest

from rule_rm.registry import loading, registry

RULE = "def rule(prompt, response, target):\n    return 1.0\n"
REGISTERED = """
from rule_rm import register
WAITS = True

@register("rule")
def rule(rollout):
    return 1.0
"""
JUDGE = """
class Judge:
    {}

    def __call__(self, completions, **kwargs):
        return [1.0] * len(completions)


judge = Judge()
"""


@pytest.fixture
def told(tmp_path, monkeypatch, caplog):
    """Return a function that loads a file of a text and returns the messages of the log."""

    def load(text):
        monkeypatch.setattr(registry, "_rewards", {})
        caplog.clear()
        path = tmp_path / "mine.py"
        path.write_text(text)
        loading.load(str(path))
        return [record.getMessage().removeprefix(f"{path}: ") for record in caplog.records]

    return load


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("waits = True\n" + RULE, "waits is not read; the constant is WAITS"),
        ("WAIT = True\n" + RULE, "WAIT is not read; the constant is WAITS"),
        ("Timeout = 30\n" + RULE, "Timeout is not read; the constant is TIMEOUT"),
        ("TIMEOUT_REWRD = -1\n" + RULE, "TIMEOUT_REWRD is not read; the constant is TIMEOUT_REWARD"),
        ("GROUP = True\n" + RULE, "GROUP is not read; the constant is GROUPS"),
        ("TIMEOUT = '30'\n" + RULE, "TIMEOUT is not read: it must be a number, not '30'"),
        ("WAITS = 1\n" + RULE, "WAITS is not read: it must be True or False, not 1"),
        (RULE + "rule.waits = True", "waits of rule is not read; a constant of the file is: WAITS = True"),
        (JUDGE.format("timeout = 9"), "timeout of judge is not read; a constant of the file is: TIMEOUT = 9"),
        (
            REGISTERED,
            "WAITS is not read; write @register(..., waits=True)",
        ),
    ],
)
def test_a_name_that_is_almost_declared_is_logged(told, text, message):
    assert told(text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "TIMEOUT = 30\nTIMEOUT_REWARD = -1.0\nWAITS = True\nGROUPS = False\n" + RULE,
        "GROUP_SIZE = 8\nMAX_TIMEOUT = 3\nREWARD = 1.0\nWEIGHT = 0.5\nRETRIES = 3\n_timeout = 4\n" + RULE,
        "groups = {}\ntimeout = None\ndef waits():\n    pass\n" + RULE,
        "from functools import partial\n" + RULE + "mine = partial(rule, target='4')\n",
        JUDGE.format("model = 'judge'"),
    ],
)
def test_other_names_are_the_file_s_own(told, text):
    assert told(text) == []
