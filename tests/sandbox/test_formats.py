"""Every format of tests of the common datasets is detected by its shape, and graded."""

import base64
import json
import pickle
import zlib

import pytest

from rule_rm import sandbox
from rule_rm.errors import SandboxError
from rule_rm.sandbox.grading.asserts import plain_assert
from rule_rm.sandbox.grading.formats import FormatError, read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.grading.suites import CallSuite, CodeSuite, StdioSuite
from rule_rm.sandbox.running.execution import Limits

ECHO = "print(input())"
ADD = "def add(a, b):\n    return a + b\n"
LEETCODE = "class Solution:\n    def add(self, a: List[int], b):\n        return [x + b for x in a]\n"
APPS = {"inputs": ["1\n", "2\n"], "outputs": ["1\n", "2\n"]}


def compressed(value):
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


STDIO = {
    "APPS": APPS,
    "APPS, as JSON in a text": json.dumps(APPS),
    "TACO, under a key, of lines": {"input_output": json.dumps({"inputs": [["1", ""]], "outputs": [["1"]]})},
    "LiveCodeBench": [{"input": str(n), "output": str(n), "testtype": "stdin"} for n in (1, 2)],
    "LiveCodeBench, compressed": compressed([{"input": "1", "output": "1", "testtype": "stdin"}]),
    "PrimeIntellect": {"test_cases": [{"type": "stdin_stdout", "input": "1\n", "output": "1\n"}]},
    "rllm": [{"input": "1", "output": "1"}],
    "open-r1, of codeforces": {"official_tests": [{"input": "1", "output": "1"}], "time_limit": 2.0},
    "under verl's key": {"ground_truth": json.dumps(APPS)},
    "PrimeIntellect, as its rows are": {
        "verification_info": json.dumps({
            "language": "python",
            "test_cases": [{"fn_name": None, "input": "1\n", "output": "1\n", "type": "stdin_stdout"}],
        })
    },
    "LiveCodeBench, as its rows are": {
        "question_id": "abc",
        "public_test_cases": json.dumps([{"input": "1", "output": "1", "testtype": "stdin"}]),
        "private_test_cases": compressed([{"input": "2", "output": "2", "testtype": "stdin"}]),
        "metadata": "{}",
    },
    "CodeContests, as its rows are": {
        "public_tests": {"input": ["1\n"], "output": ["1\n"]},
        "private_tests": {"input": [], "output": []},
        "generated_tests": {"input": ["2\n", "3\n"], "output": ["2\n", "3\n"]},
        "time_limit": {"seconds": 2, "nanos": 500_000_000},
        "memory_limit_bytes": 256_000_000,
        "cf_tags": [""],
    },
    "CodeContests-O": {"corner_cases": [{"input": {"stdin": "1\n"}, "output": {"stdout": "1\n"}}]},
    "open-r1's codeforces, as its rows are": {
        "id": "4/A",
        "time_limit": 1.0,
        "memory_limit": 64.0,
        "official_tests": [{"input": "1\n", "output": "1\n"}],
        "input_mode": "stdio",
        "generated_checker": None,
        "generated_tests": 17,
    },
    "rllm, as its rows are": json.dumps([{"input": "1", "output": "1", "testtype": "stdin_stdout"}]),
    "Eurus-2 of PRIME, for verl": json.dumps({"inputs": ["1\n"], "outputs": ["1\n"]}),
    "TACO, as its rows are": {"input_output": json.dumps({"inputs": ["1\n"], "outputs": ["1\n"]})},
}  # fmt: skip
CALLS = {
    "APPS": {"inputs": [[1, 2], [3, 4]], "outputs": [[3], [7]], "fn_name": "add"},
    "verl, with texts": {"inputs": ["1\n2"], "outputs": ["3"], "fn_name": "add"},
    "LiveCodeBench": [
        {"input": "1\n2", "output": "3", "testtype": "functional", "metadata": {"func_name": "add"}}
    ],
    "LiveCodeBench, named outside": {
        "metadata": json.dumps({"func_name": "add"}),
        "private_test_cases": compressed([{"input": "1\n2", "output": "3", "testtype": "functional"}]),
    },
    "PrimeIntellect": {
        "test_cases": [{"type": "function_call", "fn_name": "add", "input": [1, 2], "output": 3}]
    },
    "APPS, as its rows are": {
        "input_output": json.dumps({"fn_name": "add", "inputs": [[1, 2]], "outputs": [[3]]}),
        "starter_code": "def add(a, b):",
    },
    "TACO": {"input_output": json.dumps({"fn_name": "add", "inputs": [[1, 2]], "outputs": [3]})},
    "rllm": [{"input": "1\n2", "output": "3", "testtype": "functional", "metadata": {"func_name": "add"}}],
    "LiveCodeBench, as its rows are": {
        "public_test_cases": json.dumps([{"input": "1\n2", "output": "3", "testtype": "functional"}]),
        "private_test_cases": compressed([{"input": "3\n4", "output": "7", "testtype": "functional"}]),
        "metadata": json.dumps({"func_name": "add"}),
    },
    "MBPP, as its rows are": {
        "task_id": 2,
        "text": "Add.",
        "code": "def add(a, b): …",
        "test_list": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"],
        "test_setup_code": "",
        "challenge_test_list": [],
    },
    "MBPP, sanitized": {"test_imports": [], "test_list": ["assert add(1, 2) == 3"]},
    "AceCode": [{"assert_case": ["assert add(1, 2) == 3"]}],
    "with names": {"inputs": [{"b": 2, "a": 1}], "outputs": [3], "fn_name": "add"},
    "MBPP": {"test_list": ["assert add(1, 2) == 3", "assert add('a', 'b') == 'ab'"]},
    "open-instruct": ["assert add(1, 2) == 3"],
}
CODE = {
    "MBPP with a setup": {"test_list": ["assert add(one, 2) == 3"], "test_setup_code": "one = 1"},
    "HumanEval": {
        "entry_point": "add",
        "test": "def check(candidate):\n    for n in range(3):\n        assert candidate(n, 1) == n + 1\n",
    },
    "KodCode": "from solution import add\nimport pytest\n\ndef test_add():\n    assert add(1, 2) == 3\n\n"
    "def test_raises():\n    with pytest.raises(TypeError):\n        add(1, 'a')\n",
    "KodCode, as its rows are": {
        "test": "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3\n",
        "test_info": [{"function_name": "add", "parameter_list": "(a, b)"}],
        "style": "instruct",
    },
    "HumanEval+": {
        "entry_point": "add",
        "prompt": "def add(a, b):\n",
        "test": "def check(candidate):\n    inputs = [[1, 2], [3, 4]]\n    results = [3, 7]\n"
        "    for given, wanted in zip(inputs, results):\n        assert candidate(*given) == wanted\n",
    },
    "BigCodeBench": {
        "entry_point": "add",
        "test": "import unittest\nclass TestCases(unittest.TestCase):\n"
        "    def setUp(self):\n        self.one = 1\n"
        "    def test_add(self):\n        self.assertEqual(add(self.one, 2), 3)\n",
    },
    "asserts in a text": "import math\nassert math.isclose(add(0.1, 0.2), 0.3)\nassert add(1, 2) == 3\n",
}


