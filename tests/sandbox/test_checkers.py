"""Checkers: programs of a problem that decide where many outputs are right, read with suspicion."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rule_rm import Rollout, Status
from rule_rm.errors import SandboxError
from rule_rm.rewards.code_tests import code_tests
from rule_rm.sandbox.grading.checkers import HEADER
from rule_rm.sandbox.grading.formats import FormatError, read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.running.languages import BINARY, CHECKER

PYTHON = """import sys
given, wanted, found = (open(path).read() for path in sys.argv[1:])
print(1 if sum(map(int, found.split())) == int(wanted) else 0)
"""
CPP = """#include <fstream>
int main(int, char **files) {
    long sum = 0, one, wanted;
    std::ifstream output(files[2]), answer(files[3]);
    while (output >> one) sum += one;
    answer >> wanted;
    if (wanted < 0) return 3;
    return sum == wanted && output.eof() ? 0 : 1;
}
"""
FAKE_HEADER = "#include <fstream>\n"
"""Stands in for testlib's header, which is not ours to have here."""
TESTLIB = """#include "testlib.h"
int main(int argc, char *argv[]) {
    registerTestlibCmd(argc, argv);
    long long wanted = ans.readLong(), sum = 0;
    while (!ouf.seekEof()) sum += ouf.readLong();
    if (wanted < 0) quitf(_fail, "the jury is wrong");
    if (sum != wanted) quitf(_wa, "the sum is %lld", sum);
    quitf(_ok, "right");
}
"""


def truth(checker, answer="10"):
    return {"official_tests": [{"input": "3", "output": answer}], "generated_checker": checker}


def graded(box, code, checker, answer="10", **how):
    try:
        return list(grade(box, code, "python", read_tests(truth(checker, answer)), Grading(**how)).outcomes)
    except SandboxError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("checker", [PYTHON, CPP], ids=["python", "c++"])
def test_a_checker_decides_where_several_outputs_are_right(best, checker):
    assert graded(best, "print(3, 7)", checker) == [""]
    assert graded(best, "print(4, 6)", checker) == [""]
    for wrong in ("print(3, 8)", "print()", "print('ten')", "print('\\0' * 5000)", "print(10, 'x')"):
        [outcome] = graded(best, wrong, checker)
        assert outcome.startswith("the checker"), wrong


def test_a_program_that_fails_is_not_shown_to_its_checker(best):
    assert graded(best, "print(10)\nraise SystemExit(4)", "print(1)") == ["exit code 4"]


def test_a_checker_that_finds_the_test_wrong_is_nobodys_wrong_answer(best):
    with pytest.raises(FormatError, match="the test is wrong"):
        graded(best, "print(10)", CPP, answer="-1")


@pytest.mark.parametrize(
    ("checker", "reason"),
    [
        ("#include <vector>\nint main() { return nothing; }", "does not compile"),
        (TESTLIB, "checker_include"),
    ],
)
def test_a_checker_that_cant_be_had_is_a_bad_ground_truth(best, monkeypatch, checker, reason):
    monkeypatch.setattr("rule_rm.sandbox.grading.checkers._SYSTEM_HEADERS", ())
    score = code_tests(Rollout("", "```python\nprint(10)\n```", truth(checker)))
    if score.status is Status.UNAVAILABLE:
        pytest.skip(score.explanation)
    assert (score.reward, score.status) == (None, Status.BAD_GROUND_TRUTH)
    assert reason in score.explanation


def test_a_checker_finds_its_header_in_the_directory_that_was_named(best, tmp_path):
    (tmp_path / HEADER).write_text(FAKE_HEADER)
    checker = CPP.replace("#include <fstream>", f'#include "{HEADER}"')
    assert graded(best, "print(3, 7)", checker, checker_include=str(tmp_path)) == [""]


@pytest.mark.skipif("TESTLIB_INCLUDE" not in os.environ, reason="TESTLIB_INCLUDE names no directory")
def test_testlib_itself_is_understood(best):
    how = {"checker_include": os.environ["TESTLIB_INCLUDE"]}
    assert graded(best, "print(3, 7)", TESTLIB, **how) == [""]
    assert "the sum is 11" in graded(best, "print(3, 8)", TESTLIB, **how)[0]
    assert graded(best, "print(3, 'x')", TESTLIB, **how)[0].startswith("the checker refuses it")
    with pytest.raises(FormatError, match="the jury is wrong"):
        graded(best, "print(10)", TESTLIB, answer="-5", **how)


SPY = """import os
seen = []
for place in ("/proc", ".", "..", "/tmp"):
    try:
        seen += [name for name in os.listdir(place) if "left_by" in name]
        commands = [f"/proc/{pid}/cmdline" for pid in os.listdir(place) if pid.isdigit()]
        seen += [command for command in commands if b"marker" in open(command, "rb").read()]
    except OSError:
        continue
print(0 if seen else 1)
"""


def test_a_checker_runs_when_the_program_is_gone_and_sees_nothing_of_it_but_its_output(best):
    program = "touch left_by_it /tmp/left_by_it; (exec -a marker sleep 30 &); echo 10"
    suite = read_tests({**truth(SPY), "language": "bash"})
    assert list(grade(best, program, "bash", suite).outcomes) == [""]


def test_a_checker_is_confined_like_any_program(best, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("1")
    tmp_path.chmod(0o755)
    # Where mounts keep it away there is no such file.
    with pytest.raises(FormatError, match="PermissionError|FileNotFoundError"):
        graded(best, "print(10)", f"print(open({str(secret)!r}).read())")
    hostile = "import os\nos.fork()\nwhile True: os.fork()\n"
    with pytest.raises(FormatError, match="fails on the expected output too"):
        graded(best, "print(10)", hostile)


def test_a_checker_is_compiled_once_for_all_tests_and_all_programs(best):
    cases = [{"input": "", "output": str(number)} for number in range(10)]
    suite = read_tests({"official_tests": cases, "checker": CPP})
    asked = []

    class Watched:
        def session(self, program, limits=None):
            asked.append(program.language)
            return best.session(program)

    suite = replace(suite, checker=replace(suite.checker, code=CPP + f"// {os.getpid()}\n"))
    for _ in range(2):
        try:
            found = grade(Watched(), "print(0)", "python", suite)
        except SandboxError as error:
            pytest.skip(str(error))
        assert [not outcome for outcome in found.outcomes] == [True] + [False] * 9
    assert asked == ["python", CHECKER, BINARY, "python", BINARY]


def test_a_problem_may_have_its_programs_read_and_write_files(best):
    suite = read_tests({"official_tests": [{"input": "4\n", "output": "8\n"}], "input_mode": "file"})
    right = "open('output.txt', 'w').write(str(2 * int(open('input.txt').read())))"
    assert list(grade(best, right, "python", suite).outcomes) == [""]
    assert grade(best, "print(8)", "python", suite).passed == 0
    by_link = "import os\nos.symlink('input.txt', 'output.txt')"
    same = read_tests({"official_tests": [{"input": "4\n", "output": "4\n"}], "input_mode": "file"})
    assert grade(best, by_link, "python", same).passed == 0


def test_where_a_checker_lies_is_told_from_the_path_of_its_directory_alone(best, tmp_path):
    """Not even a header is read from where the server happens to run."""
    (tmp_path / HEADER).write_text(FAKE_HEADER)
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        with pytest.raises(FormatError, match="checker_include"):
            graded(best, "print(10)", TESTLIB)
    finally:
        os.chdir(before)
