"""A remote sandbox: any service with SandboxFusion's `/run_code`, to use more than one machine.

The service runs programs with input, and outputs are compared here as usual. To call functions, a few lines
are appended to the program that print the results as data. If the program changes that output, it only
changes the values to compare. Tests as code need a second process next to the program, which the service does
not offer. They are refused, and the rollout is unscored.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError, SandboxError
from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.replies import decode, excerpt
from rule_rm.http.retry import GaveUpError, PassingError, RetryPolicy, retry_after
from rule_rm.http.transport import ExchangeError
from rule_rm.sandbox.inside import values
from rule_rm.sandbox.inside.program import PRELUDE
from rule_rm.sandbox.running.execution import (
    Call,
    Ended,
    ExecResult,
    Limits,
    Program,
    Returned,
    Session,
    Trial,
    Verdict,
)
from rule_rm.sandbox.running.languages import HAS_NO, UnknownLanguageError, canonical

_SERVICE_LANGUAGES = {"javascript": "nodejs"}
_COMPILE_WALL = 30.0
_GRACE = 10.0
_RETRIES = RetryPolicy(attempts=3, first_pause=0.5, longest_pause=5.0)
"""For a service that is overloaded or not reached: the program did not run there."""
_OVERLOADED = frozenset({429, 503, 504})
_MARK = "rule_rm_results:"
_CALLING = """
import builtins as _builtins, json as _json, sys as _sys, types as _types
def _run():
    own = {{"__name__": "values"}}
    exec({values!r}, own)
    encode, decode = own["encode"], own["decode"]
    known = {{}}
    exec({prelude!r}, known)
    known.update(vars(_builtins))
    module = _types.ModuleType("solution")
    module.__dict__["__builtins__"] = known if {has_prelude} else _builtins
    _sys.modules["solution"] = module
    results = []
    exec(compile({code!r}, "program.py", "exec", dont_inherit=True), module.__dict__)
    for name, arguments, keywords in _json.loads({calls!r}):
        try:
            solution = module.__dict__.get("Solution")
            if isinstance(solution, type) and hasattr(solution, name):
                function = getattr(solution(), name)
            else:
                function = module.__dict__[name]
            given = {{key: decode(value) for key, value in keywords.items()}}
            results.append(["value", encode(function(*map(decode, arguments), **given))])
        except BaseException as error:
            results.append(["error", type(error).__name__])
    _sys.__stdout__.write("\\n" + {mark!r} + _json.dumps(results) + "\\n")
    _sys.__stdout__.flush()
_run()
"""


class RemoteSandbox:
    """A client of the `/run_code` of a service."""

    def __init__(self, url: str) -> None:
        """Use the service at `url`. Raises ConfigurationError if it is not a usable URL."""
        try:
            self._endpoints = Endpoints([url.rstrip("/").removesuffix("/run_code") + "/run_code"])
        except ValueError as error:
            raise ConfigurationError(f"the remote sandbox: {error}") from None

    @contextmanager
    def session(self, program: Program, limits: Limits | None = None) -> Iterator[Session]:
        """See `execution.Sandbox`; each run is a request of its own."""
        yield RemoteSession(self._endpoints, program)


class RemoteSession:
    """A program that is sent along with each run."""

    def __init__(self, endpoints: Endpoints, program: Program) -> None:
        self._endpoints = endpoints
        self._program = program

    def run(
        self,
        stdin: bytes,
        limits: Limits,
        arguments: Sequence[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> ExecResult:
        """See `execution.Session`; there are no command-line arguments there."""
        if arguments:
            raise SandboxError("a remote sandbox passes no arguments")
        return self._run(self._program.code, stdin, limits, files or {})

    def call(
        self, calls: Sequence[Call], limits: Limits, *, total: float | None = None, prelude: bool = False
    ) -> list[Returned]:
        """See `execution.Session`; a call that does not return costs those with it."""
        if canonical(self._program.language) != "python":
            raise SandboxError("functions can be called in Python programs alone")
        together = replace(limits, wall=min(total or limits.wall, len(calls) * limits.wall))
        result = self._run(_with_calls(self._program.code, calls, prelude), b"", together, {})
        return _returned(result, len(calls))

    def judge(self, trial: Trial, limits: Limits, *, total: float | None = None) -> Verdict:
        """Refuse tests as code: a remote sandbox has no process for their judge."""
        raise SandboxError("a remote sandbox can't run tests as code")

    def _run(self, code: str, stdin: bytes, limits: Limits, more: Mapping[str, bytes]) -> ExecResult:
        language = canonical(self._program.language)
        files = {**self._program.files, **more}
        answer = self._ask(
            {
                "code": code,
                "stdin": stdin.decode("utf-8", "replace"),
                "language": _SERVICE_LANGUAGES.get(language, language),
                "run_timeout": limits.wall,
                "compile_timeout": limits.compile_wall or _COMPILE_WALL,
                "memory_limit_MB": limits.memory_mb,
                "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
                "fetch_files": list(self._program.fetch),
            },
            limits.wall + (limits.compile_wall or _COMPILE_WALL) + _GRACE,
        )
        return _result(answer, limits)

    def _ask(self, request: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Return the service's reply. Raises SandboxError if it is not one of a sandbox that works."""
        body = json.dumps(request).encode()
        until = time.monotonic() + _RETRIES.attempts * seconds
        try:
            return _RETRIES.insist(
                self._endpoints,
                lambda endpoint: _attempt(endpoint, body, time.monotonic() + seconds),
                until,
                wait=threading.Event().wait,
            )
        except GaveUpError as error:
            raise SandboxError(f"the remote sandbox failed: {error}") from None


