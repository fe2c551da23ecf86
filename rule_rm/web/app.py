"""The application factory: builds the parts once and joins them, without globals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from rule_rm.engine import Engine
from rule_rm.service import Service
from rule_rm.settings import Settings
from rule_rm.token import read_token
from rule_rm.web import auth, failures, operations, prefixes, scoring


class _Json(DefaultJSONProvider):
    """Replies keep the order in which they were written."""

    sort_keys = False


class _App(Flask):
    json_provider_class = _Json

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        prefixes.take_off(environ)
        return super().wsgi_app(environ, start_response)


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """The service as a WSGI application.

    Without an `engine` it starts one of its own, at `app.extensions["rule_rm"].engine`; whoever is done with
    the application closes it. Raises ConfigurationError for a setting, a dataset or a reward file that the
    service can't start with.
    """
    token = read_token(settings)
    service = Service.start(settings, engine)
    app = _App("rule_rm", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = int(settings.max_request_mb * 2**20)
    app.url_map.strict_slashes = False
    app.extensions["rule_rm"] = service
    app.register_blueprint(scoring.blueprint(service))
    app.register_blueprint(operations.blueprint(service, token))
    if settings.serve_sandbox and service.engine.sandbox is not None:
        from rule_rm.web import programs

        app.register_blueprint(programs.blueprint(service.engine.sandbox))
    if token is not None:
        auth.guard(app, token)
    failures.handle(app)
    return app
