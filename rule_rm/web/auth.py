"""Admit the requests that carry the token, if the service has one.

The token is taken in every way in which some trainer can send it. Most use `Authorization: Bearer`. Clients
that know only a URL put it in the query, or as `/t/<token>` before the path. NeMo-Gym knows only a host, so
the token is the password in `http://rule_rm:TOKEN@HOST`. The path of a request without it is not even looked
up.
"""

from __future__ import annotations

import hmac

from flask import Flask, Request, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from rule_rm.web.prefixes import TOKEN

OPEN = frozenset({"operations.ready", "operations.health"})
"""The views that need no token: supervisors and load balancers ask these, and have none."""
_HOW = (
    "send it as `Authorization: Bearer TOKEN`, in the query as `?token=TOKEN`, or before the path as "
    "`/t/TOKEN/get_reward`"
)


def guard(app: Flask, token: str) -> None:
    """Answer requests without the token with 401, but for those in `OPEN`."""

    @app.before_request
    def check() -> None:
        if request.endpoint in OPEN or is_carried(token, request):
            return
        message = "wrong token" if any(_carried(request)) else "no token"
        raise Unauthorized(f"{message}: {_HOW}", www_authenticate=WWWAuthenticate("bearer"))


def is_carried(token: str, request: Request) -> bool:
    """Return True if the request carries the token, in a time that does not depend on its characters."""
    wanted = token.encode()
    return any(hmac.compare_digest(given.encode("utf-8", "replace"), wanted) for given in _carried(request))


def _carried(request: Request) -> list[str]:
    """Return the tokens of a request, right or wrong."""
    header = request.authorization
    given = (
        request.environ.get(TOKEN),
        request.args.get("token"),
        header and header.token,
        header and header.password,
        # ROLL's.
        request.headers.get("XRL-Authorization", "").removeprefix("Bearer "),
    )
    return [token for token in given if token]
