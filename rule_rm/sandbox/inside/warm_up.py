"""Run typical programs once before the first fork, so that every later process is faster.

An interpreter caches facts in memory while it runs, such as the place of a method or the fastest form of an
instruction. Caches from before the fork are shared by all processes. Each process has to fill any other cache
itself, and copies every page that it writes to.
"""

from __future__ import annotations

import json
import linecache
import os
import signal
import socket
import sys
from typing import Any

from rule_rm.sandbox.inside.data import decoding, frames
from rule_rm.sandbox.inside.judge_end import judge
from rule_rm.sandbox.inside.program_end import program

_ROUNDS = 20
"""Runs of a piece of code after which its instructions are specialised, with some to spare."""
_SCRIPT = """
import sys
class Node:
    def __init__(self, value):
        self.value = value
def total(values):
    return sum(Node(value).value for value in values if value)
try:
    count = int(input())
except EOFError:
    count = 2
rows = [list(map(int, line.strip().split())) for line in sys.stdin.readlines() or ["1 2", "3 4"]]
seen = {}
for row in sorted(rows):
    row.append(count)
    seen[row[0]] = seen.get(row[0], 0) + max(row) - min(row) + len(row) + abs(-1)
for key, value in seen.items():
    print(key, value, " ".join(map(str, range(3))), f"{total(row)}", sep=",")
"""
_FUNCTION = "def f(a, b):\n    return [a, b]\n"
_ARGUMENTS: list[Any] = [[1, "a", {"b": 2.5}], {"!": "tuple", "v": [1, 2]}]
_REQUEST = {
    "do": "call",
    "on": {"!": "name", "v": "f"},
    "arguments": _ARGUMENTS,
    "keywords": {},
    "echo": True,
}
_CHECK = """
def check(candidate):
    a = [1]
    __claim__()
    assert candidate(a, (2, 'b')) == [1, {'c': 2.5}]
"""
_ORDER = {
    "tests": [_CHECK],
    "style": "check",
    "entry_point": "f",
    "target": "",
    "files": False,
    "setup": "",
    "before": [],
    "prelude": "import math\n",
    "names": ["f"],
    "classes": [],
    "capitalised": [],
    "imports": [],
    "reaches": False,
    "assigns": [],
    "echo": True,
    "skip": 0,
}
_ANSWERS = [{"names": {"f": "f"}}, {"value": [1, {"c": 2.5}], "changed": []}]


def warm_up(names: dict[str, Any]) -> None:
    """Run a program in each of the ways there are, in this process; `names` are those of the prelude."""
    modules, arguments, streams = dict(sys.modules), sys.argv, (sys.stdout, sys.stderr)
    results = os.memfd_create("results")
    for _ in range(_ROUNDS):
        if program.run_main(_SCRIPT):
            raise RuntimeError("the sandbox's own program fails")
        sys.stdout.flush()
        program.run_calls(_FUNCTION, json.dumps([["f", _ARGUMENTS, {}]]), results, names)
        _converse(lambda channel: program.serve(_FUNCTION, channel), [_REQUEST])
        sys.stdout, sys.stderr = streams
        _converse(lambda channel: judge.run(json.dumps(_ORDER), channel, results), _ANSWERS)
    os.close(results)
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]
    sys.modules.update(modules)
    sys.argv, (sys.stdout, sys.stderr) = arguments, streams
    decoding.has_numpy = False
    linecache.clearcache()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _converse(body: Any, messages: list[Any]) -> None:
    """Run a server on a channel that already contains all of its input."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for message in messages:
            frames.send(theirs.fileno(), message)
        theirs.shutdown(socket.SHUT_WR)
        body(ours.fileno())
