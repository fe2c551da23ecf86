"""Find out by asking which shapes of reply a server knows: a JSON schema, JSON, or text.

Servers refuse an unknown response_format with 400, 422 or even 500. They refuse a question that is too long
in the same way, or anything while they are in trouble. The next weaker format shows which it was: if that one
works, the stronger was refused. A format that has worked once is never given up for an error.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

REFUSALS = frozenset({400, 422, 500})
CERTAIN = 2
"""Refusals by 500, each proved by a weaker format, before they are believed. One may be chance."""


class Format(IntEnum):
    """Shapes of a reply, from the strongest to the weakest."""

    JSON_SCHEMA = 0
    JSON_OBJECT = 1
    TEXT = 2

    def field(self, schema: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return the response_format of a request; None for plain text."""
        if schema is None or self is Format.TEXT:
            return None
        if self is Format.JSON_OBJECT:
            # Some servers hold the reply to a schema in this place, and others ignore it.
            return {"type": "json_object", "schema": schema}
        return {"type": "json_schema", "json_schema": {"name": "verdict", "strict": True, "schema": schema}}


class KnownFormats:
    """The formats known of one server, by schema: some servers know only parts of the schema language."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._best: dict[str, Format] = {}
        self._proved: set[tuple[str, Format]] = set()
        self._doubts: dict[tuple[str, Format], int] = {}

    def best(self, schema: str) -> Format:
        """Return the strongest format that is not known to be refused."""
        return self._best.get(schema, Format.JSON_SCHEMA)

    def may_be_refused(self, schema: str, asked: Format, status: int | None) -> bool:
        """Return True if an error of this status may mean that the format is unknown."""
        return status in REFUSALS and asked is not Format.TEXT and (schema, asked) not in self._proved

    def worked(self, schema: str, asked: Format, refused: Mapping[Format, int]) -> bool:
        """Record that a format gave a reply after stronger ones were refused with these statuses.

        Return True if it is the best from now on, and was not before.
        """
        if not refused and (schema, asked) in self._proved:
            return False
        with self._lock:
            before = self.best(schema)
            self._proved.add((schema, asked))
            believed = [self._is_believed(schema, stronger, status) for stronger, status in refused.items()]
            if asked < before or (refused and all(believed)):
                self._best[schema] = asked
            return self.best(schema) is not before

    def _is_believed(self, schema: str, asked: Format, status: int) -> bool:
        if (schema, asked) in self._proved:
            return False
        if status != 500:
            return True
        self._doubts[schema, asked] = self._doubts.get((schema, asked), 0) + 1
        return self._doubts[schema, asked] >= CERTAIN
