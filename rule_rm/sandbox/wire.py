"""The sandbox as a service, in two forms that trainers speak: a request goes in, a reply comes out, as dicts.

`run_code` is SandboxFusion's, which verl's `sandbox_fusion.url` asks. `test_program` and `test_program_stdio`
are open-instruct's. Both report a program's result; a failure of ours is an error, never a failed program.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from rule_rm.errors import PayloadError, SandboxError
from rule_rm.sandbox.grading.asserts import read
from rule_rm.sandbox.grading.grade import Grade, Grading, grade
from rule_rm.sandbox.grading.suites import StdioSuite, StdioTest
from rule_rm.sandbox.running.execution import Ended, ExecResult, Limits, Program, Sandbox
from rule_rm.sandbox.running.languages import LANGUAGES, UnknownLanguageError, canonical
from rule_rm.sandbox.running.waiting import within

# pytest would take `test_program` for a test, where it is given this file.
__test__: dict[str, str] = {}

MAX_SECONDS = 60.0
MAX_MEMORY_MB = 8192
MAX_OUTPUT_BYTES = 64 << 20
DEFAULT_SECONDS = 10.0
_OVER = "the time of the request was over before the program ended"
LEAST_SECONDS = 0.01
"""Seconds of a limit below which nothing can even be started."""
MAX_TESTS = 1000
MAX_NAMES = 100
MAX_FILES = 500
"""Files of one program: each takes time before it starts, which its own limits count."""
MAX_PATH, MAX_PART = 1000, 255
"""Characters of a file's path, bytes of each name in it: Linux has no longer names."""
MAX_NAME_CHARACTERS = 10_000
"""Of all names together: a request to the host is one packet."""


def run_code(request: Mapping[str, Any], sandbox: Sandbox, until: float = math.inf) -> dict[str, Any]:
    """Answer SandboxFusion's `/run_code`. Raises PayloadError if the request is invalid.

    A program that has not ended at the monotonic time `until`, within its own limit, is an error of ours.

    `files` are written to the directory that the program starts in. The reply has those of `fetch_files` that
    the program left there as regular files, up to a few megabytes in all.
    """
    program = Program(
        _text(request, "code"), _language(request), _files(request), fetch=_names(request, "fetch_files")
    )
    memory = _number(request, "memory_limit_MB", -1, MAX_MEMORY_MB)
    limits = Limits(
        output_bytes=int(_number(request, "output_limit_bytes", Limits().output_bytes, MAX_OUTPUT_BYTES)),
        wall=_number(request, "run_timeout", DEFAULT_SECONDS, MAX_SECONDS),
        memory_mb=int(memory) if memory > 0 else 1024,
        compile_wall=_number(request, "compile_timeout", DEFAULT_SECONDS, MAX_SECONDS),
    )
    limits = _within(limits, until, compiles=bool(LANGUAGES[program.language].compile))
    stdin = request.get("stdin")
    if stdin is not None and not isinstance(stdin, str):
        raise PayloadError("stdin must be a string", "stdin")
    try:
        with within(until), sandbox.session(program) as session:
            result = session.run((stdin or "").encode("utf-8", "surrogateescape"), limits)
    except SandboxError as error:
        return _reply("SandboxError", str(error), None, None, {})
    if result.ended is Ended.TIMEOUT and time.monotonic() >= until:
        return _reply("SandboxError", _OVER, None, None, {})
    compiled = _part(result.compiled) if result.compiled else None
    if result.ended is Ended.NOT_COMPILED:
        return _reply("Failed", "", compiled or _part(result), None, {})
    files = {name: base64.b64encode(content).decode() for name, content in result.files.items()}
    return _reply("Success" if result.succeeded else "Failed", "", compiled, _part(result), files)


def test_program(
    request: Mapping[str, Any],
    sandbox: Sandbox,
    until: float = math.inf,  # noqa: PT028 - this is no test
) -> dict[str, Any]:
    """Answer open-instruct's `/test_program`: each test is an assert about the program's functions."""
    tests = _tests(request)
    if not all(isinstance(test, str) for test in tests):
        raise PayloadError("each test must be a string", "tests")
    return _graded(request, tests, sandbox, until)


def test_program_stdio(
    request: Mapping[str, Any],
    sandbox: Sandbox,
    until: float = math.inf,  # noqa: PT028 - this is no test
) -> dict[str, Any]:
    """Answer open-instruct's `/test_program_stdio`: each test has an `input` and an `output`."""
    tests = _tests(request)
    if not all(isinstance(test, Mapping) and "input" in test and "output" in test for test in tests):
        raise PayloadError("each test must have an input and an output", "tests")
    return _graded(request, tests, sandbox, until)


def _graded(
    request: Mapping[str, Any], tests: Sequence[Any], sandbox: Sandbox, until: float
) -> dict[str, Any]:
    program = _text(request, "program")
    seconds = _number(request, "max_execution_time", 1.0, MAX_SECONDS)
    if not tests:
        return {"results": [], "runtimes": []}
    started = time.monotonic()
    left = max(until - started, LEAST_SECONDS)
    # Its limit is for each test; a program that hangs in all of them is given up after a few.
    how = Grading(
        Limits(wall=min(max(seconds, 0.1), left)), total_seconds=min(seconds * len(tests), MAX_SECONDS, left)
    )
    with within(until):
        if isinstance(tests[0], str):
            found = _grade_asserts(sandbox, program, list(tests), how)
        else:
            cases = [StdioTest(str(test["input"]), str(test["output"])) for test in tests]
            found = grade(sandbox, program, "python", StdioSuite(cases), how)
    if any(found.outcomes) and time.monotonic() >= until:
        raise SandboxError(_OVER)
    # Tests may share a process, so each is given the mean; -1 is how open-instruct marks a failed one.
    mean = (time.monotonic() - started) / len(found.outcomes)
    return {
        "results": [int(not outcome) for outcome in found.outcomes],
        "runtimes": [-1.0 if outcome else mean for outcome in found.outcomes],
    }


