r"""The example datasets: sound rows, and math answers that a computation confirms or refutes."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from rule_rm import Rollout
from rule_rm.rewards.example_coding import example_coding
from rule_rm.rewards.example_safety import example_safety
from rule_rm.sandbox.grading.formats import read_tests

ROOT = Path(__file__).resolve().parents[1]
DATASETS = ROOT / "datasets"
SCRIPT = DATASETS / "check_math_examples.py"
SHARED_DATA = Path(os.environ.get("RULE_RM_SHARED_DATA") or ROOT / "../shared/data")


def rows_of(name):
    return json.loads((DATASETS / name).read_text(encoding="utf-8"))


def check(*options):
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, timeout=240)


def normalised(question):
    return "".join(re.findall(r"\w|[^\w\s$]", question.lower()))


@pytest.fixture(scope="module")
def math_rows():
    return rows_of("math_examples.json")


@pytest.mark.slow
def test_every_math_answer_is_confirmed_by_a_computation(math_rows):
    done = check()
    assert done.returncode == 0, done.stderr
    assert f"{len(math_rows)} answers computed and found right" in done.stdout


# One for each way in which an answer is read.
CORRUPTED = [
    ("3.25 metres", "325", "326"),
    (r"3x-7<2x+5", r"(-\infty,12)", r"(-\infty,12]"),
    (r"$(3,-5)$ is reflected", "(-3, -5)", "(-5, -3)"),
    (r"eigenvalues of", r"\{2,5\}", r"\{2\}"),
    (r"(1+i)^{10}", "32i", "32"),
    (r"2A-B^T", r"\begin{pmatrix}2&-5\\5&-2\end{pmatrix}", r"\begin{pmatrix}2&5\\-5&-2\end{pmatrix}"),
    (r"number 45 in base two", "101101_{2}", "101101_{3}"),
    ("two villages", r"1.5\text{ km}", r"1.5\text{ m}"),
    ("perpendicular to", r"y=-\frac{1}{2}x+2", r"y=\frac{1}{2}x+2"),
    (r"\ln(\sin x)", r"-\frac{\pi\ln 2}{2}", "-1.0888"),
]


def test_every_corrupted_answer_is_named_and_no_other(math_rows, tmp_path):
    """Among every tenth of the right ones; the others cost half a minute of the gate."""
    corrupted = {}
    for part, right, wrong in CORRUPTED:
        [row] = [row for row in math_rows if part in row["question"] and row["answer"] == right]
        corrupted[row["question"]] = wrong
    few = [row for number, row in enumerate(math_rows) if number % 10 == 0 or row["question"] in corrupted]
    copy = tmp_path / "copy.json"
    copy.write_text(
        json.dumps([{**row, "answer": corrupted.get(row["question"], row["answer"])} for row in few])
    )
    done = check("--file", copy)
    assert done.returncode == 1
    complaints = [line for line in done.stderr.splitlines() if line.startswith("WRONG")]
    complaints = [line for line in complaints if not line.startswith("WRONG no row asks")]
    assert len(complaints) == len(CORRUPTED)
    for question, wrong in corrupted.items():
        assert any(question in line and f"the answer is {wrong}," in line for line in complaints)


def test_a_lost_row_a_repeated_row_and_a_changed_level_are_named(math_rows, tmp_path):
    lost, repeated, changed, strange, *_ = math_rows
    copy = tmp_path / "copy.json"
    copy.write_text(
        json.dumps([repeated, repeated, {**changed, "level": 5}, {**strange, "question": "Why?"}])
    )
    done = check("--file", copy)
    assert done.returncode == 1
    assert f"2 rows ask: {repeated['question']}" in done.stderr
    assert re.search(rf"no row asks \w+: {re.escape(lost['question'])}", done.stderr)
    assert re.search(rf"level or subject differ .*: {re.escape(changed['question'])}", done.stderr)
    assert "no computation stands behind the question: Why?" in done.stderr


def test_math_rows_have_the_documented_keys_and_every_level_has_at_least_forty(math_rows):
    for row in math_rows:
        assert list(row) == ["question", "answer", "level", "subject"]
        assert all(
            isinstance(row[key], str) and row[key].strip() for key in ("question", "answer", "subject")
        )
        assert r"\boxed" not in row["answer"]
    levels = Counter(row["level"] for row in math_rows)
    assert set(levels) == {1, 2, 3, 4, 5}
    assert min(levels.values()) >= 40
    assert len(math_rows) >= 400


def test_no_two_math_questions_are_the_same(math_rows):
    questions = Counter(normalised(row["question"]) for row in math_rows)
    assert [question for question, times in questions.items() if times > 1] == []


def test_no_math_question_is_taken_from_the_math_test_set(math_rows):
    path = SHARED_DATA / "math_test_5000.json"
    if not path.exists():
        pytest.skip("the MATH test questions are not here; RULE_RM_SHARED_DATA names their directory")
    known = {normalised(row["question"]) for row in json.loads(path.read_text(encoding="utf-8"))}
    assert [row["question"] for row in math_rows if normalised(row["question"]) in known] == []


@pytest.mark.parametrize(("reward", "full"), [(example_coding, 0.9), (example_safety, 1.0)])
def test_every_reference_reply_earns_the_full_example_reward(reward, full):
    rows = rows_of(f"{reward.__name__.removeprefix('example_')}_examples.json")
    assert len({row["question"] for row in rows}) == len(rows) >= 15
    for row in rows:
        assert list(row)[:2] == ["question", "answer"]
        assert reward(Rollout(row["question"], row["answer"])) == full, row


@pytest.fixture(scope="module")
def coding_rows():
    return rows_of("coding_examples.json")


def test_a_reference_solution_passes_the_tests_of_its_row(coding_rows):
    for row in coding_rows:
        names: dict = {}
        exec(row["answer"], names)
        for test in row["tests"]:
            exec(test, names)


def test_the_tests_of_a_row_can_be_read_by_code_tests_and_call_what_the_question_names(coding_rows):
    for row in coding_rows:
        name = re.search(r"`(\w+)", row["question"])[1]
        assert len(row["tests"]) >= 2
        assert all(f"{name}(" in test for test in row["tests"])
        assert read_tests(row["tests"], row["question"])


def test_every_reference_solution_defines_the_name_in_its_question(coding_rows):
    for row in coding_rows:
        name = re.search(r"`(\w+)", row["question"])[1]
        assert re.search(rf"^(def|class) {name}\b", row["answer"], re.MULTILINE)
