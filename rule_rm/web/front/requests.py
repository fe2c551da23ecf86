"""Turn a client's bytes into whole requests, within limits, before any work is done for them.

The parser is llhttp, Node's, through httptools. It refuses every message that two readers could take apart in
two ways. This module decides the rest: sizes, the Host header, and when a body is refused unread.
"""

from __future__ import annotations

import http
import json
import time
from collections import deque
from dataclasses import dataclass, field

import httptools

from rule_rm.errors import InternalError
from rule_rm.web.problems import CONTENT_TYPE, problem

HEAD_LIMIT = 128 << 10
"""Bytes of request line and headers."""
TARGET_LIMIT = 64 << 10
HEADERS_LIMIT = 128
FRAMING_SHARE = 16
"""Bytes that may arrive for each byte of a body, beyond those of a head: chunks of one byte need six."""
_LENGTH, _EXPECT, _HOST, _CODING = b"content-length", b"expect", b"host", b"transfer-encoding"


class RefusedError(InternalError):
    """A request that can't be read: the status that it is answered with, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(slots=True)
class Request:
    """A request that has arrived whole, or whose head says that it should not."""

    method: bytes
    target: bytes
    version: str
    headers: list[tuple[bytes, bytes]]
    keeps_alive: bool
    body: bytearray = field(default_factory=bytearray)
    size: int = 0
    """Bytes of the body: as declared, or as counted so far where it is too large to be kept."""
    arrived: float = 0.0
    """The monotonic time of its last byte."""

    @property
    def path(self) -> bytes:
        """The target without its query."""
        return self.target.partition(b"?")[0]


class Reader:
    """Takes bytes, gives requests."""

    def __init__(self, body_limit: int) -> None:
        self._body_limit = body_limit
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._body_bytes = 0
        """Bytes that arrived since the head: the body, the sizes and extensions of its chunks, trailers."""
        self._request: Request | None = None
        self._unparsed = 0
        """Bytes of a body that is read without the parser."""
        self.complete: deque[Request] = deque()
        """Requests that wait to be answered, in order."""
        self.refusal: RefusedError | None = None
        """Why what follows those requests is none."""
        self.is_begun = False
        """True between the first byte of a request and its last."""
        self.is_over = False
        """True if nothing that follows can be read as a request."""
        self.wants_continue = False
        """True if the client waits for `100 Continue` before it sends its body."""

    @property
    def has_head(self) -> bool:
        """True while the body of a request is awaited."""
        return self._request is not None

    @property
    def buffered(self) -> int:
        """Bytes of a body that is not complete yet."""
        return len(self._request.body) if self._request is not None else 0

    @property
    def declared(self) -> int:
        """Bytes that the body under way should have; 0 if that is unknown."""
        return self._request.size if self._request is not None else 0

    def feed(self, data: bytes) -> None:
        """Take bytes. Raises RefusedError if they are not a request; then nothing more can be read.

        If requests came before it, they are answered first, and the error is in `refusal`.
        """
        try:
            self._feed(data)
        except RefusedError as error:
            if not self.complete:
                raise
            self.refusal = error

    def _feed(self, data: bytes) -> None:
        if self.is_over:
            return
        if self._unparsed:
            self._take_unparsed(data)
            return
        if self._request is None:
            self.is_begun = True
            self._head_bytes += len(data)
        else:
            self._body_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            self.is_over = True
            # A callback's own exception comes wrapped.
            if isinstance(error.__context__, RefusedError):
                raise error.__context__ from None
            raise RefusedError(400, f"the request is not HTTP: {error}") from None
        if self._request is None and self.is_begun and self._head_bytes > HEAD_LIMIT:
            self.is_over = True
            if not self._headers:
                raise RefusedError(414, f"the target has more than {TARGET_LIMIT} bytes")
            raise RefusedError(431, f"the headers have more than {HEAD_LIMIT} bytes")
        if self._request is not None and self._body_bytes > HEAD_LIMIT + FRAMING_SHARE * self.buffered:
            # The parser would copy an endless trailer at each part of it.
            self.is_over = True
            raise RefusedError(431, "the extensions of the chunks, or the trailers, are too long")

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Read the body of a request that offers another protocol; llhttp leaves all that follows to us."""
        request = self.complete[-1]
        request.keeps_alive = False
        declared = next((int(value) for name, value in request.headers if name == _LENGTH), 0)
        if any(name == _CODING for name, _ in request.headers):
            self.complete.pop()
            self.is_over = True
            raise RefusedError(400, "a request that offers another protocol must have a Content-Length")
        if request.method == b"CONNECT" or declared == 0 or request.size > self._body_limit:
            self.is_over = True
            return
        self._request, self._unparsed = self.complete.pop(), declared
        self._request.size, self.is_begun = declared, True
        self._take_unparsed(rest)

    def _take_unparsed(self, data: bytes) -> None:
        assert self._request is not None  # noqa: S101 - its body is what was left unparsed
        part = data[: self._unparsed]
        self._request.body += part
        self._unparsed -= len(part)
        if self._unparsed == 0:
            self.is_over = True
            self._finish(len(self._request.body))

    # The callbacks of llhttp:

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._target, self._headers = b"", []
        self.is_begun = True

    def on_url(self, part: bytes) -> None:
        """Add to the target. Raises RefusedError if it is too long."""
        self._target += part
        if len(self._target) > TARGET_LIMIT:
            raise RefusedError(414, f"the target has more than {TARGET_LIMIT} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header, or pass over a trailer. Raises RefusedError if there are too many headers."""
        if self._request is not None:
            # Otherwise a client could send as a trailer a header that its proxy sets or removes.
            return
        if len(self._headers) >= HEADERS_LIMIT:
            raise RefusedError(431, f"there are more than {HEADERS_LIMIT} headers")
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Decide whether the body is wanted. Raises RefusedError if the head can't be answered."""
        version = self._parser.get_http_version()
        if version not in ("1.0", "1.1"):
            raise RefusedError(505, f"HTTP/{version} is not spoken here")
        hosts = sum(name == _HOST for name, _ in self._headers)
        if hosts > 1 or (hosts == 0 and version == "1.1"):
            raise RefusedError(400, "a request needs one Host header")
        self._request = Request(
            self._parser.get_method(),
            self._target,
            version,
            self._headers,
            self._parser.should_keep_alive(),
        )
        self._head_bytes = self._body_bytes = 0
        for name, value in self._headers:
            if name == _LENGTH:
                self._request.size = int(value)
            elif name == _EXPECT and value.lower() == b"100-continue":
                self.wants_continue = True
            elif name == _CODING and value.strip(b" \t").lower() != b"chunked":
                raise RefusedError(501, "the only transfer coding that is read here is chunked")
        if self._request.size > self._body_limit:
            self._refuse_body()

    def on_body(self, part: bytes) -> None:
        """Add to the body, up to the limit."""
        if self._request is None:
            # The rest of a body that was refused.
            return
        self._request.body += part
        if len(self._request.body) > self._body_limit:
            self._refuse_body()

    def on_message_complete(self) -> None:
        """Hand over the request, unless its body was refused."""
        if self._request is None:
            return
        self.wants_continue = False
        self._finish(len(self._request.body))

    def _refuse_body(self) -> None:
        """Hand the request over as too large: the application says so, and nothing after it is read."""
        assert self._request is not None  # noqa: S101 - both callers have one
        self._request.keeps_alive = False
        size = max(self._request.size, len(self._request.body))
        self._request.body.clear()
        self.is_over = True
        self.wants_continue = False
        self._finish(size)

    def _finish(self, size: int) -> None:
        request = self._request
        assert request is not None  # noqa: S101 - both callers have one
        request.size, request.arrived = size, time.monotonic()
        self.complete.append(request)
        self._request = None
        self.is_begun = False


def refusal(status: int, why: str, retry_after: int | None = None) -> bytes:
    """Return a whole response in the JSON form of errors, for requests that never reach the application."""
    kind = http.HTTPStatus(status).phrase
    body = json.dumps(problem(status, kind.replace(" ", ""), why)).encode()
    retry = f"Retry-After: {retry_after}\r\n" if retry_after is not None else ""
    head = (
        f"HTTP/1.1 {status} {kind}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n{retry}Connection: close\r\n\r\n"
    )
    return head.encode() + body
