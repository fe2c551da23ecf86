"""A worker: takes one task at a time, runs the reward function, answers with a score.

An exception of a reward function becomes a score here: an error of ours, unscored. Too little memory is an
answer that is too costly to verify. A hang or a crash can't be caught: it ends the process, and the pool
notices.
"""

from __future__ import annotations

import io
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rule_rm.engine.messages import EXPLANATION_LIMIT, TASK_LIMIT, Result, decode_task, encode_result
from rule_rm.errors import UnavailableError
from rule_rm.processes import frames
from rule_rm.processes.kernel import children, die_first, die_with_parent
from rule_rm.registry import RewardFunction
from rule_rm.types import Score, Status

PRINTED_LIMIT = 2_000
RETIRE_AT = 0.25
"""A worker that keeps this share of its memory is replaced, so that no later rollout pays for the leak."""


def run(
    connection: socket.socket, rewards: Mapping[str, RewardFunction], memory_mb: int, template_pid: int
) -> None:
    """Serve tasks until the connection closes. Called once, in a freshly forked process."""
    die_with_parent(template_pid)
    _confine(memory_mb)
    base = _address_space()
    while True:
        try:
            task = frames.receive(connection, TASK_LIMIT)
        except (EOFError, OSError):
            return
        printed = _Printed()
        sys.stdout = sys.stderr = printed
        score = _score(task, rewards, printed)
        kept = _address_space() - base
        # A worker with children is replaced too: they are unknown, and end with the worker.
        retire = kept > RETIRE_AT * memory_mb * 2**20 or bool(children())
        frames.send(connection, encode_result(Result(score, retire, printed.text)))


def _score(task: bytes, rewards: Mapping[str, RewardFunction], printed: _Printed) -> Score:
    function = None
    try:
        reward_type, work, is_whole = decode_task(task)
        function = rewards[reward_type]
        return function(work) if is_whole else function.score_work(work)
    except UnavailableError as error:
        return Score.unscored(Status.UNAVAILABLE, str(error)[:EXPLANATION_LIMIT])
    except MemoryError:
        reward = function.least if function else 0.0
        return Score(
            reward, Status.TIMEOUT, explanation="scoring it took more memory than a rollout may take"
        )
    except BaseException as error:  # noqa: BLE001 - also SystemExit: an exit is no verdict
        # The log has the whole of it, with the function's output.
        traceback.print_exception(error, file=printed)
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return Score.unscored(Status.ERROR, f"{type(error).__name__} at {where}: {error}"[:EXPLANATION_LIMIT])


def _confine(memory_mb: int) -> None:
    """Limit the memory and output of rollouts, and lead a process group."""
    os.setsid()
    die_first()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    limit = _address_space() + memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _address_space() -> int:
    """Return the bytes of address space that this process has, which is what RLIMIT_AS bounds."""
    pages = Path("/proc/self/statm").read_text().split(maxsplit=1)[0]
    return int(pages) * resource.getpagesize()


class _Printed(io.TextIOBase):
    """The output of a reward function: its beginning is kept for the log, the rest is dropped."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: Any) -> int:
        self.text += str(text)[: PRINTED_LIMIT - len(self.text)]
        return len(text)
