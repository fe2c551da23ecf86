"""Fixtures for tests of reward models: hosts of toy models and fake engines that end with the test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from rule_rm.models.host import Answer, ModelHost
from rule_rm.models.options import ModelOptions

from ..fakes.fake_engine import FakeEngine
from ..waiting import PATIENCE

collect_ignore = ["toy_process.py", "tiny_models.py"]
TOY = (str(Path(__file__).with_name("toy_process.py")),)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def host(stack: ExitStack) -> ModelHost:
    """Return a host whose model is the toy."""
    return stack.enter_context(closing(ModelHost(ModelOptions(reward_pretrain="toy"), TOY)))


@pytest.fixture
def engine(stack: ExitStack) -> Callable[..., FakeEngine]:
    """Start a fake engine."""
    return lambda *given, **options: stack.enter_context(FakeEngine(*given, **options))


def ask(host: ModelHost, text: str, patience: float = PATIENCE) -> Answer:
    return host.score({"text": text, "messages": [], "response": ""}, time.monotonic() + patience)
