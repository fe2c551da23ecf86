"""Invalid options of the rewards for code are errors when they are set."""

import pytest

from rule_rm import Rollout, sandbox
from rule_rm.errors import ConfigurationError
from rule_rm.registry import get
from rule_rm.rewards.code_format import code_format
from rule_rm.rewards.code_tests import code_tests
from rule_rm.rewards.sql_execution import sql_execution


@pytest.mark.parametrize(
    ("reward", "option", "said"),
    [
        (code_tests, "compare=prefix", "there is no rule 'prefix'; there are lines, exact, tokens, floats"),
        (code_tests, "language=cobol", "no language 'cobol'"),
        (code_tests, "timeout=0", "more than 0"),
        (code_tests, "memory_mb=-1", "more than 0"),
        (code_tests, "checker_include=/nowhere", "no testlib.h in /nowhere"),
        (code_format, "language=binary", "no language 'binary'"),
        (sql_execution, "ordered=perhaps", "auto, yes or no"),
        (sql_execution, "database_dir=/nowhere", "no directory /nowhere"),
        (sql_execution, "timeout=0", "more than 0"),
    ],
)
def test_an_option_that_cant_be_meant_is_told_at_once(reward, option, said):
    with pytest.raises(ConfigurationError, match=said):
        get(reward.__name__).with_options([option])


def test_an_option_that_can_be_meant_is_taken():
    assert (
        get(code_tests.__name__).with_options(["compare=tokens", "language=C++17"]).options["compare"]
        == "tokens"
    )


def test_the_explanation_has_a_mark_for_each_test():
    tests = {"inputs": ["1", "2", "3", "4"], "outputs": ["1", "0", "3", "0"]}
    with sandbox.running(sandbox.SandboxOptions(slots=1, preload=())):
        score = code_tests(Rollout("", "```python\nprint(input())\n```", tests))
    assert score.explanation.startswith("2 of 4 tests passed: 1010; test 2: line 1: expected '0', got '2'")
