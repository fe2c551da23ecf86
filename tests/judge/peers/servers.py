"""Real OpenAI-compatible servers as processes of their own, on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TINY_JUDGE = Path(__file__).with_name("tiny_judge.gguf")
READY = 300.0
"""Seconds that a server may take to listen: importing torch can take long on a busy machine."""
_LISTENS = re.compile(r"Uvicorn running on (http://[\d.]+:\d+)")
"""Uvicorn's line once it listens: `Uvicorn running on http://127.0.0.1:8000`; the group is the URL."""


@contextmanager
def llama_cpp(*options: str) -> Iterator[str]:
    """llama.cpp's server with the tiny judge; its URL."""
    judge = ("--model", str(TINY_JUDGE), "--n_threads", "1", "--n_ctx", "512", "--verbose", "false")
    with _listening([sys.executable, "-m", "llama_cpp.server", *judge, *options]) as url:
        yield url


@contextmanager
def transformers_serve(model: Path, *options: str) -> Iterator[str]:
    """Yield the URL of `transformers serve` with the model of a directory."""
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(model)]
    with _listening([*command, "--device", "cpu", "--log-level", "info", *options]) as url:
        yield url


@contextmanager
def _listening(command: Sequence[str]) -> Iterator[str]:
    """Yield the URL of a server of this command, once it listens; end it afterwards."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    last_lines: deque[str] = deque(maxlen=20)
    urls: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, last_lines, urls), daemon=True)
    reader.start()
    try:
        url = urls.get(timeout=READY)
        if url is None:
            raise RuntimeError(f"{command[0]} ended before it listened:\n{''.join(last_lines)}")
        yield url
    finally:
        process.kill()
        process.wait()
        reader.join()


def _read(process: subprocess.Popen[str], last_lines: deque[str], urls: queue.Queue[str | None]) -> None:
    """Read all that a server says, so that its pipe never fills; hand over where it listens."""
    assert process.stdout
    with process.stdout as lines:
        for line in lines:
            last_lines.append(line)
            if match := _LISTENS.search(line):
                urls.put(match[1])
    urls.put(None)
