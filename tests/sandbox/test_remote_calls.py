"""The program that a remote sandbox is given to call functions: the solution's own names are its own."""

import json
import subprocess
import sys

import pytest

from rule_rm.sandbox.running.execution import Call, Ended, ExecResult
from rule_rm.sandbox.running.languages import UnknownLanguageError
from rule_rm.sandbox.running.remote import _attempt
from rule_rm.sandbox.running.remote_calls import returned, with_calls


def called(code, *calls, prelude=True):
    text = with_calls(code, calls, prelude, 20.0)
    # Elsewhere, and without the paths of this process: the service has no package of ours.
    command = [sys.executable, "-I", "-S", "-c", text]
    ran = subprocess.run(command, cwd="/", capture_output=True, check=False)
    result = ExecResult(Ended.EXITED, ran.returncode, ran.stdout, ran.stderr, 0.0, 0.0, 0.0)
    return returned(result, len(calls))


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("def encode(s): return s[::-1]\ndef f(s): return encode(s)\n", "ba"),
        ("from __future__ import annotations\ndef f(s: Unknown): return s\n", "ab"),
        ("def f(s): return s\nif __name__ == '__main__':\n    input()\n", "ab"),
        ("class Solution:\n    def f(self, s: str) -> str:\n        return heappop(list(s))\n", "a"),
        ("json = dumps = loads = decode = None\ndef f(s): return s\n", "ab"),
    ],
    ids=["its own encode", "a future import", "a main block", "what sites import", "names of ours"],
)
def test_a_right_solution_returns_its_value(code, value):
    [found] = called(code, Call("f", ["ab"]))
    assert (found.value, found.error) == (value, None)


def test_a_name_that_only_sites_import_is_no_solution():
    [found] = called("pass\n", Call("gcd", [4, 6]))
    assert found.error == "KeyError"


def test_results_that_a_program_makes_up_are_read_with_care():
    mark = 'rule_rm_results:[["value", {"!": "ndarray", "v": 7}]]'
    [found] = called(f"import os\nprint({mark!r}, flush=True)\nos._exit(0)\n", Call("f", []))
    assert found.error.startswith("the result can't be read")


def test_an_exit_costs_the_call_that_exits_and_those_after_it_are_not_answered_here():
    code = "import os\ndef f(n):\n    if n == 1: os._exit(3)\n    return n\n"
    found = called(code, *(Call("f", [n]) for n in range(4)))
    assert [(one.value, one.error) for one in found] == [(0, None), (None, "the program ended with 3")]


def test_a_program_that_fails_has_no_results_at_all():
    assert [one.error for one in called("1 / 0\n", Call("f"), Call("f"))] == ["ZeroDivisionError"] * 2


class Answering:
    """A service that always gives one answer."""

    def __init__(self, answer):
        self._answer = answer

    def post(self, body, until):
        return 200, {}, json.dumps(self._answer).encode()


def test_a_compiler_that_the_service_lacks_is_no_failure_of_the_service():
    # A response could choose such a language to be unscored.
    answer = {"status": "SandboxError", "message": "go can't be run: the sandbox has no go"}
    with pytest.raises(UnknownLanguageError):
        _attempt(Answering(answer), b"", 0.0)
