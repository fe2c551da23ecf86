"""The forms of values that a test passes to a program, besides those of plain data."""

from __future__ import annotations

import itertools
import operator
import types
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.data import values
from rule_rm.sandbox.inside.data.arrays import Iterated
from rule_rm.sandbox.inside.judge_end.receiving import PURE, is_member, is_plain
from rule_rm.sandbox.inside.proxies.value_references import reference_of

_FEW = 1000
"""Items that an iterator of the test may say that it has to stay in the judge, where each is asked for."""
_ITEMS = 100_000
"""Items of a longer iterator, which all cross at once."""


def refer(value: Any, again: values.Refer, lent: Callable[[], Any]) -> Any:
    """Return the form of a value that is neither plain data nor a container of it.

    `again` does the same for what is in it; `lent` returns the objects that the test lends.
    """
    reference = reference_of(value)
    if reference is not None:
        return reference._form
    if isinstance(value, BaseException):
        return {"!": "failed", "v": lent().failure(value)}
    found = _data(value, again)
    if found is not None:
        return found
    from rule_rm.sandbox.inside.judge_end.lending import is_lent

    if is_lent(value):
        return lent().form(value)
    if hasattr(type(value), "__next__"):
        if operator.length_hint(value) < _FEW:
            return lent().form(value)
        items = list(itertools.islice(value, _ITEMS))
        return {"!": "iterator", "v": values.encode(items, again)}
    if isinstance(value, (*_BUILTINS, *_OF_PROGRAM)):
        return NotImplemented
    raise OfTestError(f"{type(value).__name__!r} can't be sent as data")


def _data(value: Any, refer: Callable[[Any], Any]) -> Any:
    """Return the form of a value that can be rebuilt from its parts; None if it can't."""
    if type(value) in (staticmethod, classmethod, property):
        parts = [value.fget, value.fset, value.fdel] if type(value) is property else [value.__func__]
        return {"!": "member", "v": [type(value).__name__, values.encode(parts, refer)]}
    if isinstance(value, tuple) and "_fields" in vars(type(value)):
        items = values.encode(list(value), refer)
        return {"!": "namedtuple", "v": [type(value).__name__, list(vars(type(value))["_fields"]), items]}
    if isinstance(value, type) and (value.__module__ == "builtins" or is_plain(value)):
        return {"!": "native", "v": [value.__module__, value.__qualname__]}
    if isinstance(value, types.BuiltinFunctionType) and isinstance(value.__self__, types.ModuleType):
        return {"!": "native", "v": [value.__self__.__name__, value.__name__]}
    if is_member(value):
        return {"!": "enumerated", "v": [type(value).__module__, type(value).__qualname__, value.name]}
    if isinstance(value, tuple) and hasattr(type(value), "n_sequence_fields"):
        # A structure of the library's, such as `time.struct_time`.
        return {"!": "structure", "v": [type(value).__module__, type(value).__qualname__, list(value)]}
    if isinstance(value, types.ModuleType) and value.__name__ in PURE:
        return {"!": "imported", "v": value.__name__}
    if value is Ellipsis or value is NotImplemented:
        return {"!": "native", "v": ["builtins", repr(value)]}
    if type(value).__module__ == "re" and type(value).__name__ == "Pattern":
        return {"!": "pattern", "v": [value.pattern, int(value.flags)]}
    return None


class OfTestError(Exception):
    """A value that can't be sent and that is the test's own with every program."""


_BUILTINS = (int, float, str, bytes, list, tuple, dict, set, frozenset)
"""Subclasses of these cross as their plain contents."""
_OF_PROGRAM = (
    type,
    types.ModuleType,
    types.CoroutineType,
    types.BuiltinMethodType,
    types.MethodWrapperType,
    Iterated,
)
"""Kinds of what a test can be left with when the program returns something odd."""
