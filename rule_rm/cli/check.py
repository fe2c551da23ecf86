"""Check a golden dataset before training: which golden answers can't be read, contradict or take long.

Reading a golden answer may take for ever, so a process of its own does it, and is killed when it does.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.errors import ConfigurationError
from rule_rm.golden import GoldenDataset
from rule_rm.math.golden_check import SLOW, Finding, check
from rule_rm.settings import Settings

FOUND = 1
CODE = "code_tests"
"""The reward type whose rows are programs: their tests are run on the reference solution."""
SANDBOX = ("sandbox", "allow_weak_sandbox")
START_TIMEOUT = 60.0

Item = tuple[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the dataset, the reward type, and the time after which an answer is slow to read."""
    names = ("dataset", "question_key", "answer_key", "rollout_timeout", "reward_type", *SANDBOX)
    add_settings(parser, names=names)
    parser.add_argument(
        "--slow",
        type=float,
        default=SLOW,
        metavar="SECONDS",
        help=f"report golden answers that take longer than this to read (default {SLOW:g})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each finding; the exit status is 1 if there is any."""
    settings = chosen_settings(arguments)
    if settings.dataset is None:
        raise ConfigurationError("there is nothing to check; name a --dataset")
    golden = GoldenDataset.load(
        settings.dataset, question_key=settings.question_key, answer_key=settings.answer_key
    )
    if settings.reward_type == CODE:
        return _check_programs(list(golden.items()), settings)
    items = [(question, str(answer)) for question, answer in golden.items()]
    found = 0
    for finding in findings(items, arguments.slow, settings.rollout_timeout):
        question, answer = items[finding.index]
        print(f"{finding.kind}: {finding.message}: {answer!r} is the answer to {question!r}")
        found += 1
    print(f"{len(items)} golden answers, {found} findings")
    return FOUND if found else 0


def _check_programs(items: Sequence[tuple[str, Any]], settings: Settings) -> int:
    """Print the findings in rows of programs; return 1 if tests can't be used, else 0."""
    # Most datasets have no programs, and the check of theirs needs no sandbox.
    from rule_rm.cli import _check_code
    from rule_rm.sandbox import SandboxOptions

    options = SandboxOptions(backend=settings.sandbox, allow_weak=settings.allow_weak_sandbox)
    found = list(_check_code.rows(items, options))
    for line in _check_code.report(found):
        print(line)
    return FOUND if any(row.found.error for row in found) else 0


def findings(items: Sequence[Item], slow: float, timeout: float) -> Iterator[Finding]:
    """Yield the findings of `check`, and `hangs` for each item that takes over `timeout` seconds."""
    begin = 0
    while begin < len(items):
        ours, theirs = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(
            target=_check, args=(theirs, items[begin:], slow), daemon=True
        )
        process.start()
        theirs.close()
        at, patience = 0, START_TIMEOUT
        try:
            while ours.poll(patience):
                told = ours.recv()
                if isinstance(told, int):
                    at, patience = told, timeout
                else:
                    yield Finding(begin + told.index, told.kind, told.message)
            yield Finding(begin + at, "hangs", f"it can't be read within {timeout:g} s")
            begin += at + 1
        except EOFError:
            if at == len(items) - begin:
                return
            yield Finding(begin + at, "crashes", "the process that read it died")
            begin += at + 1
        finally:
            process.kill()
            process.join()
            ours.close()


def _check(connection: Connection, items: Sequence[Item], slow: float) -> None:
    """Send each item's number before it is read, and each finding, from the child process."""

    def told() -> Iterator[Item]:
        for number, item in enumerate(items):
            connection.send(number)
            yield item
        connection.send(len(items))

    for finding in check(told(), slow):
        connection.send(finding)
