"""Mark a view with the facts that its signature and docstring lack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
Schema = Mapping[str, Any]
_NAME = "rule_rm_description"


@dataclass(frozen=True, slots=True)
class Description:
    """The body that a view takes, its reply, its query, and the statuses of its own errors."""

    body: Schema | None
    """The JSON schema of the body; None if the view reads none."""
    reply: Schema
    """The JSON schema of the reply with status 200."""
    errors: Sequence[int]
    query: Mapping[str, str] | None
    """The parameters of the query, each with its meaning."""
    content_type: str
    others: Mapping[int, Schema] | None
    """The JSON schemas of replies with other statuses and without the usual form of errors."""


def described(
    *,
    body: Schema | None = None,
    reply: Schema,
    errors: Sequence[int] = (),
    query: Mapping[str, str] | None = None,
    content_type: str = "application/json",
    others: Mapping[int, Schema] | None = None,
) -> Callable[[View], View]:
    """Return a decorator that describes a view for `/openapi.json`."""
    description = Description(body, reply, errors, query, content_type, others)

    def mark(view: View) -> View:
        setattr(view, _NAME, description)
        return view

    return mark


def description_of(view: Callable[..., Any]) -> Description:
    """Return the description of a view. Raises TypeError if it has none."""
    found = getattr(view, _NAME, None)
    if not isinstance(found, Description):
        raise TypeError(f"the view {view.__qualname__} lacks @described, which /openapi.json is made of")
    return found


def object_of(*required: str, **properties: Any) -> Schema:
    """Return the schema of an object with these keys; types are names of JSON schema.

    >>> object_of("ready", ready="boolean")
    {'type': 'object', 'required': ['ready'], 'properties': {'ready': {'type': 'boolean'}}}
    """
    schemas = {
        name: {"type": kind} if isinstance(kind, (str, list)) else kind for name, kind in properties.items()
    }
    return {
        "type": "object",
        **({"required": list(required)} if required else {}),
        "properties": schemas,
    }
