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
from typing import Any

from rule_rm.errors import ConfigurationError, SandboxError
from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.replies import decode, excerpt
from rule_rm.http.retry import GaveUpError, PassingError, RetryPolicy, retry_after
from rule_rm.http.transport import ExchangeError
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
from rule_rm.sandbox.running.judged import NOT_RUN, TIMEOUT
from rule_rm.sandbox.running.languages import HAS_NO, UnknownLanguageError, canonical
from rule_rm.sandbox.running.python_session import HOPELESS
from rule_rm.sandbox.running.remote_calls import returned, with_calls
from rule_rm.sandbox.running.waiting import check_caller

_SERVICE_LANGUAGES = {"javascript": "nodejs"}
_COMPILE_WALL = 30.0
_GRACE = 10.0
_RETRIES = RetryPolicy(attempts=3, first_pause=0.5, longest_pause=5.0)
"""For a service that is overloaded or not reached: the program did not run there."""
_OVERLOADED = frozenset({429, 503, 504})


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
        """See `execution.Session`; a call that ends the program costs the rest nothing."""
        if canonical(self._program.language) != "python":
            raise SandboxError("functions can be called in Python programs alone")
        found: list[Returned] = []
        left = total or 2 * limits.wall
        hung = 0
        while len(found) < len(calls) and left > 0 and hung < HOPELESS:
            rest = calls[len(found) :]
            together = replace(limits, wall=min(left, len(rest) * limits.wall))
            program = with_calls(self._program.code, rest, prelude, limits.wall)
            result = self._run(program, b"", together, {})
            some = returned(result, len(rest))
            found += some
            left -= max(result.wall, 0.001)
            hung = hung + 1 if len(some) == 1 and some[0].error == TIMEOUT else 0
        return found + [Returned(error=NOT_RUN)] * (len(calls) - len(found))

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
                # Of this server's own service; others have limits of their own.
                "output_limit_bytes": limits.output_bytes,
                "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
                "fetch_files": list(self._program.fetch),
            },
            limits.wall + (limits.compile_wall or _COMPILE_WALL) + _GRACE,
        )
        return _result(answer, limits)

    def _ask(self, request: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Return the service's reply. Raises SandboxError if it is not one of a sandbox that works."""
        check_caller()
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
    code = part.get("return_code")
    return ExecResult(
        ended=_ended(part, len(stdout) > limits.output_bytes),
        exit_code=1 if code is None else int(code),
        stdout=stdout[: limits.output_bytes],
        stderr=str(part.get("stderr") or "").encode("utf-8", "surrogatepass"),
        wall=float(part.get("execution_time") or 0.0),
        cpu=0.0,
        memory_mb=0.0,
    )


def _ended(part: Mapping[str, Any], has_too_much: bool) -> Ended:
    if part.get("status") == "TimeLimitExceeded":
        return Ended.TIMEOUT
    # This server's own service says which limit ended a run.
    known = {
        one.value: one for one in (Ended.MEMORY_LIMIT, Ended.FILE_LIMIT, Ended.OUTPUT_LIMIT, Ended.CRASHED)
    }
    return known.get(str(part.get("ended")), Ended.OUTPUT_LIMIT if has_too_much else Ended.EXITED)


def _files(given: Any) -> dict[str, bytes]:
    try:
        return {str(name): base64.b64decode(content) for name, content in dict(given or {}).items()}
    except (TypeError, ValueError) as error:
        raise SandboxError(f"the remote sandbox's files can't be read: {error}") from None
