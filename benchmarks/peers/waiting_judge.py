"""A judge that costs next to nothing: replies the same to every chat completion, a fixed time after it came.

    python benchmarks/peers/waiting_judge.py [SECONDS [PORT]]      prints its port, then serves until killed

It answers bytes with bytes on one event loop, so that what a benchmark measures is its clients.
"""

from __future__ import annotations

import asyncio
import json
import sys

CONTENT = json.dumps(
    {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 0,
        "model": "judge",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "They agree in every digit.\n\nVerdict: CORRECT"},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 180, "completion_tokens": 12, "total_tokens": 192},
    }
).encode()
REPLY = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
    len(CONTENT),
    CONTENT,
)


class Connection(asyncio.Protocol):
    """Requests on a connection come one after the other."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._received = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) >= length:
            self._received.clear()
            asyncio.get_running_loop().call_later(self._seconds, self._reply)

    def _reply(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(REPLY)


async def serve(seconds: float = 0.2, port: float = 0) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(seconds), "127.0.0.1", int(port), backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*map(float, sys.argv[1:])))
