"""The express way: usual requests for rewards, answered without Flask's work for each of them.

A usual request is a POST of plain JSON to a path of rewards, without a query. The token, if the service has
one, is in its `Authorization`. Every other request goes to the Flask application. Both ways read, score and
reply by the same functions, and the application answers errors, so replies are equal to the byte.
`docs/decisions/0016-express-way.md` says why there are two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from rule_rm import protocols
from rule_rm.errors import RequestError
from rule_rm.http.endpoints import DEADLINE_HEADER
from rule_rm.journal import Sender
from rule_rm.protocols import WireFormat
from rule_rm.redaction import redact, redact_bytes
from rule_rm.service import Answer, Service
from rule_rm.web.bodies import parse
from rule_rm.web.deadline import patience
from rule_rm.web.front import Request, Response
from rule_rm.web.logs import REQUEST_ID_HEADER, request_id, request_of
from rule_rm.web.scoring import wants_details
from rule_rm.web.tokens import Tokens

SHORT_BODY = 64 << 10
"""Bytes of a body that the HTTP server's own thread reads and answers: about 0.3 ms of processor time. With a
larger one, other clients would wait for longer than a change of threads takes."""
PATH = b"/get_reward"
_NAME = re.compile(rb"[a-z0-9_]+")
"""The name of a reward type at the end of a path: `math_equal`."""
_TYPES = (b"application/json", b"application/json; charset=utf-8")
_BEARER = b"Bearer "
_DEADLINE = DEADLINE_HEADER.lower().encode()
_OWN = "rule_rm."
"""The beginning of the sources of reward functions that come with this package."""
_HEADERS = [("Content-Type", "application/json")]


class Application(Protocol):
    """The application whose replies and errors these are."""

    def dumps(self, reply: Any) -> str:
        """Return a reply as JSON."""

    def refused(
        self, environ: dict[str, Any], error: Exception, sender: Sender
    ) -> Callable[..., Iterable[bytes]]:
        """Return the response to a request that ended in an error."""


@dataclass(frozen=True, slots=True)
class Route:
    """The destination of a usual request."""

    wire_format: WireFormat | None
    """None if it is detected from the body."""
    reward_type: str | None
    is_short: bool
    """True if the thread that reads from the clients may answer."""
    sender: Sender


class Express:
    """The shortcut of requests whose verdicts are known; a `front.shortcut.Shortcut`."""

    def __init__(self, service: Service, application: Application, tokens: Tokens | str | None) -> None:
        self._service = service
        self._application = application
        self._tokens = Tokens(tokens) if isinstance(tokens, str) else tokens
        self._formats: dict[bytes, WireFormat | None] = {PATH: None}
        for wire_format in protocols.BY_PATH:
            self._formats[(protocols.path_of(wire_format) or "").encode()] = wire_format

    def route(self, request: Request) -> Route | None:
        """Return the destination of a usual request; None for any other."""
        if request.method != b"POST" or request.size != len(request.body):
            return None
        if (sender := self._sender(request)) is None:
            return None
        path, name = request.target, b""
        if path not in self._formats:
            path, _, name = path.rpartition(b"/")
            if path not in self._formats or not _NAME.fullmatch(name):
                return None
        reward_type = name.decode() or None
        return Route(self._formats[path], reward_type, self._is_short(request, reward_type), sender)

    def begin(self, request: Request, route: Route) -> Answer | Response:
        """Return the response, or the answer that it will be made of; raise the errors of the views."""
        with request_of(route.sender):
            answer = self._begin(request, route)
        return self.finish(answer) if answer.batch.is_complete else answer

    def _begin(self, request: Request, route: Route) -> Answer:
        payload = parse(request.body)
        if route.wire_format is not None and protocols.is_list(route.wire_format):
            payload = {route.wire_format.KEYS[0]: payload}
        elif not isinstance(payload, dict):
            raise RequestError("the body must be a JSON object")
        return self._service.begin(
            payload,
            route.reward_type,
            wire_format=route.wire_format,
            wants_details=route.wire_format is None and wants_details(payload, {}),
            arrived=request.arrived,
            patience=_patience(request),
            sender=route.sender,
        )

    def finish(self, answer: Answer) -> Response:
        """Return the response of an answer that is known or overdue; raise the errors of `reply`."""
        with request_of(answer.sender):
            body = self._application.dumps(answer.reply()).encode() + b"\n"
        body = redact_bytes(body)
        headers = [*_HEADERS, ("Content-Length", str(len(body)))]
        if (name := answer.sender.request_id) is not None:
            headers.append((REQUEST_ID_HEADER, redact(name)))
        return "200 OK", headers, body

    def refused(
        self, environ: dict[str, Any], error: Exception, asked: Route | Answer
    ) -> Callable[..., Iterable[bytes]]:
        """Return the application's response to an error."""
        return self._application.refused(environ, error, asked.sender)

    def _sender(self, request: Request) -> Sender | None:
        """Return the origin of a request; None if the application has to look at its headers."""
        is_json, client, sent, trace = False, None, None, None
        for name, value in request.headers:
            if name == b"content-type":
                if is_json or value.lower() not in _TYPES:
                    return None
                is_json = True
            elif name == b"content-encoding":
                return None
            elif name == b"authorization" and self._tokens is not None:
                if client is not None or (client := _unlimited(self._tokens, value)) is None:
                    return None
            elif name == b"x-request-id":
                # Of two neither is the id, as in the application, which gets them joined; so of two traces.
                if sent is not None:
                    return None
                sent = value.decode("latin-1")
            elif name == b"traceparent":
                if trace is not None:
                    return None
                trace = value.decode("latin-1")
        is_admitted = self._tokens is None or client is not None
        return Sender(client, request_id(sent), trace) if is_json and is_admitted else None

    def _is_short(self, request: Request, reward_type: str | None) -> bool:
        """Return True if reading and preparing the request takes a short time for certain.

        The first step of a reward function of somebody else may wait for anything, and so does a prompt that
        is looked up while the index of the golden questions is being built.
        """
        if request.size > SHORT_BODY or not self._service.golden.is_prepared:
            return False
        function = self._service.engine.rewards.get(reward_type or self._service.settings.reward_type)
        return function is None or function.source.startswith(_OWN)


def _patience(request: Request) -> float | None:
    """Return the seconds for which the client waits; None if it does not say.

    Raises RequestError if the header has no time.
    """
    given = [value for name, value in request.headers if name == _DEADLINE]
    return patience(b",".join(given).decode("latin-1")) if given else None


def _unlimited(tokens: Tokens, authorization: bytes) -> str | None:
    """Return the name of a token without limits; the application counts those that have some."""
    if not authorization.startswith(_BEARER):
        return None
    holder = tokens.find([authorization[len(_BEARER) :].decode("latin-1")])
    if holder is None or holder.requests_per_second is not None or holder.max_request_mb is not None:
        return None
    return holder.name
