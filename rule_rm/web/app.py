"""The application factory: builds the parts once and joins them, without globals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify
from flask.json.provider import DefaultJSONProvider

from rule_rm.engine import Engine
from rule_rm.engine.template_process import Begun
from rule_rm.journal import Sender
from rule_rm.redaction import redact, redact_bytes
from rule_rm.service import Answer, Service
from rule_rm.settings import Settings
from rule_rm.web import auth, deferred, failures, graders, operations, prefixes, scoring
from rule_rm.web.api import pages
from rule_rm.web.logs import REQUEST_ID_HEADER, current_sender, request_id, request_of
from rule_rm.web.tokens import Tokens

if TYPE_CHECKING:
    from rule_rm.web.operations import Server


REQUEST_ID, TRACEPARENT = "HTTP_X_REQUEST_ID", "HTTP_TRACEPARENT"
"""The keys of the headers with the id of a request, and with its trace."""


class _Json(DefaultJSONProvider):
    """Replies keep the order in which they were written."""

    sort_keys = False


_COMPACT = json.JSONEncoder(separators=(",", ":"), default=_Json.default)


class App(Flask):
    """The application, and the second half of requests that wait without a thread."""

    json_provider_class = _Json
    server: Server | None = None
    """The server that it is behind, for operators; None behind another one."""

    def process_response(self, response: Response) -> Response:
        """Name the request in a response, and remove the secrets of this process from it."""
        response = super().process_response(response)
        body = response.get_data()
        if (clean := redact_bytes(body)) is not body:
            response.set_data(clean)
        if (sent := current_sender().request_id) is not None:
            response.headers[REQUEST_ID_HEADER] = sent
        for name, value in response.headers.items():
            if redact(value) != value:
                response.headers[name] = redact(value)
        return response

    def finish(self, environ: dict[str, Any], answer: Answer) -> Callable[..., Iterable[bytes]]:
        """Return the response to a request whose view left its answer to the server."""
        with request_of(answer.sender), self.request_context(environ):
            try:
                response = jsonify(answer.reply())
            except Exception as error:  # noqa: BLE001 - the handlers of errors take all of them
                response = self.make_response(self.handle_user_exception(error))
            return self.process_response(response)

    def refused(
        self, environ: dict[str, Any], error: Exception, sender: Sender
    ) -> Callable[..., Iterable[bytes]]:
        """Return the response to a request that ended in an error before it came to a view."""
        with request_of(sender), self.request_context(environ):
            return self.process_response(self.make_response(self.handle_user_exception(error)))

    def dumps(self, reply: Any) -> str:
        """Return a reply as the JSON that `jsonify` writes."""
        return _COMPACT.encode(reply)

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, with or without a prefix before its path."""
        prefixes.take_off(environ)
        with request_of(_anybody(environ)):
            return super().wsgi_app(environ, start_response)


def _anybody(environ: Mapping[str, Any]) -> Sender:
    """Return the origin of a request whose token nobody has looked at."""
    return Sender(None, request_id(environ.get(REQUEST_ID)), environ.get(TRACEPARENT))


def create_app(settings: Settings, engine: Engine | None = None, begun: Begun | None = None) -> App:
    """Return the service as a WSGI application.

    Without an `engine` it starts one of its own, at `app.extensions["rule_rm"].engine`; the caller closes it.
    `begun` is a template process that was begun for that engine.
    Raises ConfigurationError if the service can't start with a setting, a dataset or a reward file.
    """
    tokens = Tokens.of(settings)
    service = Service.start(settings, engine, begun)
    app = App("rule_rm", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = int(settings.max_request_mb * 2**20)
    # Paths are straightened before they are looked up; a redirect would send a token to wherever it says.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.extensions["rule_rm"] = service
    app.register_blueprint(scoring.blueprint(service))
    app.register_blueprint(graders.blueprint(service))
    app.register_blueprint(deferred.blueprint(service))
    app.register_blueprint(operations.blueprint(service, tokens, lambda: app.server))
    app.register_blueprint(pages.blueprint(service, has_token=tokens is not None, is_open=auth.OPEN))
    if settings.serve_sandbox and service.engine.sandbox is not None:
        from rule_rm.web import programs

        app.register_blueprint(programs.blueprint(service.engine.sandbox, settings.request_timeout))
        programs.warn_if_open(settings.host, has_token=tokens is not None)
    if tokens is not None:
        auth.guard(app, tokens)
    failures.handle(app)
    return app
