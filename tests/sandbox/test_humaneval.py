"""HumanEval's own solutions pass, by every way of judging, and mutated ones fail."""

import ast
import json
import os
from pathlib import Path

import pytest

from rule_rm.sandbox import Limits
from rule_rm.sandbox.grading.asserts import helpers
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.grading.suites import CodeSuite
from rule_rm.sandbox.running.execution import Trial

SHARED = Path(os.environ.get("RULE_RM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
QUICK = Grading(Limits(wall=10.0))


@pytest.fixture(scope="module")
def problems():
    file = SHARED / "humaneval.jsonl"
    if not file.exists():
        pytest.skip("the HumanEval problems are not here")
    return [json.loads(line) for line in file.read_text().splitlines()]


def suites(problem):
    """As it is graded, and always by the judge."""
    prelude = helpers(problem["prompt"], problem["entry_point"])
    trial = Trial([problem["test"]], "check", problem["entry_point"], prelude=prelude)
    return read_tests(problem), CodeSuite(trial, problem["prompt"])


def test_every_canonical_solution_passes(best, problems):
    failed = [
        problem["task_id"]
        for problem in problems
        for suite in suites(problem)
        if grade(best, problem["canonical_solution"], "python", suite, QUICK).passed != 1
    ]
    assert failed == []


STUBS = ("    pass\n", "    raise StopIteration\n", "    quit(0)\n")


@pytest.mark.parametrize("body", STUBS)
def test_no_stub_passes(best, problems, body):
    passed = [
        problem["task_id"]
        for problem in problems[::3]
        for suite in suites(problem)
        if grade(best, body, "python", suite, QUICK).passed
    ]
    assert passed == []


class Mutation(ast.NodeTransformer):
    """A mutation that wraps every returned value in a list, so that the result is always wrong."""

    def visit_Return(self, node):
        return ast.copy_location(ast.Return(ast.List([node.value, ast.Constant("?")], ast.Load())), node)


def test_no_mutated_solution_passes(best, problems):
    passed = []
    for problem in problems[::3]:
        tree = ast.parse(problem["prompt"] + problem["canonical_solution"])
        for node in tree.body:
            if getattr(node, "name", None) == problem["entry_point"]:
                node.body = [Mutation().visit(statement) for statement in node.body]
        code = ast.unparse(ast.fix_missing_locations(tree))
        found = [grade(best, code, "python", suite, QUICK) for suite in suites(problem)]
        passed += [problem["task_id"] for one in found if one.passed]
    assert passed == []
