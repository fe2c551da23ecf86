"""The views for operators: is the service alive, is it ready, which rewards can it score."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, request

from rule_rm.service import Service
from rule_rm.version import __version__
from rule_rm.web.auth import is_carried


def blueprint(service: Service, token: str | None = None) -> Blueprint:
    """`GET /health`, `GET /ready`, `GET /rewards`. If there is a token, it takes one to see figures."""
    operations = Blueprint("operations", __name__)

    @operations.get("/health")
    def health() -> dict[str, Any]:
        """Figures for a person or a dashboard; 200 as long as the process can answer at all."""
        if token is not None and not is_carried(token, request):
            return {"status": "ok"}
        return {
            "status": "ok",
            "version": __version__,
            "seconds_up": time.monotonic() - service.started,
            "reward_type": service.settings.reward_type,
            "golden_questions": len(service.golden),
            "engine": service.engine.state(),
            **service.journal.state(),
        }

    @operations.get("/ready")
    def ready() -> tuple[dict[str, bool], int, dict[str, str]]:
        """200 if a request would be scored now, else 503."""
        if service.engine.is_ready():
            return {"ready": True}, 200, {}
        return {"ready": False}, 503, {"Retry-After": "1"}

    @operations.get("/rewards")
    def rewards() -> dict[str, Any]:
        """Every reward type that can be asked for, with its options as they are set."""
        return {
            "default": service.settings.reward_type,
            "rewards": {
                name: {
                    "summary": function.summary,
                    "metrics": function.metrics,
                    "options": {**function.defaults, **function.options},
                    "version": function.version,
                }
                for name, function in service.engine.rewards.items()
            },
        }

    return operations
