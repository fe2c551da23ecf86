"""Read request bodies: one JSON object within the limits, or an error with the reason.

It is stricter than `request.get_json`. JSON readers disagree on NaN, on a repeated key and on bytes that are
not UTF-8. The trainer and the service could then disagree about the request.
"""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from rule_rm.errors import RequestError
from rule_rm.structured.strict import decoder


def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body. Raises RequestError if it is not one, and the errors of `read`."""
    payload = read(request)
    if not isinstance(payload, dict):
        raise RequestError("the body must be a JSON object")
    return payload


def read(request: Request) -> Any:
    """Return the JSON value in the body.

    Raises RequestError if the body is unreadable, UnsupportedMediaType if its type is not JSON, and
    RequestEntityTooLarge if it exceeds the limit, without reading more than that.
    """
    if request.mimetype not in ("", "application/json"):
        raise UnsupportedMediaType(f"the body must be application/json, not {request.mimetype}")
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType(f"the body must not be compressed ({request.content_encoding})")
    body = request.get_data(cache=False)
    if request.content_length is None:
        # Werkzeug stops in silence at the limit; it raises if one byte more is wanted.
        request.stream.read(1)
    return parse(body)


def drop(request: Request) -> None:
    """Read a body that says nothing. Raises RequestEntityTooLarge if it exceeds the limit."""
    request.get_data(cache=False)
    if request.content_length is None:
        request.stream.read(1)


def parse(body: bytes | bytearray) -> Any:
    """Return the JSON value in the body, strictly by the standard.

    >>> parse(b'{"prompts": NaN}')
    Traceback (most recent call last):
    rule_rm.errors.RequestError: the body is not JSON: NaN is not a number of JSON
    """
    try:
        return _DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        raise RequestError(f"the body is not UTF-8, at byte {error.start}") from None
    except RecursionError:
        raise RequestError("the body is nested too deeply") from None
    except ValueError as error:
        raise RequestError(f"the body is not JSON: {error}") from None


_DECODER = decoder()
