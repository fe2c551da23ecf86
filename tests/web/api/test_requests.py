"""Requests made of /openapi.json get replies that it documents: no 5xx, no other status, no other form.

The gate draws the same examples every time; `make fuzz` and `make fuzz-api` draw many random ones.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase, given, settings

from rule_rm import Settings
from rule_rm.engine import Engine
from rule_rm.web import create_app

# `make fuzz` chooses by it.
pytestmark = pytest.mark.hypothesis
IS_RANDOM = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
EXAMPLES = int(os.environ.get("EXAMPLES", "300")) if IS_RANDOM else 10
IN_THE_GATE = 2
"""Examples of each kind for each operation, some 100 in all: 15 s of processor time with the start."""
MOST_RELOADS = 5
"""Examples of a request that starts an engine: seconds each."""
CHECKED = {
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
}
TOKEN = "secret-1"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def described():
    """Yield the operations in the document of a service with a token.

    The engine is its own: one of the operations reloads, which closes the engine that was used before.
    """
    schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")
    chosen = Settings(workers=1, token=TOKEN, rollout_timeout=1.0, request_timeout=5.0)
    engine = Engine(chosen)
    app = create_app(chosen, engine)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, headers=HEADERS)
    yield [operation.ok() for operation in schema.get_all_operations()]
    app.extensions["rule_rm"].close()
    engine.close()


def asked(operation, mode, examples: int) -> int:
    """Send examples to an operation, check the replies, and return how many there were."""
    from schemathesis.checks import CHECKS

    checks = [
        check for name, check in zip(CHECKS.get_all_names(), CHECKS.get_all(), strict=True) if name in CHECKED
    ]
    count = 0

    @settings(max_examples=examples, phases=[Phase.generate], derandomize=not IS_RANDOM, database=None)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case):
        nonlocal count
        count += 1
        reply = case.call(headers=HEADERS)
        # Azure's trainer takes 503 for a rollout that is not scored.
        assert reply.status_code < 500 or reply.status_code == 503, reply.text
        case.validate_response(reply, checks=checks)

    ask()
    return count


@pytest.mark.parametrize("kind", ["POSITIVE", "NEGATIVE"])
@pytest.mark.parametrize("examples", [IN_THE_GATE, pytest.param(EXAMPLES, marks=pytest.mark.slow)])
def test_every_operation_answers_as_it_is_documented(described, kind, examples):
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode

    counts = {}
    for operation in described:
        try:
            most = MOST_RELOADS if operation.label == "POST /reload" else examples
            counts[operation.label] = asked(operation, GenerationMode[kind], min(most, examples))
        except Unsatisfiable:
            # Nothing can be wrong in a request without parameters and body.
            counts[operation.label] = 0
    assert sum(map(bool, counts.values())) > 20, counts
