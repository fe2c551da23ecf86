"""The page on the sandbox is true: every table is compared with the code."""

import ast
import re
from pathlib import Path

import pytest

from rule_rm import Rollout, Status
from rule_rm.registry import get
from rule_rm.rewards.code_tests import code_tests
from rule_rm.sandbox.grading import compare
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.suites import CallSuite, CodeSuite, StdioSuite
from rule_rm.sandbox.host.backends import BACKENDS
from rule_rm.sandbox.running.languages import _ALIASES, LANGUAGES, PYTHON, TOOLS, canonical

PAGE = (Path(__file__).parents[2] / "docs/sandbox.md").read_text(encoding="utf-8")


def table(first):
    """Return the rows of the table whose first heading is this, as lists of cells."""
    lines = PAGE.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def bare(cell):
    return cell.strip("`")


def test_the_backends_are_those_there_are_in_their_order():
    assert [bare(row[0]) for row in table("backend")] == [backend.name for backend in BACKENDS]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda backend: backend.name)
def test_what_a_backend_does_not_stop_stands_out(backend):
    [(_, needs, files, network, processes, _)] = [
        row for row in table("backend") if bare(row[0]) == backend.name
    ]
    assert files.startswith("**") == bool(backend.tolerates or backend.is_weak)
    assert ("**" in network, "**" in processes) == (backend.is_weak, backend.is_weak)
    assert ("--allow-weak-sandbox" in needs) == backend.is_weak
    assert (needs == "root") == backend.own_users


EXAMPLES = {
    "input and output": ({"inputs": ["1"], "outputs": ["1"]}, StdioSuite, "script"),
    "the same, with a `checker`": (
        {"inputs": ["1"], "outputs": ["1"], "checker": "print(1)"},
        StdioSuite,
        "checker",
    ),
    "`fn_name`, and asserts": (["assert f(1) == 2"], CallSuite, "calls"),
    "HumanEval's `check`": (["assert abs(f(1)) == 2"], CodeSuite, "split judge"),
    "the same, with files": ("def test_it(tmp_path):\n    assert f(tmp_path)\n", CodeSuite, "split judge"),
    "tests that start processes": ("def test_it(tmpdir):\n    assert f(1)\n", CodeSuite, "in process"),
}
CLAIMLESS = {
    "input and output": {"inputs": [], "outputs": []},
    "the same, with a `checker`": {"inputs": [], "outputs": [], "checker": "print(1)"},
    "`fn_name`, and asserts": {"inputs": [], "outputs": [], "fn_name": "f"},
    "HumanEval's `check`": "def test_it():\n    f(1)\n",
    "the same, with files": "def test_it(tmp_path):\n    f(tmp_path)\n",
    "tests that start processes": "def test_it(tmpdir):\n    f(tmpdir)\n",
}


def test_every_format_goes_the_way_that_the_page_says():
    rows = table("format")
    assert len(rows) == len(EXAMPLES)
    for (name, (truth, kind, way)), row in zip(EXAMPLES.items(), rows, strict=True):
        assert row[0].startswith(name)
        assert row[1] == way
        suite = read_tests(truth)
        assert isinstance(suite, kind)
        assert (way == "checker") == (getattr(suite, "checker", None) is not None)
        assert (way == "in process") == bool(getattr(suite, "obstacle", ""))
        assert ("with files" in name) == (isinstance(suite, CodeSuite) and suite.trial.files)
    assert "**everything**" in rows[-1][3]


def test_a_row_without_claims_is_unscored_in_every_format():
    for (name, truth), row in zip(CLAIMLESS.items(), table("format"), strict=True):
        assert row[0].startswith(name)
        assert row[4].startswith("unscored")
        score = code_tests(Rollout("", "```python\ndef f(n): return n\n```", truth))
        assert (score.reward, score.status) == (None, Status.BAD_GROUND_TRUTH)


def test_the_rules_of_comparison_are_those_there_are_and_do_what_is_said():
    rows = table("`compare`")
    assert [bare(row[0]) for row in rows] == list(compare.RULES)
    pairs = [("1 2", "1  2"), ("2.50", "2.5"), ("1 2", "1\n2"), ("0.3333333", "0.33333334")]
    for name, _, *said in rows:
        rule = compare.RULES[bare(name)]
        assert ["no" if rule(*pair) else "yes" for pair in pairs] == said
        for extra in ("1 2\n3", "1 2 3", "1", ""):
            assert rule("1 2", extra)
            assert rule(extra, "1 2")


def test_the_languages_are_those_of_the_table():
    rows = table("language")
    assert sorted(bare(row[0]) for row in rows) == sorted(set(LANGUAGES) - TOOLS)
    for name, spellings, needs, memory in rows:
        language = LANGUAGES[bare(name)]
        assert needs.split(", ") == list(language.needs)
        assert memory == ("data" if language.reserves else "address space")
        written = [one for one in spellings.split(", ") if one]
        assert sorted(written) == sorted(
            one for one, known in _ALIASES.items() if one and known == bare(name)
        )
        assert {canonical(one) for one in (*written, bare(name))} == {bare(name)}
    assert canonical("") == PYTHON


def test_the_options_of_code_tests_are_those_that_it_takes():
    rows = [(bare(name), bare(default)) for name, default in table("option of `code_tests`")]
    assert rows == [(name, str(default)) for name, default in get(code_tests.__name__).defaults.items()]


def test_the_way_out_of_a_pickle_is_a_program():
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ast.parse(program)
