"""Shared fixtures: a rollout, the application with its test client, and one real server for the run."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from rule_rm import Rollout, Settings
from rule_rm.engine import Engine
from rule_rm.web import create_app, start_server

from .order import ordered

# How long an example takes says more about the machine than about the code. The gate draws the same examples
# every time; `make fuzz` draws random ones, and each failure it finds becomes a case.
UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("gate", derandomize=True, **UNTIMED)
hypothesis.settings.register_profile("fuzz", max_examples=2_000, **UNTIMED)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

ROOT = Path(__file__).resolve().parents[1]
RIGHT = r"<think>2 and 2</think><answer>\boxed{4}</answer>"
WRONG = r"<think>2 and 2</think><answer>\boxed{5}</answer>"


MARKS = {
    "tests/cli": pytest.mark.e2e,
    "tests/e2e": pytest.mark.e2e,
    "tests/judge/peers": pytest.mark.peers,
    "tests/trainers": pytest.mark.peers,
}
"""The mark of every test of a folder; `setup.cfg` explains the marks."""


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


def pytest_collection_modifyitems(items) -> None:
    # Plain strings: there are many thousands of items.
    folders = {f"{ROOT / folder}{os.sep}": mark for folder, mark in MARKS.items()}
    for item in items:
        path = str(item.path)
        for folder, mark in folders.items():
            if path.startswith(folder):
                item.add_marker(mark)
    if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = ordered(items, processes)


@pytest.fixture
def make_rollout():
    """Return a rollout that earns the full reward, with the fields that the test replaces."""

    def make(**given) -> Rollout:
        return Rollout(**{"prompt": "2+2?", "response": RIGHT, "ground_truth": "4", **given})

    return make


@pytest.fixture
def dead():
    """The URL of a port where nobody listens, and which no other process gets while the test runs.

    A server that reuses addresses, as all of ours do, can still be started there.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture(scope="session")
def engine():
    with Engine(Settings(workers=1)) as engine:
        yield engine


@pytest.fixture
def app(engine):
    return create_app(Settings(workers=1), engine)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Yield a real server of `math_verifier` with the example dataset, in a separate process."""
    with start_server(
        port=0,
        workers=2,
        reward_type="math_verifier",
        dataset=ROOT / "datasets" / "math_examples.json",
        output_dir=tmp_path_factory.mktemp("server"),
    ) as server:
        yield server
