"""The sandbox for trainers that grade for themselves: SandboxFusion's form, and open-instruct's.

It is only served with `--serve-sandbox`: everybody who reaches the port can then run programs.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from rule_rm import sandbox
from rule_rm.sandbox import wire
from rule_rm.web.bodies import read_object


def blueprint(address: str) -> Blueprint:
    """`POST /run_code`, `/test_program` and `/test_program_stdio`, in the sandbox at this address."""
    programs = Blueprint("programs", __name__)

    @programs.post("/run_code")
    def run_code() -> dict[str, Any]:
        return wire.run_code(read_object(request), sandbox.at(address))

    @programs.post("/test_program")
    def test_program() -> dict[str, Any]:
        return wire.test_program(read_object(request), sandbox.at(address))

    @programs.post("/test_program_stdio")
    def test_program_stdio() -> dict[str, Any]:
        return wire.test_program_stdio(read_object(request), sandbox.at(address))

    return programs
