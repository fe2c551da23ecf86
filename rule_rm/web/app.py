"""The application factory: builds the parts once and joins them, without globals."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from rule_rm.engine import Engine
from rule_rm.golden import GoldenDataset
from rule_rm.settings import Settings
from rule_rm.web import failures, operations, scoring
from rule_rm.web.service import Service


class _Json(DefaultJSONProvider):
    """Replies keep the order in which they were written."""

    sort_keys = False


class _App(Flask):
    json_provider_class = _Json


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """The service as a WSGI application.

    Without an `engine` it starts one of its own, at `app.extensions["rule_rm"].engine`; whoever is done with
    the application closes it. Raises ConfigurationError for a setting, a dataset or a reward file that the
    service can't start with.
    """
    golden = _load_golden(settings)
    service = Service(settings, engine or Engine(settings), golden)
    app = _App("rule_rm", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = int(settings.max_request_mb * 2**20)
    app.url_map.strict_slashes = False
    app.extensions["rule_rm"] = service
    app.register_blueprint(scoring.blueprint(service))
    app.register_blueprint(operations.blueprint(service))
    failures.handle(app)
    return app


def _load_golden(settings: Settings) -> GoldenDataset:
    if not settings.dataset:
        return GoldenDataset.empty()
    return GoldenDataset.load(
        settings.dataset,
        question_key=settings.question_key,
        answer_key=settings.answer_key,
        threshold=settings.fuzzy_threshold,
    )
