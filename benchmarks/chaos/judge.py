"""A judge on 127.0.0.1 whose mood the chaos chooses."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOODS = ("fine", "hang", "error", "nonsense", "close")
HANG_SECONDS = 30.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    mood = "fine"
    decides: Callable[[bytes], bool]
    is_over = threading.Event()


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._say(200, {"object": "list", "data": [{"id": "judge", "object": "model"}]})

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mood = self.server.mood
        if mood == "hang":
            self.server.is_over.wait(HANG_SECONDS)
        if mood in ("hang", "close"):
            self.close_connection = True
            return
        verdict = f"VERDICT: {'CORRECT' if self.server.decides(question) else 'INCORRECT'}"
        choice = {"index": 0, "message": {"role": "assistant", "content": verdict}, "finish_reason": "stop"}
        reply = {"id": "1", "object": "chat.completion", "model": "judge", "choices": [choice]}
        self._say(500 if mood == "error" else 200, {} if mood == "nonsense" else reply)

    def _say(self, status: int, reply: object) -> None:
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Judge:
    """The judge's server, until `close`."""

    def __init__(self, decides: Callable[[bytes], bool] = lambda question: True) -> None:
        """Answer that a response is right if `decides` says so of the question."""
        self._server = _Server(("127.0.0.1", 0), _Exchange)
        self._server.decides = decides
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, name="judge", daemon=True).start()

    def feel(self, mood: str) -> None:
        """Answer in this mood from now on."""
        self._server.mood = mood

    def close(self) -> None:
        """End the server."""
        self._server.is_over.set()
        self._server.shutdown()
        self._server.server_close()
