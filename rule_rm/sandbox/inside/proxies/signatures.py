"""Show which arguments a function of the test's takes: a program may curry it, or look at its signature."""

from __future__ import annotations

import types
from typing import Any

_VAR_POSITIONAL, _VAR_KEYWORD = 0x04, 0x08
"""Flags of a code object: `*args` and `**kwargs`."""


def shape(value: Any) -> list[Any] | None:
    """Return the parameters of a function, without their defaults' values; None if it is none in Python.

    >>> shape(lambda a, b=1, *c, d=2: 0)
    [['a', 'b', 'd', 'c'], 2, 0, 1, 4, 1, ['d']]
    """
    is_bound = isinstance(value, types.MethodType)
    function = value.__func__ if is_bound else value
    if type(function) is not types.FunctionType:
        return None
    code = function.__code__
    flags = code.co_flags & (_VAR_POSITIONAL | _VAR_KEYWORD)
    count = code.co_argcount + code.co_kwonlyargcount + flags.bit_count()
    names = list(code.co_varnames[:count])
    positional, alone = code.co_argcount, code.co_posonlyargcount
    if is_bound and positional:
        names, positional, alone = names[1:], positional - 1, max(alone - 1, 0)
    if not all(map(str.isidentifier, names)):
        return None
    defaults = min(len(function.__defaults__ or ()), positional)
    named = list(function.__kwdefaults__ or ())
    return [names, positional, alone, code.co_kwonlyargcount, flags, defaults, named]


def like(facts: dict[str, Any]) -> Any:
    """Return a function of the same parameters, which does nothing.

    >>> like({"takes": shape(lambda a, /, b=1, *c, d, **e: 0)}).__signature__
    <Signature (a, /, b=None, *c, d, **e)>
    """
    import inspect

    names, positional, alone, keyword_only, flags, defaults, named = facts["takes"]
    parts = [
        name if place < positional - defaults else f"{name}=None"
        for place, name in enumerate(names[:positional])
    ]
    if alone:
        parts.insert(alone, "/")
    rest = names[positional + keyword_only :]
    if flags & _VAR_POSITIONAL:
        parts.append(f"*{rest.pop(0)}")
    elif keyword_only:
        parts.append("*")
    for name in names[positional : positional + keyword_only]:
        parts.append(f"{name}=None" if name in named else name)
    if flags & _VAR_KEYWORD:
        parts.append(f"**{rest.pop(0)}")
    made: dict[str, Any] = {}
    exec(f"def like({', '.join(parts)}): pass", made)  # noqa: S102 - in the program's process, of names
    found = made["like"]
    found.__signature__ = inspect.signature(found)
    return found
