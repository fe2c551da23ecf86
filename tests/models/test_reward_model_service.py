"""The service with a real model: over HTTP, as OpenRLHF asks, and awake while the model computes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch is not installed: make test-judge has it")
pytest.importorskip("transformers", reason="transformers is not installed: make test-judge has it")

from rule_rm.models.options import ModelOptions
from rule_rm.models.scorer import Scorer

from ..waiting import PATIENCE, until
from . import tiny_models

TEXTS = [f"<|im_start|>user\n{n}+{n}?<|im_end|>\n<|im_start|>assistant\n{2 * n}<|im_end|>" for n in range(40)]


@pytest.fixture(scope="module")
def decoder(tmp_path_factory):
    """Large enough that its passes take a while."""
    return tiny_models.save_decoder(
        tmp_path_factory.mktemp("models") / "decoder", hidden_size=256, intermediate_size=1024
    )


@contextmanager
def serving(*options: str) -> Iterator[int]:
    """`rule-rm serve-rm` with these options; its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "rule_rm.cli", "serve-rm", "--port", "0", *options],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as server:
        try:
            lines = []
            for line in server.stderr:
                lines.append(line)
                if "Running on http://127.0.0.1:" in line:
                    break
            else:
                pytest.fail("".join(lines))
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield int(line.rpartition(":")[2])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(PATIENCE)
    assert server.returncode == 0


@pytest.fixture(scope="module")
def port(decoder):
    with serving("--reward_pretrain", str(decoder), "--max_len", "1024") as port:
        yield port


def fetched(port: int, path: str, body=None):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        headers = {"Content-Type": "application/json"}
        connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
        reply = connection.getresponse()
        content = json.loads(reply.read())
        assert reply.status == 200, content
        return content


def test_openrlhf_gets_the_scores_of_its_queries(port, decoder):
    reply = fetched(port, "/get_reward", {"query": TEXTS, "prompts": TEXTS, "labels": [""] * len(TEXTS)})
    alone = Scorer(ModelOptions(reward_pretrain=str(decoder), max_len=1024))
    expected = [
        alone.score([alone.encode({"text": text, "messages": [], "response": ""}).tokens])[0]
        for text in TEXTS
    ]
    assert reply["rewards"] == pytest.approx(expected, abs=1e-5)
    # OpenRLHF filters by scores from 0 to 1.
    assert reply["scores"] == [min(max(reward, 0.0), 1.0) for reward in reply["rewards"]]
    assert reply["extra_logs"]["unscored"] == [0.0] * len(TEXTS)


def test_prompt_and_response_are_scored_as_the_model_s_template_joins_them(port):
    reply = fetched(port, "/get_reward", {"prompts": ["1+1?"], "responses": ["2"]})
    joined = "<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n"
    whole = fetched(port, "/get_reward", {"query": [joined]})
    assert reply["rewards"] == pytest.approx(whole["rewards"], abs=1e-5)


def test_health_is_answered_while_the_model_computes(port):
    long = ["x" * 1000 for _ in range(16)]
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(fetched, port, "/get_reward", {"query": long})
        answered = []
        while not asked.done():
            start = time.monotonic()
            model = fetched(port, "/health")["engine"]["residents"]["reward_model"]
            answered.append((time.monotonic() - start, model["waiting"]))
        assert len(asked.result()["rewards"]) == 16
    # A pass takes longer than all of these; the least says what one waits when the machine is not busy.
    while_busy = [seconds for seconds, waiting in answered if waiting]
    assert len(while_busy) >= 3
    assert min(while_busy) < 0.2


def test_a_model_that_dies_is_back_and_no_reward_is_lost(port):
    expected = fetched(port, "/get_reward", {"query": TEXTS})["rewards"]
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(fetched, port, "/get_reward", {"query": TEXTS}) for _ in range(4)]
        before = fetched(port, "/health")["engine"]["residents"]["reward_model"]
        os.kill(before["pid"], signal.SIGKILL)
        replies = [one.result() for one in asked]
    assert all(reply["rewards"] == pytest.approx(expected, abs=1e-5) for reply in replies)
    until(
        lambda: (
            fetched(port, "/health")["engine"]["residents"]["reward_model"]["restarts"] > before["restarts"]
        )
    )
    assert fetched(port, "/get_reward", {"query": TEXTS})["rewards"] == pytest.approx(expected, abs=1e-5)


def test_what_can_not_be_loaded_ends_the_server_with_one_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "rule_rm.cli", "serve-rm", "--reward_pretrain", str(tmp_path), "--port", "0"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert f"rule-rm: reward_pretrain {tmp_path} can't be read" in done.stderr


def test_the_benchmark_counts_every_contestant():
    options = ["--samples", "4", "--layers", "1", "--width", "64"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reward_model", *options],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    # Four texts are too few to measure the targets: 1, for missed targets, is as good as 0 here.
    assert done.returncode in (0, 1), done.stderr
    assert "dearest service: " in done.stdout
    assert len([line for line in done.stdout.splitlines() if line.startswith("served, ")]) == 5
