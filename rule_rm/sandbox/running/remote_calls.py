"""Calls of functions in a remote sandbox: as a program that makes them and prints the results.

It has all that it needs in its text, as the remote sandbox has no package of ours.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from rule_rm.sandbox.inside.data import arrays, decoding, instants, values
from rule_rm.sandbox.inside.program_end.program import PRELUDE
from rule_rm.sandbox.running.execution import Call, Ended, ExecResult, Returned
from rule_rm.sandbox.running.judged import TIMEOUT
from rule_rm.sandbox.running.python_session import outcome_of

_MODULES = (arrays, instants, values, decoding)
"""Modules that make data of values, in the order in which they import each other."""
_MARK = "rule_rm_results:"
_CALLING = """
import builtins as _builtins, json as _json, signal as _signal, sys as _sys, types as _types
def _run():
    def show(*line):
        _sys.__stdout__.write("\\n" + {mark!r} + _json_dumps(line) + "\\n")
        _sys.__stdout__.flush()
    def limit():
        # By default, the signal ends the process: the others are called in the next one.
        try:
            _setitimer(_signal.ITIMER_REAL, {seconds!r})
        except (AttributeError, OSError, ValueError):
            pass
    _json_dumps, _setitimer = _json.dumps, getattr(_signal, "setitimer", None) or (lambda *_: None)
    # There is no package of ours there: its modules are found by their names while they are made.
    inside = _sys.modules[{package!r}] = _types.ModuleType({package!r})
    for name, source in {sources!r}:
        made = _sys.modules[{package!r} + "." + name] = _types.ModuleType(name)
        setattr(inside, name, made)
        exec(source, made.__dict__)
    for name in [name for name in _sys.modules if name.startswith({package!r})]:
        del _sys.modules[name]
    encode, decode, calls = inside.values.encode, inside.decoding.decode, _json.loads({calls!r})
    known = {{}}
    exec({prelude!r}, known)
    known.update(vars(_builtins))
    module = _types.ModuleType("solution")
    module.__dict__["__builtins__"] = known if {has_prelude} else _builtins
    _sys.modules["solution"] = module
    limit()
    try:
        exec(compile({code!r}, "program.py", "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        show(-1, "error", type(error).__name__)
        return
    for number, (name, arguments, keywords) in enumerate(calls):
        limit()
        try:
            solution = module.__dict__.get("Solution")
            if isinstance(solution, type) and hasattr(solution, name):
                function = getattr(solution(), name)
            else:
                function = module.__dict__[name]
            given = {{key: decode(value) for key, value in keywords.items()}}
            show(number, "value", encode(function(*map(decode, arguments), **given)))
        except BaseException as error:
            show(number, "error", type(error).__name__)
_run()
"""


@lru_cache(maxsize=len(_MODULES))
def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def with_calls(code: str, calls: Sequence[Call], prelude: bool, seconds: float) -> str:
    """Return a program that calls functions of another, each within a time, and prints the results.

    `prelude`: the names that sites import may be used.
    """
    encoded = [
        [
            call.name,
            [values.encode(one) for one in call.arguments],
            {key: values.encode(one) for key, one in call.keywords.items()},
        ]
        for call in calls
    ]
    # The same text that makes data of values here makes it there.
    sources = [(one.__name__.rpartition(".")[2], _source(one)) for one in _MODULES]
    return _CALLING.format(
        package=_MODULES[0].__name__.rpartition(".")[0],
        sources=sources,
        prelude=PRELUDE,
        has_prelude=prelude,
        code=code,
        calls=json.dumps(encoded),
        mark=_MARK,
        seconds=seconds,
    )


def returned(result: ExecResult, expected: int) -> list[Returned]:
    """Return the results of calls as far as they were printed, then why there are no more."""
    if result.ended is Ended.MEMORY_LIMIT:
        return [Returned(error="it took too much memory")] * expected
    lines = result.stdout.decode("utf-8", "replace").splitlines()
    found: list[Returned] = []
    for line in lines:
        outcome = outcome_of(line.removeprefix(_MARK), len(found)) if line.startswith(_MARK) else None
        if isinstance(outcome, str):
            return [Returned(error=outcome)] * expected
        if outcome is not None:
            found.append(outcome)
        if len(found) == expected:
            return found
    is_late = result.ended is Ended.TIMEOUT or result.exit_code in _ALARMED
    return [*found, Returned(error=TIMEOUT if is_late else f"the program ended with {result.exit_code}")]


_ALARMED = (-signal.SIGALRM, 128 + signal.SIGALRM)
"""Exit codes of a program that its timer has ended, as services report them."""
