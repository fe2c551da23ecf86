"""Return every error in the one form of `problems`.

An unforeseen error is logged with its traceback under an id; the client gets only the id.
"""

from __future__ import annotations

import logging
import math
import uuid

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, RequestEntityTooLarge

from rule_rm.errors import OverloadedError, RequestError, RuleRmError
from rule_rm.redaction import redact
from rule_rm.settings.reading import did_you_mean
from rule_rm.web.auth import client_name
from rule_rm.web.problems import CONTENT_TYPE, problem

logger = logging.getLogger(__name__)


def handle(app: Flask) -> None:
    """Give every error of the application this form."""
    app.register_error_handler(RuleRmError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _known(error: RuleRmError) -> Response:
    """Return an error of our own tree, with the status that it carries."""
    if error.http_status == InternalServerError.code:
        return _unforeseen(error)
    field, index = (error.field, error.index) if isinstance(error, RequestError) else (None, None)
    response = _reply(error.http_status, type(error).__name__, str(error), field, index)
    if isinstance(error, OverloadedError):
        response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response


def _http(error: HTTPException) -> Response:
    """Return an error of HTTP itself: nothing at this address, a wrong method, a body too large."""
    message = error.description or error.name
    if isinstance(error, RequestEntityTooLarge) and error.description == RequestEntityTooLarge.description:
        message = f"the body is larger than {current_app.config['MAX_CONTENT_LENGTH'] / 2**20:g} MiB"
    if isinstance(error, NotFound):
        message = f"there is nothing at {request.path[:80]!r}{_nearest(request.path)}"
    response = _reply(error.code or 500, type(error).__name__, message)
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _nearest(path: str) -> str:
    """Return the end of a message: the nearest address, or all addresses."""
    rules = current_app.url_map.iter_rules()
    known = sorted({rule.rule for rule in rules if "<" not in rule.rule and rule.endpoint != "static"})
    return did_you_mean(path[:80], known) or f"; there are {', '.join(known)}"


def _unforeseen(error: Exception) -> Response:
    error_id = uuid.uuid4().hex[:12]
    logger.error("error %s at %s %r", error_id, request.method, request.path, exc_info=error)
    message = f"something went wrong in the service; its log says more under {error_id}"
    return _reply(500, InternalServerError.__name__, message)


def _reply(
    status: int, kind: str, message: str, field: str | None = None, index: int | None = None
) -> Response:
    # It may quote a token that was sent in the wrong place.
    message = redact(message, with_pieces=True)
    if status < 500:
        name = client_name()
        who = "" if name is None else f" of {name}"
        logger.warning("%s %r%s was answered with %d: %s", request.method, request.path, who, status, message)
    response = jsonify(problem(status, kind, message, field, index))
    response.status_code, response.content_type = status, CONTENT_TYPE
    return response
