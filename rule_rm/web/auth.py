"""Admit the requests that carry a token, if the service has one, within the limits of that token.

A token is taken in every way in which some trainer can send it. Most use `Authorization: Bearer`. Clients
that know only a URL put it in the query, or as `/t/<token>` before the path. NeMo-Gym knows only a host, so
the token is the password in `http://rule_rm:TOKEN@HOST`. The path of a request without it is not even looked
up.
"""

from __future__ import annotations

import math

from flask import Flask, Request, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests, Unauthorized

from rule_rm.web.logs import name_client
from rule_rm.web.prefixes import TOKEN
from rule_rm.web.tokens import Holder, Tokens

OPEN = frozenset({"operations.ready", "operations.health"})
"""The views that need no token: supervisors and load balancers ask these, and have none."""
UNLIMITED = frozenset({*OPEN, "operations.figures"})
"""The views that no limit of a token counts."""
_HOW = (
    "send it as `Authorization: Bearer TOKEN`, in the query as `?token=TOKEN`, or before the path as "
    "`/t/TOKEN/get_reward`"
)


def guard(app: Flask, tokens: Tokens) -> None:
    """Answer requests without a token with 401, except those in `OPEN`, and requests beyond its limits."""

    @app.before_request
    def check() -> None:
        holder = holder_of(tokens, request)
        if holder is None:
            if request.endpoint in OPEN:
                return
            message = "wrong token" if any(carried(request)) else "no token"
            raise Unauthorized(f"{message}: {_HOW}", www_authenticate=WWWAuthenticate("bearer"))
        g.client = holder.name
        name_client(holder.name)
        if request.endpoint not in UNLIMITED:
            _check_limits(tokens, holder)


def holder_of(tokens: Tokens, request: Request) -> Holder | None:
    """Return who sent the request, by the token that it carries; None if it carries none that is valid."""
    return tokens.find(carried(request))


def client_name() -> str | None:
    """Return the name of the token of the current request; None if there is none."""
    name: str | None = g.get("client")
    return name


def carried(request: Request) -> list[str]:
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


def _check_limits(tokens: Tokens, holder: Holder) -> None:
    """Raise the error of HTTP for a request that is too large, or one too many."""
    most = holder.max_request_mb
    if most is not None and (request.content_length or 0) > most * 2**20:
        raise RequestEntityTooLarge(f"the body is larger than {most:g} MiB, the limit of {holder.name}")
    if seconds := tokens.seconds_to_wait(holder):
        raise TooManyRequests(
            f"{holder.name} may send {holder.requests_per_second:g} requests per second",
            retry_after=max(1, math.ceil(seconds)),
        )