def _grade_asserts(sandbox: Sandbox, program: str, tests: list[str], how: Grading) -> Grade:
    try:
        found = grade(sandbox, program, "python", read(tests), how)
    except ValueError as error:
        raise PayloadError(str(error), "tests") from None
    missing = len(tests) - len(found.outcomes)
    return Grade([*found.outcomes, *["not run"] * missing])


def _within(limits: Limits, until: float, *, compiles: bool) -> Limits:
    """Return limits that end by a monotonic time; at most half of the time left is for a compiler."""
    left = max(until - time.monotonic(), LEAST_SECONDS)
    if not compiles:
        return replace(limits, wall=min(limits.wall, left))
    compile_wall = min(limits.compile_wall or left, left / 2)
    return replace(limits, wall=min(limits.wall, left - compile_wall), compile_wall=compile_wall)


def _reply(
    status: str,
    message: str,
    compiled: dict[str, Any] | None,
    ran: dict[str, Any] | None,
    files: dict[str, str],
) -> dict[str, Any]:
    return {
        "status": status,
        "message": message,
        "compile_result": compiled,
        "run_result": ran,
        "executor_pod_name": None,
        "files": files,
    }


def _part(result: ExecResult) -> dict[str, Any]:
    return {
        "status": "TimeLimitExceeded" if result.ended is Ended.TIMEOUT else "Finished",
        "execution_time": result.wall,
        "ended": result.ended.value,
        "return_code": None if result.ended is Ended.TIMEOUT else result.exit_code,
        "stdout": result.stdout.decode("utf-8", "replace"),
        "stderr": result.stderr.decode("utf-8", "replace"),
    }


def _text(request: Mapping[str, Any], key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str):
        raise PayloadError(f"{key} must be a string", key)
    return value


def _language(request: Mapping[str, Any]) -> str:
    """Return the language of a request. A missing compiler is not its mistake, and is found later."""
    try:
        return canonical(_text({"language": "python", **request}, "language"))
    except UnknownLanguageError as error:
        raise PayloadError(str(error), "language") from None


def _names(request: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = request.get(key) or ()
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise PayloadError(f"{key} must be a list of strings", key)
    if len(names) > MAX_NAMES or sum(map(len, names)) > MAX_NAME_CHARACTERS:
        raise PayloadError(f"{key} must be at most {MAX_NAMES} names", key)
    return tuple(names)


def _number(request: Mapping[str, Any], key: str, default: float, most: float) -> float:
    value = request.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise PayloadError(f"{key} must be a number", key)
    if value <= 0 and value != default:
        raise PayloadError(f"{key} must be above 0, not {value!r:.40}", key)
    return min(max(float(value), LEAST_SECONDS), most)


def _tests(request: Mapping[str, Any]) -> Sequence[Any]:
    tests = request.get("tests")
    if isinstance(tests, str):
        # As in its data sets; those that were pickled before they were compressed are never read.
        try:
            tests = json.loads(tests or "[]")
        except ValueError:
            raise PayloadError("tests must be a list, or one as JSON in a text", "tests") from None
    tests = [] if tests is None else tests
    if not isinstance(tests, list) or len(tests) > MAX_TESTS:
        raise PayloadError(f"tests must be a list of at most {MAX_TESTS}", "tests")
    return tests


def _files(request: Mapping[str, Any]) -> dict[str, bytes]:
    files = request.get("files") or {}
    if not isinstance(files, Mapping):
        raise PayloadError("files must be an object", "files")
    for name in files:
        _check_name(str(name))
    _check_directories(files)
    if len(files) > MAX_FILES:
        raise PayloadError(f"files must be at most {MAX_FILES}, not {len(files)}", "files")
    return {str(name): _content(content) for name, content in files.items() if content is not None}


def _check_directories(names: Iterable[object]) -> None:
    """Raise PayloadError if one file would have to be a directory for another."""
    paths = {PurePosixPath(str(name)) for name in names}
    for path in paths:
        if clash := paths & set(path.parents):
            raise PayloadError(f"a file can't also be a directory: {min(clash)!s:.100}", "files")


def _check_name(name: str) -> None:
    """Raise PayloadError unless a file of this name can be made in the program's directory."""
    why = ""
    parts = name.split("/")
    if not name or "\0" in name:
        why = "have a name without a null character"
    elif name.startswith("/") or ".." in parts:
        why = "lie in the program's own directory"
    elif parts[-1] in ("", "."):
        why = "have the name of a file, not of a directory"
    elif any("\ud800" <= character <= "\udfff" for character in name):
        why = "have a name of whole characters"
    elif len(name) > MAX_PATH or max(len(part.encode()) for part in parts) > MAX_PART:
        why = f"have a path of at most {MAX_PATH} characters, with names of at most {MAX_PART} bytes"
    if why:
        raise PayloadError(f"a file must {why}, not {name!r:.100}", "files")


def _content(encoded: object) -> bytes:
    try:
        content = base64.b64decode(encoded, validate=True)  # type: ignore[arg-type]
    except (binascii.Error, TypeError, ValueError):
        content = None
    # Python's decoder accepts bits beyond the last byte, which say nothing.
    if content is None or base64.b64encode(content).decode() != encoded:
        raise PayloadError("files must be in base64", "files")
    return content
