"""The sandbox for trainers that grade for themselves: SandboxFusion's form, and open-instruct's.

It is only served with `--serve-sandbox`: everybody who reaches the port can then run programs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from rule_rm import sandbox
from rule_rm.errors import OverloadedError
from rule_rm.sandbox import wire
from rule_rm.sandbox.running.execution import Sandbox
from rule_rm.sandbox.running.waiting import on_behalf_of
from rule_rm.web.api.described import described, object_of
from rule_rm.web.bodies import read_object
from rule_rm.web.front import ARRIVED, CALLER

logger = logging.getLogger(__name__)

_TESTED = object_of("program", "tests", program="string", tests=["array", "string", "null"])
_LOCAL = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this machine reaches."""


def warn_if_open(host: str, *, has_token: bool) -> None:
    """Log a warning where others than this machine's users may run programs here."""
    if not has_token and host not in _LOCAL:
        logger.warning(
            "the sandbox is served on %s without a token: whoever reaches the port can run programs on this "
            "machine; set a token, or listen on 127.0.0.1",
            host,
        )


def blueprint(address: str, patience: float) -> Blueprint:
    """Return `POST /run_code`, `/test_program` and `/test_program_stdio`, in the sandbox at this address.

    A request that has waited for `patience` seconds is refused, and a program that runs then is ended, as is
    one whose client has gone: nobody waits for any of them.
    """
    programs = Blueprint("programs", __name__)

    def until() -> float:
        return float(request.environ.get(ARRIVED, time.monotonic())) + patience

    def asked(run: Callable[[dict[str, Any], Sandbox, float], dict[str, Any]]) -> dict[str, Any]:
        with on_behalf_of(request.environ.get(CALLER)):
            return run(read_object(request), sandbox.at(address), until())

    @programs.before_request
    def refuse_late_ones() -> None:
        if time.monotonic() > until():
            raise OverloadedError("too many programs are waiting to be run", 1.0)

    @programs.post("/run_code")
    @described(
        body=object_of(
            "code", code="string", language="string", stdin=["string", "null"], run_timeout="number"
        ),
        reply=object_of("status", "message", status="string", message="string"),
    )
    def run_code() -> dict[str, Any]:
        """Run a program and return its output."""
        return asked(wire.run_code)

    @programs.post("/test_program")
    @described(body=_TESTED, reply=object_of("results"))
    def test_program() -> dict[str, Any]:
        """Run a program with tests that are asserts, and return which of them pass."""
        return asked(wire.test_program)

    @programs.post("/test_program_stdio")
    @described(body=_TESTED, reply=object_of("results"))
    def test_program_stdio() -> dict[str, Any]:
        """Run a program with tests that are inputs with their outputs, and return which of them pass."""
        return asked(wire.test_program_stdio)

    return programs
