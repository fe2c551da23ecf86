"""The judge of the tests that have to run as code: asserts, HumanEval's `check`, test functions.

The test runs here, in a process of its own that is confined like any other; what it tests runs in another.
Names that the test leaves undefined are proxies: a call sends arguments and gets data back. The verdict is
this process's alone, written where the program has no descriptor.

A program never supplies a builtin, or a name that the test or the prompt has; what it could do to a test by
what it returns or raises is kept out by `channel`.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import types
from typing import Any

from rule_rm.sandbox.inside.channel import Channel, RemoteError, Unsupported
from rule_rm.sandbox.inside.outcomes import (
    MODULES_OF_SOLUTIONS,
    described,
    execute,
    is_missed_in_the_program,
    outcome_of,
)


def run(instructions: str, channel: int, verdict: int) -> int:
    """Judge the program at the other end of `channel` and write the verdict as JSON; returns an exit status.

    `instructions`: `tests`, a list of texts; `setup`, run before them; `prelude`, trusted helpers that hide
    the program's own; `entry_point` or none; `style`: "statements", "check" or "functions"; `names`, which
    the tests leave undefined; `echo`, if they could look what became of the arguments of a call.
    The verdict: `outcomes`, one text for each test, empty if it passed; or `unsupported`, with the reason.
    """
    outcome: dict[str, Any]
    order = json.loads(instructions)
    try:
        outcome = {"outcomes": _judge(order, Channel(channel, order["echo"]))}
    except Unsupported as reason:
        outcome = {"unsupported": str(reason)}
    except RemoteError as error:
        outcome = {"outcomes": [described(error)] * max(1, len(order["tests"]))}
    payload = json.dumps(outcome).encode()
    os.ftruncate(verdict, 0)
    os.pwrite(verdict, payload, 0)
    return 0


def _judge(order: dict[str, Any], channel: Channel) -> list[str]:
    defined = channel.names()
    entry_point = order["entry_point"]
    if entry_point and entry_point not in defined:
        raise RemoteError(f"the program defines no {entry_point}")
    namespace: dict[str, Any] = {"__name__": "judge", "__builtins__": builtins}
    try:
        execute(order["prelude"], namespace)
        wanted = set(order["names"]) - set(namespace)
        for name in defined:
            if name in wanted or name == entry_point:
                namespace[name] = channel.proxy(name)
        _stand_in_for_modules(defined, wanted, channel)
        if entry_point:
            namespace.setdefault("candidate", namespace[entry_point])
        execute(order["setup"], namespace)
    except (RemoteError, Unsupported):
        raise
    except Exception as error:  # noqa: BLE001 - the test's own preparation, unless the program raised it
        if channel.has_raised or is_missed_in_the_program(error):
            raise RemoteError(f"the test's setup fails: {described(error)}") from None
        raise Unsupported(f"the test's setup fails: {described(error)}") from None
    style = {"statements": _statements, "check": _check, "functions": _functions}[order["style"]]
    outcomes = style(order["tests"], namespace)
    if channel.unsupported is not None:
        raise Unsupported(channel.unsupported)
    return outcomes


def _statements(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    return [outcome_of(lambda test=test: execute(test, namespace)) for test in tests]  # type: ignore[misc]


def _check(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    def run_check(test: str) -> None:
        execute(test, namespace)
        check = namespace.get("check")
        if not callable(check):
            raise Unsupported("the test defines no check function")
        check(namespace["candidate"])

    return [outcome_of(lambda test=test: run_check(test)) for test in tests]  # type: ignore[misc]


def _functions(tests: list[str], namespace: dict[str, Any]) -> list[str]:
    # What test files need would make the forks of those that need it not dearer.
    from rule_rm.sandbox.inside.unit_tests import run_functions

    return run_functions(tests, namespace)


def _stand_in_for_modules(defined: list[str], wanted: set[str], channel: Channel) -> None:
    """`from solution import f` finds the proxies, under the names that test files use for the program.

    `import *` brings only what the test leaves undefined, lest a program's own `sorted` hides the builtin.
    """
    for module_name in MODULES_OF_SOLUTIONS:
        module = types.ModuleType(module_name)
        module.__dict__["__all__"] = [name for name in defined if name in wanted]
        for name in defined:
            setattr(module, name, channel.proxy(name))
        sys.modules[module_name] = module
