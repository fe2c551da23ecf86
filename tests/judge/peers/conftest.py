"""Real servers with the tiny judge, one of each for a run; skipped where the packages are not installed."""

from __future__ import annotations

import pytest

from rule_rm.judge.client.judge_client import ClientOptions, JudgeClient

from .make_tiny_judge import to_hugging_face
from .servers import llama_cpp, transformers_serve

WHERE = "is not installed; make test-judge"


@pytest.fixture(scope="session")
def llama_url():
    """llama.cpp's server, with logprobs."""
    pytest.importorskip(
        "llama_cpp.server.app", reason=f"llama-cpp-python[server] {WHERE}", exc_type=ImportError
    )
    with llama_cpp("--logits_all", "true") as url:
        yield url


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """Return the tiny judge as a directory that transformers loads."""
    pytest.importorskip("torch", reason=f"torch {WHERE}")
    pytest.importorskip("transformers", reason=f"transformers {WHERE}")
    pytest.importorskip("gguf", reason=f"gguf {WHERE}")
    directory = tmp_path_factory.mktemp("tiny_judge")
    to_hugging_face(directory)
    return directory


@pytest.fixture(scope="session")
def serve_url(tiny_model):
    """Yield the URL of `transformers serve`."""
    pytest.importorskip("fastapi", reason=f"transformers[serving] {WHERE}")
    with transformers_serve(tiny_model) as url:
        yield url


@pytest.fixture
def client_of():
    """Yield a client of a judge at a URL, with a short patience; closed at the end."""
    clients = []

    def make(url: str, **given) -> JudgeClient:
        clients.append(
            JudgeClient(ClientOptions(**{"urls": (url,), "model": "tiny", "cache_mb": 0, **given}))
        )
        return clients[-1]

    yield make
    for client in clients:
        client.close()
