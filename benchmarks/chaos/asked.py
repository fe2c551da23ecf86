"""The judge and the reward model that the service asks, on 127.0.0.1, in moods that the chaos chooses."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG_SECONDS = 30.0
DROP_PAUSE = 0.2
"""Seconds between two bytes of a reply that drips."""
LARGE = 8 << 20
"""Bytes that a flooding reply has."""
MOODS = ("fine", "hang", "error", "nonsense", "close", "cut", "drip", "flood", "limit", "babble", "redirect")
# The first run of digits in a text: `score 12` gives 12.
_NUMBER = re.compile(r"\d+")

Answer = Callable[[bytes], object]
"""Returns the reply to the body of a request."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    mood = "fine"
    is_over = threading.Event()
    answer: Answer
    babble: object


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._say({"object": "list", "data": [{"id": "judge", "object": "model"}]})

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mood = self.server.mood
        if mood == "hang":
            self.server.is_over.wait(HANG_SECONDS)
        if mood in ("hang", "close"):
            self.close_connection = True
        elif mood == "error":
            self._say({}, status=500)
        elif mood == "nonsense":
            self._say({})
        elif mood == "babble":
            self._say(self.server.babble)
        elif mood == "limit":
            self._say({"error": {"message": "too many requests"}}, 429, {"Retry-After": "100000"})
        elif mood == "redirect":
            self._say({}, 307, {"Location": self.path})
        else:
            self._send(self.server.answer(question), mood)

    def _say(self, reply: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(reply).encode()
        self._begin(status, len(body), headers or {})
        self.wfile.write(body)

    def _begin(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": length, **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()

    def _send(self, reply: object, mood: str) -> None:
        """Send the right reply: whole, cut off, a byte at a time, or with much before it."""
        body = b" " * (LARGE if mood == "flood" else 0) + json.dumps(reply).encode()
        self._begin(200, len(body), {})
        if mood == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif mood == "drip":
            for place in range(len(body)):
                self.wfile.write(body[place : place + 1])
                time.sleep(0 if self.server.is_over.is_set() or self.server.mood == "fine" else DROP_PAUSE)
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Asked:
    """A server that the service asks, until `close`."""

    def __init__(self, answer: Answer, babble: object) -> None:
        """Give the replies of `answer`; `babble` is a reply in the right form that says nothing."""
        self._server = _Server(("127.0.0.1", 0), _Exchange)
        self._server.answer, self._server.babble = answer, babble
        # Clients may leave in the middle of a reply; the traceback would only be noise.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._server.serve_forever, name="asked", daemon=True).start()

    def feel(self, mood: str) -> None:
        """Answer in this mood from now on."""
        self._server.mood = mood

    def close(self) -> None:
        """End the server."""
        self._server.is_over.set()
        self._server.shutdown()
        self._server.server_close()


class Judge(Asked):
    """A judge with an OpenAI-compatible interface."""

    def __init__(self, decides: Callable[[bytes], bool] = lambda question: True) -> None:
        """Answer that a response is right if `decides` says so of the question."""

        def answer(question: bytes) -> object:
            return _completion(f"VERDICT: {'CORRECT' if decides(question) else 'INCORRECT'}")

        super().__init__(answer, _completion("As a language model I would rather not say."))


class Model(Asked):
    """A reward model behind vLLM's `/score`: a response is worth its first number."""

    def __init__(self) -> None:
        super().__init__(_scores, {"data": [{"index": 0, "score": None}]})


def _completion(content: str) -> object:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return {"id": "1", "object": "chat.completion", "model": "judge", "choices": [choice]}


def _scores(body: bytes) -> object:
    texts = json.loads(body)["text_2"]
    return {"data": [{"index": at, "score": _worth(text)} for at, text in enumerate(texts)]}


def _worth(text: str) -> float:
    number = _NUMBER.search(text)
    return float(number[0]) if number is not None else float(len(text))
