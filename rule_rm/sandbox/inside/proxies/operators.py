"""The special methods of references: each asks the program to run that of the object.

Operations with data, which might be the expected value, are only done for objects that the test itself made
from a class. A comparison with data is made here, with the value that the object names unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.proxies import special
from rule_rm.sandbox.inside.proxies.awaiting import awaiting
from rule_rm.sandbox.inside.proxies.exceptions import RemoteError
from rule_rm.sandbox.inside.proxies.references import (
    BUILDS,
    DISTRUSTED,
    LENT,
    TOLD,
    TRUSTED,
    CallableReference,
    Reference,
    trusted,
)
from rule_rm.sandbox.inside.test_files.outcomes import Unsupported


def _unary(name: str) -> Callable[..., Any]:
    def method(self: Any, *operands: Any) -> Any:
        if name in special.TELLING and self._trust == TOLD:
            raise TypeError(f"{self!r} is not a number")
        if name in _READING and self._facts.get("is_read_here"):
            return _read_here(self, name, *operands)
        return self._channel.ask("special", self, name, *operands)

    return method


def _describing(name: str) -> Callable[..., Any]:
    def method(self: Any, *operands: Any) -> Any:
        try:
            return self._channel.ask("special", self, name, *operands)
        except Unsupported as error:
            # The test chose the class, but the program that its object is a descriptor.
            raise RemoteError(str(error)) from None

    return method


_READING = ("__len__", "__bool__", "__iter__", "__reversed__", "__getitem__")
"""Methods by which a container is read: those of the builtin are used, not those of its class."""


def _read_here(one: Any, name: str, *operands: Any) -> Any:
    try:
        return special.ALL[name](one._channel.ask("contents", one), *operands)
    except KeyError:
        if "__missing__" not in one._facts["own"]:
            raise
        return one._channel.ask("special", one, name, *operands)


def _binary(name: str) -> Callable[..., Any]:
    reflected = name in special.REFLECTED
    asked = f"__{name[3:]}" if reflected else name

    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, Reference) and not _may_see_data(self, name):
            if not _is_held(self, name) or asked not in special.ALL:
                return NotImplemented
            contents = self._channel.ask("contents", self)
            return special.ALL[asked](*((other, contents) if reflected else (contents, other)))
        operands = (other, self) if reflected else (self, other)
        found = self._channel.ask("special", operands[0], asked, operands[1])
        if isinstance(found, Reference) and not isinstance(other, Reference) and self._trust != LENT:
            return trusted(found, TRUSTED if self._trust == TRUSTED else TOLD)
        return found

    return method


def _is_held(one: Any, name: str) -> bool:
    """Return whether an operation is that of a builtin container: it can be done here, with the contents."""
    return bool(one._facts.get("holds")) and name not in one._facts["own"]


def _may_see_data(one: Any, name: str) -> bool:
    return one._trust >= TRUSTED or (one._trust != DISTRUSTED and name in special.BUILDING)


def _comparing(name: str) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, Reference) and self._trust != LENT:
            if name not in ("__eq__", "__ne__"):
                return _as_set(self, name, other)
            if not self._facts.get("holds"):
                return self._channel.equals(self, other) is (name == "__eq__")
            # The items of the program's container are data, which is compared here.
            return special.ALL[name](self._channel.ask("contents", self), other)
        return self._channel.ask("special", self, name, other)

    return method


def _as_set(one: Any, name: str, data: Any) -> Any:
    """Compare what a set of the program's own class contains with one of the test's, here."""
    if not isinstance(data, (set, frozenset)):
        return NotImplemented
    found = one._channel.equal_of(one, type(data).__name__)
    if found is None or type(found[0]) not in (set, frozenset):
        return NotImplemented
    return special.ALL[name](found[0], data)


def _is_same(self: Any, other: Any) -> Any:
    if not isinstance(other, Reference):
        return NotImplemented
    return bool(self._form == other._form)


def _number(self: Any) -> int:
    return hash(self._form["v"])


def _contains(self: Any, item: Any) -> Any:
    if not isinstance(item, Reference) and (
        self._facts.get("is_read_here") or _is_held(self, "__contains__")
    ):
        return item in self._channel.ask("contents", self)
    if not isinstance(item, Reference) and self._trust in (DISTRUSTED, BUILDS):
        raise TypeError(f"whether {self!r} has an item is for the program alone to say")
    return self._channel.ask("special", self, "__contains__", item)


def _iter(self: Any) -> Any:
    if self._facts.get("is_read_here"):
        return _read_here(self, "__iter__")
    found = self._channel.ask("special", self, "__iter__")
    # Of builtin containers the program's end sends the items, at once.
    return iter(found) if isinstance(found, (list, tuple)) else found


def _next(self: Any) -> Any:
    is_item, found = self._channel.ask("next", self)
    if not is_item:
        raise StopIteration(found)
    return found


def _await(self: Any) -> Any:
    return awaiting(self).__await__()


async def _anext(self: Any) -> Any:
    return await awaiting(self, "__anext__")


async def _aenter(self: Any) -> Any:
    return await awaiting(self, "__aenter__")


async def _aexit(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
    return _swallowed(error, await awaiting(self, "__aexit__", kind and type(error), error, None))


def _dir(self: Any) -> Any:
    return self._channel.ask("special", self, "__dir__")


def _exit(self: Any, kind: Any, error: Any, traceback: Any) -> Any:
    return _swallowed(
        error, self._channel.ask("special", self, "__exit__", kind and type(error), error, None)
    )


def _swallowed(error: Any, swallows: Any) -> bool:
    """Return whether a context of the program's ends an error: none ends a failed assertion of the test's."""
    return bool(swallows) and (not isinstance(error, AssertionError) or hasattr(error, "is_of_program"))


_METHODS: dict[str, Callable[..., Any]] = {
    **{name: _unary(name) for name in (*special.UNARY, *special.OTHER)},
    **{name: _describing(name) for name in special.DESCRIBING},
    **{name: _binary(name) for name in (*special.BINARY, *special.REFLECTED, *special.IN_PLACE)},
    **{name: _comparing(name) for name in special.COMPARING},
    "__contains__": _contains,
    "__dir__": _dir,
    "__iter__": _iter,
    "__next__": _next,
    "__exit__": _exit,
    "__await__": _await,
    "__aiter__": lambda self: self,
    "__anext__": _anext,
    "__aenter__": _aenter,
    "__aexit__": _aexit,
}
_types: dict[tuple[Any, ...], type[Reference]] = {}


def reference_type(names: list[str], is_callable: bool = True, shown: str = "") -> type[Reference]:
    """Return the class of references to objects whose type has these special methods.

    `shown` is the name of their type, for a test that looks at it.
    """
    name = shown if shown.isidentifier() else Reference.__name__
    key = (name, is_callable, *names)
    if key not in _types:
        methods: dict[str, Any] = {name: _METHODS[name] for name in names if name in _METHODS}
        methods.setdefault("__eq__", _is_same)
        methods["__dir__"] = _dir
        methods["__hash__"] = None if "-__hash__" in names else methods.get("__hash__", _number)
        base = CallableReference if is_callable else Reference
        _types[key] = type(name, (base,), {"__slots__": (), "__doc__": Reference.__doc__, **methods})
        # A test that asks for an object's own would find these.
        del _types[key].__slots__
    return _types[key]
