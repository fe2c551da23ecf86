"""Types, patterns and references, shared by checking a schema and validating with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from rule_rm.errors import InternalError

_DOLLAR = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
r"""An escape, a class, or a `$` outside of both: `\$`, `[$]`, `$`."""


class SchemaError(InternalError, ValueError):
    """A schema that is none, or that can't be decided here."""


def is_number(value: Any) -> bool:
    """Return True for a JSON number, which Python's True is not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": is_number,
    "integer": lambda value: is_number(value) and value % 1 == 0,
}


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern with its meaning in JavaScript: ASCII classes, and `$` is the very end.

    >>> bool(compiled("^a$").search("a\\n"))
    False
    """
    try:
        ended = _DOLLAR.sub(lambda found: r"\Z" if found[0] == "$" else found[0], pattern)
        return re.compile(ended, re.ASCII)
    except (re.error, TypeError, RecursionError, OverflowError) as error:
        raise SchemaError(f"the pattern {pattern!r:.80} can't be read: {error}") from None


def referred(reference: Any, root: Any) -> Any:
    """Return the schema that a reference within the root schema names.

    Raises SchemaError if there is none.
    """
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        raise SchemaError(f"$ref {reference!r:.80}: only what begins with #/ can be followed")
    found = root
    for step in reference.removeprefix("#").split("/")[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, Mapping) and name in found:
            found = found[name]
        else:
            raise SchemaError(f"$ref {reference!r:.80}: there is nothing")
    return found


def listed(wanted: Any) -> list[Any]:
    """Return one value, or a list of several, as a list."""
    return wanted if isinstance(wanted, list) else [wanted]