def _attempt(endpoint: Endpoint, body: bytes, until: float) -> Mapping[str, Any]:
    try:
        status, headers, data = endpoint.post(body, until)
    except ExchangeError as error:
        failure = SandboxError(f"the remote sandbox failed: {error}")
        if error.kind == "unreachable":
            raise PassingError(failure) from error
        raise failure from None
    if status != 200:
        failure = SandboxError(f"the remote sandbox failed: {endpoint} answered {status}")
        if status in _OVERLOADED:
            raise PassingError(failure, retry_after(headers) or 0.0)
        raise failure
    found = decode(data)
    if isinstance(found, dict) and HAS_NO in str(found.get("message")):
        # The response may have chosen this language.
        raise UnknownLanguageError(str(found["message"])[:200])
    if not isinstance(found, dict) or found.get("status") == "SandboxError":
        raise SandboxError(f"the remote sandbox failed: {excerpt(data, 200)}")
    return found


def _result(answer: Mapping[str, Any], limits: Limits) -> ExecResult:
    compiled = _part(answer.get("compile_result"), limits)
    ran = _part(answer.get("run_result"), limits)
    if compiled is not None and not compiled.succeeded:
        return replace(compiled, ended=Ended.NOT_COMPILED, compiled=compiled)
    if ran is None:
        raise SandboxError(f"the remote sandbox says nothing of the run: {str(answer)[:200]}")
    return replace(ran, compiled=compiled, files=_files(answer.get("files")))


def _part(part: Any, limits: Limits) -> ExecResult | None:
    """Return the result of the compiler or of the program; None if it was not run."""
    if not part:
        return None
    if not isinstance(part, Mapping) or part.get("status") == "Error":
        raise SandboxError(f"the remote sandbox failed: {str(part)[:200]}")
    stdout = str(part.get("stdout") or "").encode("utf-8", "surrogatepass")
    ended = Ended.OUTPUT_LIMIT if len(stdout) > limits.output_bytes else Ended.EXITED
    code = part.get("return_code")
    return ExecResult(
        ended=Ended.TIMEOUT if part.get("status") == "TimeLimitExceeded" else ended,
        exit_code=1 if code is None else int(code),
        stdout=stdout[: limits.output_bytes],
        stderr=str(part.get("stderr") or "").encode("utf-8", "surrogatepass"),
        wall=float(part.get("execution_time") or 0.0),
        cpu=0.0,
        memory_mb=0.0,
    )


def _files(given: Any) -> dict[str, bytes]:
    try:
        return {str(name): base64.b64decode(content) for name, content in dict(given or {}).items()}
    except (TypeError, ValueError) as error:
        raise SandboxError(f"the remote sandbox's files can't be read: {error}") from None


def _with_calls(code: str, calls: Sequence[Call], prelude: bool) -> str:
    encoded = [
        [
            call.name,
            [values.encode(one) for one in call.arguments],
            {key: values.encode(one) for key, one in call.keywords.items()},
        ]
        for call in calls
    ]
    # The same text that makes data of values here makes it there.
    source = Path(values.__file__).read_text(encoding="utf-8")
    return _CALLING.format(
        values=source,
        prelude=PRELUDE,
        has_prelude=prelude,
        code=code,
        calls=json.dumps(encoded),
        mark=_MARK,
    )


def _returned(result: ExecResult, expected: int) -> list[Returned]:
    lines = result.stdout.decode("utf-8", "replace").splitlines()
    found = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
    try:
        outcomes = json.loads(found[-1])
        returned = [
            Returned(value=values.decode(content)) if kind == "value" else Returned(error=str(content)[:400])
            for kind, content in outcomes
        ]
    except Exception:  # noqa: BLE001 - the one boundary of what a program's process wrote
        return [Returned(error=f"no results: {result.ended.value}")] * expected
    return (returned + [Returned(error="no result")] * expected)[:expected]