@pytest.mark.parametrize(("truth", "kind", "solution"), [
    *(pytest.param(truth, StdioSuite, ECHO, id=name) for name, truth in STDIO.items()),
    *(pytest.param(truth, CallSuite, ADD, id=f"calls: {name}") for name, truth in CALLS.items()),
    *(pytest.param(truth, CodeSuite, ADD, id=f"code: {name}") for name, truth in CODE.items()),
])  # fmt: skip
def test_a_format_is_read_and_graded(best, truth, kind, solution):
    suite = read_tests(truth)
    assert isinstance(suite, kind)
    found = grade(best, solution, "python", suite)
    assert list(found.outcomes) == [""] * found.total
    assert found.total >= 1
    wrong = grade(best, "def add(a, b):\n    return 0\nprint(0)", "python", suite)
    assert wrong.passed == 0


@pytest.mark.parametrize(
    "truth",
    [
        None,
        {},
        [],
        "",
        "just a text",
        {"inputs": ["1"], "outputs": []},
        {"inputs": [], "outputs": []},
        [{"input": "1", "output": "1", "testtype": "functional"}],
        [{"input": "1"}],
        json.dumps({"question": "?"}),
        base64.b64encode(zlib.compress(pickle.dumps("[]"))).decode(),
        base64.b64encode(pickle.dumps([])).decode(),
    ],
)
def test_what_is_no_test_is_said_to_be_none(truth):
    with pytest.raises(FormatError):
        read_tests(truth)


