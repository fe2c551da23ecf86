"""The one form of errors: RFC 9457, with our own `error` in it for trainers and clients.

`type` is the place in `/docs` that explains the status. `error` has the name of the exception, and the field
and the index at fault, if there are any.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

CONTENT_TYPE = "application/problem+json"
WHEN = {
    400: "the body can't be read: not JSON, not UTF-8, nested too deeply, or a key twice in an object",
    401: "the server has a token, and the request carries none or a wrong one",
    404: "no such path, an unknown reward type, or one that this server was not started for",
    405: "a wrong method, such as `GET /get_reward`",
    408: "the request did not arrive in time",
    409: "rewards or golden data can't be loaded again; the old ones stay",
    413: "the body is larger than `--max-request-mb`",
    414: "the path is too long",
    415: "the body is not `application/json`, or is compressed",
    422: "JSON, but of no known format, or a field with a wrong value; `field` and `index` say which",
    424: "more rollouts are unscored than `--max-unscored` allows",
    429: "the token may send fewer requests per second; wait the seconds in `Retry-After`",
    431: "the headers are too long",
    500: "a fault of ours; the log has the traceback under the id in the message",
    503: (
        "the queue is full (`--max-pending`), there is no connection left, the server is not ready, or "
        "a rollout is unscored and its trainer takes an error; wait the seconds in `Retry-After`"
    ),
    505: "another version of HTTP than 1.0 or 1.1",
}
"""When the service answers with each status, for the documentation and for `/openapi.json`."""


def problem(
    status: int, kind: str, message: str, field: str | None = None, index: int | None = None
) -> dict[str, Any]:
    """Return the body of an error.

    >>> problem(404, "NotFound", "there is nothing here")["title"]
    'Not Found'
    """
    return {
        "type": f"/docs#{status}",
        "title": HTTPStatus(status).phrase if status in list(HTTPStatus) else kind,
        "status": status,
        "detail": message,
        "error": {"type": kind, "message": message, "field": field, "index": index},
    }
