"""Classes of the program's in the patterns of a test's `match`, where Python takes nothing but types."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from rule_rm.sandbox.inside.proxies.references import ClassReference


class _Pattern(type):
    """The type of the types by which patterns recognise objects of a class of the program's."""

    _of: Any

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls._of)


class Classes:
    """Finds the classes that a pattern names, in the scope of its `match`."""

    def __getattr__(self, name: str) -> Any:
        frame = sys._getframe(1)
        for names in (frame.f_locals, frame.f_globals):
            if name in names:
                return _as_type(names[name])
        raise NameError(f"name {name!r} is not defined", name=name)


def _as_type(found: Any) -> Any:
    """Return a type for a class of the program's, and anything else as it is."""
    if type(found) is not ClassReference:
        return found
    members: dict[str, Any] = {"_of": found}
    # Read once for each `match`: the program may not change it between two attributes.
    with contextlib.suppress(AttributeError):
        members["__match_args__"] = found.__match_args__
    return _Pattern(str(found._facts["name"]), (), members)
