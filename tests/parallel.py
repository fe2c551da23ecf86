"""Run the tests in several processes: `pytest -p tests.parallel --jobs 6`.

The tests are collected once, in a process that then forks those in which they run. To collect some twenty
thousand tests takes ten seconds of processor time, and pytest-xdist does it in each of its workers.

The tests of a module are taken together, from one line. Those at its front mostly wait, for servers and
programs, and those at its end compute. Processes take from both ends. So the processors are seldom idle, and
the last tests are short.

If a test ends its process, it has failed, and another process goes on with the next one.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import groupby
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any

import pytest

WAITING = (
    "tests/web/fronts",
    "tests/web/test_serve.py",
    "tests/engine",
    "tests/sandbox/test_engine.py",
    "tests/cli",
    "tests/web",
    "tests/workbench",
    "tests/sandbox",
    "tests/docs",
    "tests/integrations",
    "tests/registry",
    "tests/e2e",
    "tests/models",
    "tests/judge",
    "tests/journal",
    "tests/client",
)
"""Where tests mostly wait, the longest first."""
PART, SHARING_PART = 50, 150
"""How many tests of a module a process takes at once: without fixtures that they share, and with some."""
Part = tuple[int, ...]
"""The places of tests that one process runs, in their order, among all."""


def pytest_addoption(parser) -> None:
    parser.addoption("--jobs", type=int, default=1, help="how many processes run the tests")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session) -> Iterator[None]:
    """Collect without looking for garbage: nothing that is collected becomes any."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session) -> bool | None:
    """Run all tests in forked processes; None, for pytest's own loop, if one process is to run them."""
    config = session.config
    if config.option.jobs < 2 or config.option.collectonly or session.testsfailed:
        return None
    _Jobs(session).run(config.option.jobs)
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
    return True


class _Jobs:
    """The processes that run the tests, and what they have not taken yet."""

    def __init__(self, session) -> None:
        self._session = session
        self._line = deque(in_line(session.items))
        self._tasks: dict[Connection, _Task] = {}
        # Made before the processes are, which have folders of their own in it.
        session.config._tmp_path_factory.getbasetemp()

    def run(self, jobs: int) -> None:
        """Run all tests; returns when they have run, or one said that the rest needn't."""
        try:
            for number in range(jobs):
                self._start(number)
            while self._tasks:
                for connection in wait(list(self._tasks)):
                    self._hear(connection)
        finally:
            for connection in self._tasks:
                connection.close()
            for task in self._tasks.values():
                os.waitpid(task.pid, 0)

    def _start(self, number: int) -> None:
        ours, theirs = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            for connection in (ours, *self._tasks):
                connection.close()
            _run_and_exit(self._session, theirs, number)
        theirs.close()
        self._tasks[ours] = _Task(pid, number)

    def _hear(self, connection: Connection) -> None:
        task = self._tasks[connection]
        try:
            said = connection.recv()
        except (EOFError, ConnectionError):
            self._bury(connection)
            return
        if isinstance(said, int):
            task.begin(said)
        elif said is None:
            self._give(connection)
        else:
            hook = self._session.config.hook
            report = hook.pytest_report_from_serializable(config=self._session.config, data=said)
            hook.pytest_runtest_logreport(report=report)

    def _give(self, connection: Connection) -> None:
        """Give the next part of the line to a process, or nothing if there is none."""
        task = self._tasks[connection]
        part: Part = ()
        if self._line and not (self._session.shouldfail or self._session.shouldstop):
            # Most run tests that wait, and leave the processors to the others.
            part = self._line.pop() if task.number % 3 == 1 else self._line.popleft()
        task.left += part
        try:
            connection.send(part)
        except OSError:
            # It has ended, which is heard next.
            pass

    def _bury(self, connection: Connection) -> None:
        """Report the test at which a process ended, if it was not at its end, and start another one."""
        task = self._tasks.pop(connection)
        connection.close()
        _, status = os.waitpid(task.pid, 0)
        if task.running is not None:
            item = self._session.items[task.running]
            failed = pytest.TestReport(
                item.nodeid, item.location, {}, "failed", f"its process ended with status {status}", "call"
            )
            self._session.config.hook.pytest_runtest_logreport(report=failed)
        if task.left:
            self._line.append(tuple(task.left))
        if task.left or (status and self._line):
            self._start(task.number)


