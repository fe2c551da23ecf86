"""The body of a process that runs an untrusted Python program, which can change everything here.

So nothing is decided here. This module runs the program as a script, or calls its functions with the given
arguments and writes down their results. Other processes decide the verdict.
"""

from __future__ import annotations

import _thread
import atexit
import builtins
import gc
import io
import json
import linecache
import sys
import threading
import traceback
import types
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.data import decoding, frames, values
from rule_rm.sandbox.inside.program_end import serving

FILE = "program.py"
"""The `__file__` of a program; there is no such file."""
ERROR_LIMIT = 300
_TRACEBACK_LIMIT = 8_000

PRELUDE = """
import bisect, collections, functools, heapq, itertools, math, operator, random, re, string, sys
from bisect import *
from collections import *
from functools import *
from heapq import *
from itertools import *
from math import *
from typing import *
"""
"""The imports that sites such as LeetCode put before a solution."""


def prelude() -> dict[str, Any]:
    """Return the builtins of a solution of such a site: Python's, and the names that it may take for granted.

    As builtins they are found when a solution uses them, and are no definitions of its own.
    """
    names: dict[str, Any] = {}
    exec(PRELUDE, names)  # noqa: S102 - our own text
    del names["__builtins__"]
    # The builtin: a solution's pow is not that of math.
    return {**names, **vars(builtins)}


def run_script(code: str) -> int:
    """Run a program as `python program.py` would, to its end; returns its exit status."""
    status = run_main(code)
    try:
        if _thread._count():
            threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    except BaseException:  # noqa: BLE001 - the program's code may raise anything
        status = status or 1
    if any(name in code for name in _ENDING):
        _clear(sys.modules["__main__"].__dict__)
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except BaseException:  # noqa: BLE001 - the program's code may raise anything
            status = status or 1
    return status


_ENDING = ("__del__", "open", "FileIO")
"""Names by which a program shows that one of its objects may write when it is deleted, as files do."""


def _clear(namespace: dict[str, Any]) -> None:
    """Release a program's objects, as Python does at its end: an object may print when it is deleted."""
    for is_private in (True, False):
        for name in list(namespace):
            if name.startswith("_") == is_private and name != "__builtins__":
                namespace[name] = None


def run_main(code: str) -> int:
    """Run the text of a program, and no more; returns the exit status for how it ended."""
    gc.enable()
    if "/dev/std" in code:
        _provide_streams()
    try:
        _execute(code, "__main__", {})
    except BaseException:  # noqa: BLE001 - whatever it is, it ends the program and is told on stderr
        return _exit_status()
    return 0


_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def _provide_streams() -> None:
    """Open a stream by its descriptor where its path is not there, or is another user's."""
    original = io.open

    def opened(file: Any, *given: Any, **named: Any) -> Any:
        try:
            return original(file, *given, **named)
        except OSError:
            if not isinstance(file, str) or file not in _STREAMS:
                raise
            return original(_STREAMS[file], *given, **named)

    io.open = builtins.open = opened


def run_calls(code: str, calls: str, results: int, names: dict[str, Any]) -> int:
    """Call functions of a program; a result is written at once, so that those before a crash count.

    `calls` is a JSON list of [name, arguments, keyword arguments]; each result is a line
    `[number, "value", …]` or `[number, "error", name of the exception, its text]`. `names` are builtins.
    """
    gc.enable()
    try:
        namespace = _execute(code, "solution", names)
    except BaseException as error:  # noqa: BLE001 - the program's code may raise anything
        frames.send(results, [-1, "error", *_described(error)])
        return 1
    decoding.with_numpy()
    for number, (name, arguments, keywords) in enumerate(json.loads(calls)):
        try:
            function = _find(namespace, name)
            returned = function(
                *map(decoding.decode, arguments),
                **{key: decoding.decode(value) for key, value in keywords.items()},
            )
            frames.send(results, [number, "value", values.encode(returned)])
        except BaseException as error:  # noqa: BLE001 - also SystemExit: an exit is no result
            frames.send(results, [number, "error", *_described(error)])
    return 0


def serve(code: str, channel: int) -> int:
    """Let the judge, at the other end of `channel`, use the program's definitions until it hangs up."""
    gc.enable()
    return serving.run(lambda: _execute(code, "solution", {}), channel)


def _execute(code: str, name: str, names: dict[str, Any]) -> dict[str, Any]:
    module = types.ModuleType(name)
    module.__dict__.update(__builtins__=names or builtins, __file__=FILE)
    sys.modules[name] = module
    sys.argv = [FILE]
    # Tracebacks and `inspect` show a program's lines from here, as there is no file.
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    exec(compile(code, FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - it is confined
    return module.__dict__


def _find(namespace: dict[str, Any], name: str) -> Callable[..., Any]:
    """Return the method of a fresh `Solution`, as sites with such a class call it; else the function."""
    solution = namespace.get("Solution")
    if isinstance(solution, type) and hasattr(solution, name):
        found = getattr(solution(), name)
    else:
        found = namespace[name]
    return found  # type: ignore[no-any-return]


def _described(error: BaseException) -> list[str]:
    try:
        text = str(error)[:ERROR_LIMIT]
    except BaseException:  # noqa: BLE001 - its __str__ is the program's too
        text = ""
    return [type(error).__name__[:80], text]


def _exit_status() -> int:
    error = sys.exc_info()[1]
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        if isinstance(error.code, int):
            return error.code & 255
    try:
        if isinstance(error, SystemExit):
            sys.stderr.write(f"{error.code}\n")
        elif error is not None:
            # The first frames are ours; a program sees its own, as it would in an interpreter of its own.
            first = error.__traceback__
            while first is not None and first.tb_frame.f_code.co_filename == __file__:
                first = first.tb_next
            shown = "".join(traceback.format_exception(type(error), error, first, limit=30))
            sys.stderr.write(shown[-_TRACEBACK_LIMIT:])
    except BaseException:  # noqa: BLE001 - the program's code may raise anything
        return 1
    return 1
