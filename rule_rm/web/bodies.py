"""Request bodies: one JSON object within the limits, or an error that says what is wrong with it.

Stricter than `request.get_json`: what one JSON reader takes and another does not (NaN, a key that stands
twice, bytes that are no UTF-8) would let the trainer and the service disagree about what was sent.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from rule_rm.errors import RequestError


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body.

    Raises RequestError, UnsupportedMediaType for a type that is not JSON, and RequestEntityTooLarge, the
    latter without reading more than the limit.
    """
    if request.mimetype not in ("", "application/json"):
        raise UnsupportedMediaType(f"the body must be application/json, not {request.mimetype}")
    if request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType(f"the body must not be compressed ({request.content_encoding})")
    body = request.get_data(cache=False)
    if request.content_length is None:
        # Werkzeug stops in silence at the limit; it raises if one byte more is wanted.
        request.stream.read(1)
    payload = parse(body)
    if not isinstance(payload, dict):
        raise RequestError("the body must be a JSON object")
    return payload


def parse(body: bytes) -> Any:
    """The JSON value in the body, strictly by the standard.

    >>> parse(b'{"prompts": NaN}')
    Traceback (most recent call last):
    rule_rm.errors.RequestError: the body is no JSON: NaN is no number there
    """
    try:
        return json.loads(
            body.decode(),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise RequestError(f"the body is not UTF-8, at byte {error.start}") from None
    except RecursionError:
        raise RequestError("the body is nested too deeply") from None
    except ValueError as error:
        raise RequestError(f"the body is no JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise RequestError(f"the body is no JSON: {name} is no number there")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise RequestError("the body has a number that is too large")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise RequestError("the body has an object with the same key twice")
    return members
