"""`GET /openapi.json` for programs, and `GET /docs` for people: one description of the interface."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, make_response, render_template

from rule_rm.service import Service
from rule_rm.web.api.described import described, object_of
from rule_rm.web.api.document import document
from rule_rm.web.problems import WHEN

_STYLE = Path(__file__).with_name("templates") / "docs.css"


def blueprint(service: Service, *, has_token: bool, is_open: Collection[str]) -> Blueprint:
    """Return both views. `is_open` are the endpoints that need no token."""
    pages = Blueprint("api", __name__, template_folder="templates")

    def described_now(app: Flask) -> dict[str, Any]:
        return document(app, service.engine.rewards, has_token=has_token, is_open=is_open)

    @pages.get("/openapi.json")
    @described(reply=object_of("openapi", "paths", openapi="string", paths="object"))
    def openapi() -> dict[str, Any]:
        """Return this interface as an OpenAPI document."""
        return described_now(current_app)

    @pages.get("/docs")
    @described(reply={"type": "string"}, content_type="text/html")
    def docs() -> Response:
        """Return this interface as a page to read."""
        style, digest = _style()
        page = render_template(
            "api_docs.html", document=described_now(current_app), style=style, problems=WHEN, dump=_dumped
        )
        response = make_response(page)
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return pages


@lru_cache(maxsize=1)
def _style() -> tuple[str, str]:
    """Return the style of the page, and the digest by which a browser knows it."""
    style = _STYLE.read_text(encoding="utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _dumped(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
