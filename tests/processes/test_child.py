"""A child is heard or ended, finds our modules, and gets none of our secrets."""

from __future__ import annotations

import json

import pytest

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.processes import child


def started(program: str, **more):
    return child.start(["-c", program], piped=True, **more)


def test_what_a_child_says_is_heard_and_it_ends_with_its_input():
    process = started("import sys; print('{\"ready\": 1}', flush=True); sys.stdin.read(); sys.exit(7)")
    assert child.hear(process, "the child") == {"ready": 1}
    child.end(process, 30.0)
    child.end(process, 30.0)
    assert process.returncode == 7


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ('print(\'{"failed": "no model"}\', flush=True)', "^no model$"),
        ("import sys; sys.exit(3)", r"the child died at its start \(exit status 3\)"),
        ("print('hello', flush=True)", "the child died at its start"),
        ("print('[1]', flush=True)", "the child died at its start"),
    ],
)
def test_a_child_that_is_not_ready_is_told_and_gone(program, told):
    process = started(program + "\nimport time\ntime.sleep(0.1)")
    with pytest.raises(ConfigurationError, match=told):
        child.hear(process, "the child")
    assert process.returncode is not None


def test_a_child_that_says_nothing_is_ended():
    process = started("import time; time.sleep(1000)")
    with pytest.raises(ConfigurationError, match="died at its start"):
        child.hear(process, "the child", timeout=0.1)
    assert process.returncode == -9


def test_a_child_that_runs_no_code_of_users_finds_our_modules_and_nothing_else(monkeypatch):
    """This process does not know that the variables hold secrets."""
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    for name in ("OPENAI_API_KEY", "HF_TOKEN", "OTHER"):
        monkeypatch.setenv(name, "something-of-the-user")
    program = "import json, os, rule_rm; print(json.dumps(dict(os.environ)), flush=True); input()"
    process = started(program, env=child.bare_environment())
    told = child.hear(process, "the child")
    child.end(process, 30.0)
    assert "PYTHONPATH" in told
    assert "of-the-user" not in json.dumps(told)


def test_a_child_finds_our_modules_and_no_secret(monkeypatch):
    monkeypatch.setattr(redaction, "_known", redaction._Known())
    monkeypatch.setenv("RULE_RM_TOKEN", "token-of-the-service")
    monkeypatch.setenv("MY_JUDGE_KEY", "key-of-the-judge")
    redaction.remember("token-of-the-service")
    redaction.remember("key-of-the-judge", "MY_JUDGE_KEY")
    program = "import json, os, rule_rm; print(json.dumps(dict(os.environ)), flush=True); input()"
    process = started(program, env=child.environment({"MORE": "1"}))
    told = child.hear(process, "the child")
    child.end(process, 30.0)
    assert told["MORE"] == "1"
    assert "of-the" not in json.dumps(told)