def test_a_pickle_is_never_read(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    trap = base64.b64encode(zlib.compress(pickle.dumps(Trap()))).decode()
    with pytest.raises(FormatError, match="are never read"):
        read_tests(trap)
    # As LiveCodeBench writes its private tests: all of a problem's tests count, or none.
    rows = json.dumps([{"input": "1", "output": "1", "testtype": "stdin"}])
    private = base64.b64encode(zlib.compress(pickle.dumps(rows))).decode()
    with pytest.raises(FormatError, match="are never read: convert them to JSON"):
        read_tests({"public_test_cases": rows, "private_test_cases": private})
    assert list(tmp_path.iterdir()) == []


def test_all_parts_of_the_tests_count():
    suite = read_tests(STDIO["CodeContests, as its rows are"])
    assert [test.stdin for test in suite.tests] == ["1\n", "2\n", "3\n"]
    assert (suite.limited.seconds, suite.limited.memory_mb) == (2.5, 244)
    assert len(read_tests(STDIO["LiveCodeBench, as its rows are"]).tests) == 2
    assert len(read_tests(CALLS["LiveCodeBench, as its rows are"]).tests) == 2
    both = read_tests(
        {
            "public_test_cases": [{"input": "1", "output": "1", "testtype": "stdin"}],
            "private_test_cases": CALLS["LiveCodeBench"],
        }
    )
    assert [type(suite) for suite in both.suites] == [StdioSuite, CallSuite]


def test_a_solution_of_a_site_has_what_the_site_imports(best):
    suite = read_tests({"inputs": [[[1, 2], 3]], "outputs": [[4, 5]], "fn_name": "add"})
    assert grade(best, LEETCODE, "python", suite).passed == 1


def test_one_right_of_two_is_half_also_when_the_other_kills_the_program(best):
    code = "import os\ndef add(a, b):\n    if a == 3: os._exit(0)\n    return a + b\n"
    assert list(map(bool, grade(best, code, "python", read_tests(CALLS["APPS"])).outcomes)) == [False, True]


def test_neither_a_checker_nor_the_low_trust_way_needs_a_second_slot():
    """Else a few clients that each hold one would wait for each other."""
    with sandbox.running(sandbox.SandboxOptions(slots=1, preload=())) as host:
        box = sandbox.LocalSandbox(host.address)
        checked = {"inputs": ["1"], "outputs": ["1"], "checker": "print(1)", "language": "bash"}
        assert grade(box, "read x; echo $x", "bash", read_tests(checked)).passed == 1
        file = read_tests(
            "import os\n\ndef test_it():\n    os.makedirs('/', exist_ok=True)\n    assert use(1) == 2\n"
        )
        code = "def use(n):\n    return n + 1\n"
        assert grade(box, code, "python", file, Grading(in_process=True)).passed == 1


def test_a_hanging_program_does_not_use_up_the_time_of_all_tests(best):
    suite = read_tests({"inputs": ["1"] * 50, "outputs": ["1"] * 50})
    found = grade(best, "while True: pass", "python", suite, Grading(Limits(wall=0.2)))
    assert (found.passed, found.total) == (0, 50)
    assert found.outcomes[-1] == "not run"


def test_an_early_stop_leaves_the_rest_unrun(best):
    suite = read_tests({"inputs": ["1", "2", "3"], "outputs": ["0", "2", "3"]})
    found = grade(best, ECHO, "python", suite, Grading(stop_early=True))
    assert list(found.outcomes) == ["line 1: expected '0', got '1'", "not run", "not run"]


def test_the_low_trust_way_must_be_asked_for_and_says_so(best):
    suite = read_tests("import solution\n\ndef test_it(tmpdir):\n    assert solution.add(1, 2) == 3\n")
    with pytest.raises(FormatError, match="fixture 'tmpdir'"):
        grade(best, ADD, "python", suite)
    easy = read_tests(
        "def test_it(given=print):\n    assert apply(add, 1, 2) == 3\n\ndef apply(f, *a):\n    return f(*a)\n"
    )
    assert grade(best, ADD, "python", easy).is_trusted
    starting = read_tests("import os\n\ndef test_it():\n    os.system('true')\n    assert use(1) == 2\n")
    code = "def use(n):\n    return n + 1\n"
    with pytest.raises(FormatError, match="it calls system"):
        grade(best, code, "python", starting)
    found = grade(best, code, "python", starting, Grading(in_process=True))
    assert (found.passed, found.is_trusted) == (1, False)


@pytest.mark.parametrize(
    "test",
    [
        "assert f(x) == 1",
        "assert f(1)",
        "assert f(1) != 2",
        "assert f(g(1)) == 2",
        "assert f(1) == g(2)",
        "assert f(**{'a': 1}) == 2",
        "assert m.f(1) == 2",
        "assert f(1) == 2 == 3",
        "f(1)",
        "assert (",
    ],
)
def test_only_plain_asserts_become_calls(test):
    assert plain_assert(test) is None


def test_a_test_whose_package_is_missing_is_nobodys_wrong_answer(best):
    for truth in (
        ["import no_such_package\nassert add(1, no_such_package.two) == 3"],
        "import no_such_package\ndef test_it():\n    assert add(1, 2) == 3\n",
        {"test_list": ["assert add(one, 2) == 3"], "test_setup_code": "from no_such_package import one"},
    ):
        with pytest.raises(SandboxError, match="no_such_package"):
            grade(best, ADD, "python", read_tests(truth))


def test_a_program_cant_make_itself_unscored(best):
    for name in ("ImportError", "ModuleNotFoundError", "SystemExit", "KeyboardInterrupt", "AssertionError"):
        code = f"def add(a, b):\n    raise {name}('no_such_package')\n"
        for truth in CODE.values():
            found = grade(best, code, "python", read_tests(truth))
            assert found.passed < found.total
    setup = {"test_list": ["assert one == 3"], "test_setup_code": "one = add(1, 2)"}
    assert grade(best, "def add(a, b):\n    raise ValueError", "python", read_tests(setup)).passed == 0