class _Task:
    """A process, the test that it runs, and those that it still has to run."""

    def __init__(self, pid: int, number: int) -> None:
        self.pid = pid
        self.number = number
        self.running: int | None = None
        self.left: Part = ()

    def begin(self, place: int) -> None:
        """Note that a test begins, so that the one before has ended; -1 if all have."""
        self.running = None if place < 0 else place
        self.left = tuple(one for one in self.left if one != place)


def in_line(items: Sequence[Any]) -> list[Part]:
    """Return the tests in parts, from those that wait longest to those that compute."""
    parts: list[tuple[int, Part]] = []
    for _, group in groupby(enumerate(items), key=lambda one: one[1].path):
        placed = list(group)
        module = placed[0][1].nodeid
        ranks = [rank for rank, folder in enumerate(WAITING) if module.startswith(folder)]
        parts += [(min(ranks, default=len(WAITING)), part) for part in _parts(placed)]
    return [part for _, part in sorted(parts, key=lambda one: one[0])]


def _parts(placed: Sequence[tuple[int, Any]]) -> Iterator[Part]:
    """Yield the tests of a module in parts; those that share a fixture mostly stay together."""
    for shares, group in groupby(placed, key=lambda one: _shared(one[1])):
        places = [place for place, _ in group]
        size = SHARING_PART if shares else PART
        for start in range(0, len(places), size):
            yield tuple(places[start : start + size])


def _shared(item) -> tuple[str, ...]:
    """Return the fixtures of the module or the run that a test shares with others, with their parameters."""
    known = getattr(item, "_fixtureinfo", None)
    if known is None:
        return ()
    params = item.callspec.indices if hasattr(item, "callspec") else {}
    return tuple(
        f"{name} {params.get(name)}"
        for name, definitions in sorted(known.name2fixturedefs.items())
        if definitions[-1].scope == "module" or (definitions[-1].scope == "session" and name in params)
    )


class _Telling:
    """The plugin of a forked process: it sends the reports to the process that prints them."""

    def __init__(self, config, connection: Connection) -> None:
        self._config = config
        self._connection = connection

    def pytest_runtest_logreport(self, report) -> None:
        # Nothing is printed of a test's fixtures that were made and closed without an error.
        if report.when == "call" or not report.passed or report.sections:
            data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
            self._connection.send(data)


def _run_and_exit(session, connection: Connection, number: int) -> None:
    """Be a process that runs tests: it never returns into the loop of the one that was forked."""
    status = 1
    try:
        _become_a_job(session.config, connection, number)
        _run(session, connection)
        status = 0
    except (KeyboardInterrupt, EOFError, BrokenPipeError):
        # The whole run ends, or the process that prints the reports has ended.
        status = 2
    except BaseException:
        # This process must not go on as the one that forked it.
        traceback.print_exc(file=sys.__stderr__)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _become_a_job(config, connection: Connection, number: int) -> None:
    """Open files of its own for this process: the open ones are shared with all the others."""
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    capture.suspend_global_capture()
    temporary = config._tmp_path_factory
    temporary._basetemp = temporary.mktemp(f"job{number}-", numbered=True)
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(_Telling(config, connection))


def _run(session, connection: Connection) -> None:
    """Run tests as long as there are some, always knowing the next one, for the fixtures that both need."""
    mine: deque[int] = deque()
    is_over = False
    while True:
        if len(mine) < 2 and not is_over:
            connection.send(None)
            part = connection.recv()
            mine += part
            is_over = not part
            continue
        if not mine:
            break
        place = mine.popleft()
        connection.send(place)
        item, following = session.items[place], session.items[mine[0]] if mine else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail or session.shouldstop:
            session._setupstate.teardown_exact(None)
            break
    connection.send(-1)
