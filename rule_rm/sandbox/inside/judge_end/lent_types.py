"""The library's types whose objects a test lends, and their attributes that the program does not see."""

from __future__ import annotations

_LIBRARY: dict[str, tuple[str, ...]] = {
    "functools": ("partial",),
    "operator": ("itemgetter", "attrgetter", "methodcaller"),
    "_io": ("StringIO", "BytesIO", "TextIOWrapper", "BufferedReader", "BufferedWriter", "BufferedRandom"),
    "tempfile": ("_TemporaryFileWrapper", "SpooledTemporaryFile"),
    "sqlite3": ("Connection", "Cursor", "Row"),
    "xml.etree.ElementTree": ("ElementTree",),
    "csv": ("DictReader", "DictWriter"),
    "re": ("Match",),
    "string": ("Template",),
    "collections": ("UserDict", "UserList"),
    "contextlib": ("_GeneratorContextManager",),
    "_csv": ("writer",),
    "threading": ("Barrier", "Condition", "Thread", "Timer"),
    "html.parser": ("HTMLParser",),
    "_contextvars": ("ContextVar", "Token"),
    "_struct": ("Struct",),
    "_hashlib": ("HASH", "HMAC"),
    "hmac": ("HMAC",),
    "_asyncio": ("Future", "Task"),
    "typing": ("NewType", "ParamSpec", "TypeVar"),
    "argparse": (),
}
"""By module; an empty tuple means all of them."""
_ALIASES = {"ContextVar": "_contextvars", "Token": "_contextvars"}
"""Types whose module is written as `builtins`."""
KEPT = {
    "Connection": ("enable_load_extension", "load_extension"),
    "partial": ("func", "args", "keywords"),
    "_GeneratorContextManager": ("func", "args", "kwds", "gen"),
    "Timer": ("function", "args", "kwargs"),
    "Task": ("get_context", "get_coro", "get_stack", "print_stack"),
}
"""Attributes by which native code would be loaded, or what a callback was made of would be read."""


def is_of_library(kind: type) -> bool:
    """Return whether objects of a type are lent."""
    module = (
        _ALIASES.get(kind.__name__, kind.__module__) if kind.__module__ == "builtins" else kind.__module__
    )
    names = _LIBRARY.get(module)
    return names is not None and (not names or kind.__name__ in names)


def is_future(kind: type) -> bool:
    """Return whether objects of a type are futures of a loop, which go on while the program awaits them."""
    return kind.__module__ == "_asyncio"
