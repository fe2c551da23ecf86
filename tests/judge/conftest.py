"""Fixtures for tests of the judge's client: servers and clients that end with the test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from rule_rm.judge import ClientOptions, JudgeClient, Question, Reply

from ..fakes.fault_proxy import FaultProxy, Schedule
from ..fakes.scripted_judge import ScriptedJudge
from ..waiting import PATIENCE

Serve = Callable[..., ScriptedJudge]
Connect = Callable[..., JudgeClient]
Ask = Callable[..., Reply]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(stack: ExitStack) -> Serve:
    """Yield a function that starts a scripted judge."""
    return lambda *given, **options: stack.enter_context(ScriptedJudge(*given, **options))


@pytest.fixture
def harm(stack: ExitStack) -> Callable[[ScriptedJudge, Schedule], FaultProxy]:
    """Put a fault proxy in front of a judge."""
    return lambda judge, schedule: stack.enter_context(FaultProxy(judge.url, schedule))


@pytest.fixture
def connect(stack: ExitStack) -> Connect:
    """Open a client of some servers (or URLs) with these options."""

    def connect(*servers: Any, **options: Any) -> JudgeClient:
        urls = tuple(server if isinstance(server, str) else server.url for server in servers)
        given = {"urls": urls, "model": "judge", "timeout": PATIENCE, **options}
        return stack.enter_context(closing(JudgeClient(ClientOptions(**given))))

    return connect


def question(text: str = "Is 4 right?", **fields: Any) -> Question:
    return Question(messages=({"role": "user", "content": text},), **fields)


def ask(client: JudgeClient, text: str = "Is 4 right?", seconds: float = PATIENCE, **fields: Any) -> Reply:
    return client.ask(question(text, **fields), time.monotonic() + seconds)
