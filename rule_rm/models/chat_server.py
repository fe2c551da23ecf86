"""A small generative model as a process: OpenAI's interface on 127.0.0.1, for the server that started it.

It speaks the protocol of every judge, so the judge's client gives it deadlines, votes and cache. Waiting
requests are continued together. The process prints one line of JSON with its address, or with the reason for
its failure. It ends when its standard input closes, which happens however the server ends.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rule_rm.errors import ConfigurationError, InternalError
from rule_rm.models.chat_process import KEY_VARIABLE
from rule_rm.models.generation import Continuation, Generator, Prompt

logger = logging.getLogger(__name__)

MAX_BODY = 16 << 20
MAX_TOKENS = 32_768
"""Tokens of a reply."""
MAX_ALTERNATIVES = 20
BATCH_TOKENS = 32_768
"""Tokens of all rows of a batch, padding and replies included; a single row may have more."""
BACKLOG = 1024

Job = tuple[Prompt, "Future[Continuation]"]


class _RefusedError(InternalError):
    """A request that can't be answered as it is."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Batcher:
    """A queue that hands the prompts of many threads to the model in batches."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._waiting: queue.Queue[Job] = queue.Queue()
        threading.Thread(target=self._work, name="model", daemon=True).start()

    def write(self, prompt: Prompt) -> Continuation:
        """Wait for the continuation."""
        outcome: Future[Continuation] = Future()
        self._waiting.put((prompt, outcome))
        return outcome.result()

    def _work(self) -> None:
        left: Job | None = None
        while True:
            batch = [left or self._waiting.get()]
            left = self._fill(batch)
            for prompt, outcome in batch:
                if not prompt.is_wanted():
                    outcome.set_result(Continuation())
            batch = [job for job in batch if not job[1].done()]
            if not batch:
                continue
            try:
                written = self._generator.write([prompt for prompt, _ in batch])
            except Exception as error:  # noqa: BLE001 - it is told to each that waits
                for _, outcome in batch:
                    outcome.set_exception(error)
                continue
            for (_, outcome), continuation in zip(batch, written, strict=True):
                outcome.set_result(continuation)

    def _fill(self, batch: list[Job]) -> Job | None:
        """Add the waiting requests that fit; return the first that does not."""
        longest = _length(batch[0])
        while True:
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                return None
            longest = max(longest, _length(job))
            if longest * (len(batch) + 1) > BATCH_TOKENS:
                return job
            batch.append(job)


def _length(job: Job) -> int:
    return len(job[0].tokens) + job[0].max_tokens


class ChatServer(ThreadingHTTPServer):
    """An HTTP server of chat completions for clients that have the key."""

    daemon_threads = True
    request_queue_size = BACKLOG

    def __init__(self, generator: Generator, name: str, key: str, port: int = 0) -> None:
        self.generator = generator
        self.batcher = Batcher(generator)
        self.name = name
        self.key = key
        super().__init__(("127.0.0.1", port), _Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break, which is how those end that nobody waits for."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            logger.exception("a connection to the model failed")


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: ChatServer

    def do_GET(self) -> None:
        self._answer(lambda: {"object": "list", "data": [{"id": self.server.name, "object": "model"}]})

    def do_POST(self) -> None:
        self._answer(self._complete)

    def _answer(self, make: Callable[[], dict[str, Any]]) -> None:
        try:
            if not hmac.compare_digest(
                self.headers.get("Authorization", "").encode(), f"Bearer {self.server.key}".encode()
            ):
                raise _RefusedError(401, "the key is wrong")
            status, content = 200, make()
        except _RefusedError as error:
            status, content = error.status, {"error": {"message": str(error)}}
            self.close_connection = True
        except Exception as error:  # noqa: BLE001 - the client is told, and the process lives on
            status, content = 500, {"error": {"message": f"{type(error).__name__}: {error}"}}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _complete(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length", "0"))
        if self.path != "/v1/chat/completions" or not 0 < length <= MAX_BODY:
            raise _RefusedError(404 if length else 400, "there is only /v1/chat/completions here")
        body = self.rfile.read(length)
        try:
            prompt = read_prompt(json.loads(body), self.server.generator, self._is_wanted)
        except _RefusedError:
            raise
        except Exception as error:
            raise _RefusedError(400, f"the request can't be read: {type(error).__name__}: {error}") from error
        return completion(self.server.batcher.write(prompt), prompt, self.server.generator)

    def _is_wanted(self) -> bool:
        """Return False if the client has hung up."""
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def log_message(self, *_: Any) -> None:
        """Log nothing: the client has a log."""


def read_prompt(body: Mapping[str, Any], generator: Generator, is_wanted: Callable[[], bool]) -> Prompt:
    """Return the prompt of a request for a completion.

    Raises any exception if the request is invalid: the caller answers with its text.
    """
    if body.get("response_format", {}).get("type", "text") != "text":
        raise _RefusedError(400, "response_format is not known here; ask for text")
    tokens = generator.encode(body["messages"])
    room = generator.context - len(tokens)
    if room <= 0:
        raise _RefusedError(
            400, f"the prompt has {len(tokens)} tokens, and the model's context is {generator.context}"
        )
    return Prompt(
        tokens=tokens,
        max_tokens=min(int(body.get("max_tokens") or MAX_TOKENS), MAX_TOKENS, room),
        temperature=float(body.get("temperature", 1.0)),
        seed=int(body.get("seed") or 0),
        top_logprobs=min(int(body.get("top_logprobs") or 0), MAX_ALTERNATIVES) if body.get("logprobs") else 0,
        is_wanted=is_wanted,
    )


def completion(written: Continuation, prompt: Prompt, generator: Generator) -> dict[str, Any]:
    """Return the reply in the form of the protocol."""
    choice: dict[str, Any] = {
        "index": 0,
        "message": {"role": "assistant", "content": generator.decode(written.tokens)},
        "finish_reason": "stop" if written.is_finished else "length",
    }
    if prompt.top_logprobs:
        choice["logprobs"] = {
            "content": [
                {
                    "token": generator.decode([token]),
                    "logprob": dict(alternatives)[token],
                    "top_logprobs": [
                        {"token": generator.decode([other]), "logprob": logprob}
                        for other, logprob in alternatives
                    ],
                }
                for token, alternatives in zip(written.tokens, written.logprobs, strict=True)
            ]
        }
    usage = {"prompt_tokens": len(prompt.tokens), "completion_tokens": len(written.tokens)}
    return {"object": "chat.completion", "choices": [choice], "usage": usage}


def main(model: str, port: int, device: str, bf16: bool) -> int:
    """Serve the model until standard input closes."""
    # The output of libraries must not mix with the one line that the server waits for.
    with os.fdopen(os.dup(1), "w") as starter:
        os.dup2(2, 1)
        try:
            generator = Generator(model, device=device, bf16=bf16)
            server = ChatServer(generator, model, os.environ.pop(KEY_VARIABLE), port)
        except Exception as error:  # noqa: BLE001 - whoever started it is told
            said = str(error) if isinstance(error, ConfigurationError) else f"{type(error).__name__}: {error}"
            starter.write(json.dumps({"failed": said}) + "\n")
            return 1
        threading.Thread(target=server.serve_forever, name="accept", daemon=True).start()
        starter.write(json.dumps({"port": server.server_port, "device": str(generator.device)}) + "\n")
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    sys.exit(main(given["model"], given["port"], given["device"], given["bf16"]))
