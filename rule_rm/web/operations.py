"""The views for operators: is the service alive, is it ready, which rewards can it score."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask import Blueprint, Response, request

from rule_rm.journal.metrics import CONTENT_TYPE, exposition
from rule_rm.service import Service
from rule_rm.version import __version__
from rule_rm.web.api.described import described, object_of
from rule_rm.web.auth import holder_of
from rule_rm.web.bodies import drop
from rule_rm.web.tokens import Tokens


class Server(Protocol):
    """The part of the HTTP server that operators see."""

    @property
    def failure(self) -> str | None:
        """Why it no longer accepts connections; None if it does."""

    def state(self) -> Mapping[str, int]:
        """Return its figures."""


def blueprint(
    service: Service,
    tokens: Tokens | None = None,
    server: Callable[[], Server | None] = lambda: None,
) -> Blueprint:
    """Return `GET /health`, `/ready`, `/metrics` and `/rewards`, and `POST /reload`.

    Figures are for those who carry the token.
    """
    operations = Blueprint("operations", __name__)

    @operations.get("/health")
    @described(reply=object_of("status", status="string"))
    def health() -> dict[str, Any]:
        """Return figures for a person or a dashboard; 200 as long as the process can answer at all."""
        if tokens is not None and holder_of(tokens, request) is None:
            return {"status": "ok"}
        return {
            "status": "ok",
            "version": __version__,
            "seconds_up": time.monotonic() - service.started,
            "reward_type": service.settings.reward_type,
            "golden_questions": len(service.golden),
            **service.editions.state(),
            "engine": service.engine.state(),
            **({"groups": service.gatherings.state()} if service.settings.group_size > 1 else {}),
            **({"http": running.state()} if (running := server()) is not None else {}),
            **service.journal.state(),
        }

    @operations.get("/ready")
    @described(
        reply=object_of("ready", ready="boolean"),
        others={503: object_of("ready", "why", ready="boolean", why="string")},
    )
    def ready() -> tuple[dict[str, Any], int, dict[str, str]]:
        """Answer 200 if a rollout would be scored now, else 503 with the reason."""
        running = server()
        why = service.engine.why_not_ready() or (running.failure if running is not None else None)
        if why is None:
            return {"ready": True}, 200, {}
        return {"ready": False, "why": why}, 503, {"Retry-After": "1"}

    @operations.get("/metrics")
    @described(reply={"type": "string"}, content_type="text/plain")
    def figures() -> Response:
        """Return figures for Prometheus."""
        running = server()
        body = exposition(
            service.journal,
            engine=service.engine.state(),
            http=running.state() if running is not None else {},
            is_ready=service.engine.is_ready(),
            seconds_up=time.monotonic() - service.started,
        )
        return Response(body, content_type=CONTENT_TYPE)

    @operations.get("/rewards")
    @described(
        reply=object_of("default", "edition", "golden", "rewards", default="string", edition="integer")
    )
    def rewards() -> dict[str, Any]:
        """Return every reward type that can be asked for, with its options as they are set."""
        return {
            "default": service.settings.reward_type,
            "edition": service.editions.current.number,
            "golden": {"questions": len(service.golden), "version": service.golden.version},
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

    @operations.post("/reload")
    @described(reply=object_of("edition", edition="integer"), errors=(409,))
    def reload() -> dict[str, Any]:
        """Load reward files, mixture and golden data again; 409 with the reason if the old ones stay."""
        drop(request)
        return service.editions.reload()

    return operations
