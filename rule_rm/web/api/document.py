"""The OpenAPI document of an application, made of its routes and the descriptions of its views."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from rule_rm.version import __version__
from rule_rm.web.api.described import Description, description_of
from rule_rm.web.api.schemas import components, reference
from rule_rm.web.logs import REQUEST_ID_HEADER
from rule_rm.web.problems import CONTENT_TYPE, WHEN

OPENAPI = "3.1.0"
_FREE = {"HEAD", "OPTIONS"}
"""Methods that Flask adds."""
_ALWAYS = (400, 414, 431, 500, 503)
_WITH_BODY = (408, 413, 415, 422)
_REQUEST_ID = {
    "description": "The request's id in the log and the journal: the one that was sent, or one made here.",
    "schema": {"type": "string"},
}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
"""A parameter in the path of a route: `<reward_type>`."""


def document(
    app: Flask, reward_types: Iterable[str], *, has_token: bool, is_open: Iterable[str]
) -> dict[str, Any]:
    """Return the document. `is_open` are the endpoints that need no token."""
    types, free = sorted(reward_types), set(is_open)
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - _FREE):
            operation = _operation(rule, method, inspect.getdoc(view) or "", description_of(view), types)
            if has_token and rule.endpoint not in free:
                operation["responses"] |= {"401": _error(401), "429": _error(429)}
                operation["security"] = [{"bearer": []}, {"query": []}]
            for response in operation["responses"].values():
                response["headers"] = {REQUEST_ID_HEADER: _REQUEST_ID}
            paths.setdefault(_PARAMETER.sub(r"{\1}", rule.rule), {})[method.lower()] = operation
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "rule_rm",
            "version": __version__,
            "summary": "Rewards for reinforcement learning of language models.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "query": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


def _operation(
    rule: Rule, method: str, doc: str, description: Description, types: list[str]
) -> dict[str, Any]:
    summary, _, rest = doc.partition("\n")
    operation: dict[str, Any] = {
        "operationId": _name(rule, method),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": summary,
        "parameters": [*_path(rule, types), *_query(description)],
        "responses": _responses(rule, description),
    }
    if rest.strip():
        operation["description"] = rest.strip()
    if description.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": description.body}},
        }
    return operation


def _name(rule: Rule, method: str) -> str:
    """Return a name that only this operation has: an endpoint may have several paths and methods."""
    parts = [rule.endpoint, *(f"by_{name}" for name in sorted(rule.arguments))]
    if len((rule.methods or set()) - _FREE) > 1:
        parts.append(method.lower())
    return "_".join(parts).replace(".", "_")


def _path(rule: Rule, types: list[str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "enum": types}}
        for name in sorted(rule.arguments)
    ]


def _query(description: Description) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
        for name, meaning in (description.query or {}).items()
    ]


def _responses(rule: Rule, description: Description) -> dict[str, Any]:
    found: dict[str, Any] = {
        "200": {
            "description": "OK",
            "content": {description.content_type: {"schema": description.reply}},
        }
    }
    codes = {*_ALWAYS, *description.errors}
    if description.body is not None:
        codes.update(_WITH_BODY)
    if rule.arguments:
        codes.add(404)
    found |= {str(code): _error(code) for code in sorted(codes)}
    for code, schema in (description.others or {}).items():
        contents = found.get(str(code), {"description": WHEN.get(code, "")}).get("content", {})
        found[str(code)] = {
            "description": WHEN.get(code, ""),
            "content": {"application/json": {"schema": schema}, **contents},
        }
    return found


def _error(code: int) -> dict[str, Any]:
    return {"description": WHEN[code], "content": {CONTENT_TYPE: {"schema": reference("Problem")}}}
