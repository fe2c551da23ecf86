"""Compare the arguments of a tool call with the possible values that BFCL's ground truth lists for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from rule_rm.structured.strict import same_json
from rule_rm.structured.token_calls import WrittenParts
from rule_rm.structured.written import Written

_UNCOUNTED = re.compile(r"[ ,./\-_*^]")
"""A mark that BFCL leaves out of strings: the comma of `April 1, 2024`."""
_FIELDS = frozenset({"arguments", "function", "parameters", "tool_calls"})
"""Names of fields of a call, which no function has."""


class OneOf(NamedTuple):
    """The possible values of an argument; an empty string among them means that it may be missing."""

    values: list[Any]

    @property
    def is_optional(self) -> bool:
        """True if the call may leave the argument out."""
        return "" in self.values

    def accepts(self, found: Any) -> bool:
        """Return True if an argument has one of the possible values.

        >>> OneOf(["New York", ""]).accepts("new york"), OneOf([[1, 2]]).accepts([2, 1])
        (True, False)
        """
        return any(_is_same(found, value) for value in self.values)


def possible_call(value: Any) -> tuple[str, dict[str, OneOf]] | None:
    """Return the name and possible arguments of `{"name": {"argument": [value, …]}}`; None for another form.

    >>> possible_call({"add": {"a": [1], "b": [2, ""]}})[1]["b"].is_optional
    True
    >>> possible_call({"name": "add", "arguments": {"a": 1}})
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((name, arguments),) = value.items()
    if not isinstance(name, str) or name in _FIELDS or not isinstance(arguments, Mapping):
        return None
    if not all(isinstance(values, list) and values for values in arguments.values()):
        return None
    return name, {key: OneOf(values) for key, values in arguments.items()}


def _is_same(found: Any, wanted: Any) -> bool:
    """Return True if a value is a possible one: strings without marks, lists in order, objects by key."""
    if isinstance(found, (Written, WrittenParts)):
        return found.is_value(wanted)
    if isinstance(found, str) and isinstance(wanted, str):
        return _plain(found) == _plain(wanted)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_is_same, found, wanted))
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return _has_fields(found, wanted)
    return same_json(found, wanted)


def _has_fields(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return True if the fields of an object are possible ones, and none that must be there is missing."""
    possible = {key: OneOf(value if isinstance(value, list) else [value]) for key, value in wanted.items()}
    if not found.keys() <= possible.keys():
        return False
    return all(
        values.accepts(found[key]) if key in found else values.is_optional for key, values in possible.items()
    )


def _plain(text: str) -> str:
    """Return a string as BFCL compares it: without spaces and some marks, in lower case, with one quote."""
    return _UNCOUNTED.sub("", text).lower().replace("'", '"')
