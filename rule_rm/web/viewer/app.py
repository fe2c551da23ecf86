"""The application of the viewer: its access and its headers.

Pages hold responses of a policy, which may be written to attack their reader. Everything is escaped, and the
policy for content lets a browser run this server's own script alone.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Request, Response, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.wrappers import Response as AnyResponse

from rule_rm.journal.reader import Reader
from rule_rm.web.app import App
from rule_rm.web.auth import holder_of
from rule_rm.web.prefixes import TOKEN
from rule_rm.web.tokens import Tokens, pass_for
from rule_rm.web.viewer import rollouts
from rule_rm.web.viewer.again import Again
from rule_rm.web.viewer.formats import FILTERS
from rule_rm.web.viewer.overview import WINDOWS, machine, overview

COOKIE = "rule_rm_pass"
STYLE = Path(__file__).with_name("templates").joinpath("viewer.css").read_text(encoding="utf-8")
"""The style, which is in each page: a browser paints without a further request."""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'self'; style-src 'sha256-{_DIGEST}'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OPEN = frozenset({"static", "enter"})
"""The views that need no token."""


def create_viewer(
    reader: Reader,
    tokens: Tokens | str | None,
    state: Callable[[], Mapping[str, Any]] = dict[str, Any],
    again: Again | None = None,
) -> App:
    """Return the viewer of the journals as a WSGI application.

    `state` returns the figures of the service that it belongs to, `again` scores a rollout once more.
    """
    if isinstance(tokens, str):
        tokens = Tokens(tokens)
    app = App("rule_rm.web.viewer", template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["faults"] = reader.faults
    app.jinja_env.globals["style"] = Markup(STYLE)  # noqa: S704 - a file of this package
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(rollouts.blueprint(reader, again))
    _guard(app, tokens)

    @app.get("/")
    def first() -> str:
        """Show the figures of a window of time."""
        window = request.args.get("window", "1h")
        source = request.args.get("source")
        return render_template(
            "overview.html",
            window=window if window in WINDOWS else "1h",
            windows=list(WINDOWS),
            source=source,
            overview=overview(reader, window, source),
            machine=machine(state()),
            alarms=reader.alarms(8),
            page="overview",
        )

    @app.after_request
    def protect(response: Response) -> Response:
        # Files are read here, as the secrets of this process are looked for in all that leaves it.
        response.direct_passthrough = False
        response.headers.update(HEADERS)
        return response

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[str, int]:
        return render_template("error.html", error=error, page=""), error.code or 500

    return app


def _guard(app: App, tokens: Tokens | None) -> None:
    @app.before_request
    def check_origin() -> AnyResponse | None:
        if request.method == "POST" and not _is_of_this_page(request):
            return make_response(render_template("error.html", error=_ELSEWHERE, page=""), 403)
        return None

    @app.before_request
    def check() -> AnyResponse | None:
        if tokens is None:
            # A foreign page must not reach this one by a name of its own that leads here.
            if not _is_address(request.host):
                return make_response(render_template("error.html", error=_FOREIGN, page=""), 403)
            return None
        if holder_of(tokens, request) is not None:
            in_address = request.args.get("token") or request.environ.get(TOKEN)
            if in_address and tokens.find([in_address]) is not None:
                # The address that is shown, and sent to colleagues, is the one without the token.
                return _entered(in_address, _without_token())
            return None
        if tokens.find_pass(request.cookies.get(COOKIE, "")) is not None:
            return None
        if request.endpoint in OPEN:
            return None
        return make_response(render_template("enter.html", page="", target=_without_token()), 401)

    @app.post("/enter")
    def enter() -> AnyResponse:
        """Take the token from the form; a cookie remembers that it was given."""
        given = request.form.get("token", "").strip()
        target = request.form.get("target", "/")
        if tokens is not None and tokens.find([given]) is None:
            return make_response(render_template("enter.html", page="", target=target, is_wrong=True), 401)
        return _entered("" if tokens is None else given, target)


def _entered(token: str, target: str) -> AnyResponse:
    # A path of this server, not `//elsewhere`.
    response = redirect("/" + target.lstrip("/\\"), 303)
    response.set_cookie(
        COOKIE,
        pass_for(token),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
        max_age=30 * 86_400,
    )
    return response


def _without_token() -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    return request.path + (f"?{urlencode(kept)}" if kept else "")


def _is_of_this_page(request: Request) -> bool:
    """Return False for a form that a browser sends from a page of another site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


_FOREIGN = Forbidden("without a token, the viewer answers at its address or at localhost alone")
_ELSEWHERE = Forbidden("this form was sent from a page of another site")


def _is_address(host: str) -> bool:
    """Return True for `localhost` or an IP address, with or without a port."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
