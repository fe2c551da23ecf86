"""Are the sandbox's verdicts right? Solutions that do nothing, and solutions with one change, must fail."""

import collections
import contextlib
import subprocess
import sys

from benchmarks import mutants
from benchmarks.sandbox_workers import spread
from rule_rm import sandbox
from rule_rm.sandbox import Call, Limits, Program
from rule_rm.sandbox.grading.asserts import helpers
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.grading.suites import CallSuite, CodeSuite
from rule_rm.sandbox.running.execution import Trial


def as_trial(row):
    """Return the row's test as code, even where it could be read as calls, so that the judge is measured."""
    trial = Trial(
        [row["test"]], "check", row["entry_point"], prelude=helpers(row["prompt"], row["entry_point"])
    )
    return CodeSuite(trial, row["prompt"])


def stubs(rows, workers):
    """Count the solutions that pass though they do nothing, or the half of it: none may."""
    box, bodies = sandbox.default(), ("    return None\n", "    pass\n", "    raise StopIteration\n")
    jobs = [
        (row["prompt"] + body, suite)
        for row in rows
        for body in bodies
        for suite in (read_tests(row), as_trial(row))
    ]
    how = Grading(Limits(wall=3.0))
    passed = spread(lambda job: grade(box, job[0], "python", job[1], how).passed, jobs, workers)
    print(f"stubs that pass: {sum(map(bool, passed))} of {len(jobs)}")


def mutations(rows, most, workers):
    """Count the solutions with one change that pass, by both ways; say if plain Python agrees, and why."""
    box, how = sandbox.default(), Grading(Limits(wall=2.0))
    jobs = [(row, kind, code) for row in rows for kind, code in mutants.mutants(row, most)]

    def verdicts(job):
        row, _, code = job
        return [
            grade(box, code, "python", suite, how).passed == 1 for suite in (read_tests(row), as_trial(row))
        ]

    found = spread(verdicts, jobs, workers)
    survivors = [job for job, passed in zip(jobs, found, strict=True) if any(passed)]
    disagreeing = sum(one != other for one, other in found)
    confirmed = sum(spread(_passes_in_plain_python, survivors, workers))
    failed = len(jobs) - len(survivors)
    print(f"mutants that fail: {failed} of {len(jobs)}; on {disagreeing} the two ways disagree")
    print(
        f"  of the {len(survivors)} that pass, {confirmed} pass in plain Python too, with the tests inside:"
    )
    reasons = collections.Counter(spread(_why_it_survives, survivors, workers))
    for reason, count in reasons.most_common():
        print(f"  {count:4} {reason}")


def _passes_in_plain_python(job):
    row, _, code = job
    program = "\n".join([code, row["test"], f"check({row['entry_point']})"])
    command = [sys.executable, "-I", "-c", program]
    with contextlib.suppress(subprocess.TimeoutExpired):
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    return False


def _why_it_survives(job):
    """Return whether other arguments tell the mutant from the right solution: then the tests are too few."""
    row, _, code = job
    suite = read_tests(row)
    if not isinstance(suite, CallSuite):
        return "whose tests are code: not looked into"
    others = mutants.other_arguments([list(test.call.arguments) for test in suite.tests], 200)
    calls = [Call(row["entry_point"], arguments) for arguments in others]
    results = []
    for program in (row["prompt"] + row["canonical_solution"], code):
        with sandbox.default().session(Program(program)) as session:
            results.append(session.call(calls, Limits(wall=3.0)))
    differ = any(
        one.error is None and (other.error is not None or repr(one.value) != repr(other.value))
        for one, other in zip(*results, strict=True)
    )
    return (
        "differ for other arguments: the tests leave it open"
        if differ
        else "never differ: equivalent, it seems"
    )
