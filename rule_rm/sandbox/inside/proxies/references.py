"""The judge's proxies for the program's objects, functions and classes, which can't cross as data.

A reference has the special methods of its object's type: see `operators`. It must never let the program
decide whether the object is the expected one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from rule_rm.sandbox.inside.proxies import deriving, signatures, special

DISTRUSTED, TOLD, BUILDS, HOLDS, TRUSTED, LENT = range(6)
"""Levels of trust: the operations with data that a reference performs.

DISTRUSTED: none. BUILDS: those that build a value. TOLD: the same, for the result of one, which can't become
a number. HOLDS: also `in`. TRUSTED: all except comparisons. LENT: all, as the object is one that the test
lends.
"""


class Asking(Protocol):
    """The channel, as references use it."""

    def ask(self, do: str, target: Any, name: str = "", *operands: Any) -> Any:
        """Have the program do something to an object, and return the result."""
        ...

    def call(self, target: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Have the program call something."""
        ...

    def equals(self, one: Any, data: Any) -> bool:
        """Return whether an object of the program's equals data."""
        ...

    def equal_of(self, one: Any, kind: str) -> tuple[Any, float] | None:
        """Return the value that an object names as its equal, and how far data may lie from it."""
        ...


class Reference:
    """A proxy of an object of the program's. Without a method `__eq__` it equals itself alone."""

    __slots__ = ("__weakref__", "_channel", "_facts", "_form", "_trust")

    def __init__(self, channel: Asking, form: Any, facts: dict[str, Any]) -> None:
        """`form` names it to the program; `facts` describe its type, according to the program."""
        given = {"_channel": channel, "_form": form, "_facts": facts, "_trust": DISTRUSTED}
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, attribute: str) -> Any:
        if attribute in special.CROSSING or attribute in LOOKED_FOR:
            raise AttributeError(attribute)
        if attribute in _RESUMING and self._facts["type"] == "generator":
            return _resuming(self, attribute)
        if attribute in _OF_FUNCTIONS and "takes" in self._facts:
            return getattr(signatures.like(self._facts), attribute)
        if attribute == "__dict__" and self._facts["type"] == "module":
            # All that a module has is too much to be sent.
            raise AttributeError(attribute)
        return self._channel.ask("get", self, attribute)

    def __setattr__(self, attribute: str, value: Any) -> None:
        self._channel.ask("set", self, attribute, value)

    def __delattr__(self, attribute: str) -> None:
        self._channel.ask("delete", self, attribute)

    def __repr__(self) -> str:
        return f"<{self._facts['type']} of the program>"

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self._channel.ask("get", self, "__doc__")

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        native = self._facts.get("native")
        base = self._facts["base"]() if native is None and "base" in self._facts else None
        if base is not None:
            return _derived(type(self), base)  # type: ignore[arg-type]
        return native if native is not None else type(self)


@lru_cache(maxsize=64)
def _derived(kind: type, base: type) -> type:
    """Return a class of the same name that derives from one of the library's, as the object's class does."""
    try:
        return type(kind.__name__, (base,), {})
    except Exception:  # noqa: BLE001 - a class that can't be derived from in this way
        return kind


class CallableReference(Reference):
    """A proxy of an object that can be called."""

    __slots__ = ()

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it where it is."""
        return self._channel.call(self, arguments, keywords)


LOOKED_FOR = frozenset({"__iter__", "__len__", "__length_hint__", "__index__", "__fspath__", "__array__"})
"""Special methods that builtins and NumPy look for on the instance."""


_RESUMING = ("send", "throw")
"""Methods of a generator that go on with it, and end by StopIteration as `next` does."""
_OF_FUNCTIONS = ("__code__", "__defaults__", "__kwdefaults__", "__signature__")
"""Attributes that show which arguments a function takes."""


def _resuming(generator: Reference, name: str) -> Callable[..., Any]:
    def method(*given: Any) -> Any:
        is_item, found = generator._channel.ask("resume", generator, name, *given)
        if not is_item:
            raise StopIteration(found)
        return found

    return method


def trusted(reference: Reference, level: int) -> Reference:
    """Return another reference to the same object, by which operations with data are done.

    What a function or a method returns is never this one, even if it is the same object.
    """
    found = type(reference)(reference._channel, reference._form, reference._facts)
    object.__setattr__(found, "_trust", level)
    return found


def distrust(reference: Reference) -> None:
    """Stop operations with data."""
    object.__setattr__(reference, "_trust", DISTRUSTED)


class ClassReference(CallableReference):
    """A class of the program's: it makes objects, and knows its instances and subclasses."""

    __slots__ = ()

    def __instancecheck__(self, instance: Any) -> bool:
        return bool(self._channel.ask("instance", self, "", instance))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return bool(self._channel.ask("subclass", self, "", subclass))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (deriving.Base,)

    def __iter__(self) -> Any:
        return iter(self._channel.ask("special", self, "__iter__"))

    def __len__(self) -> Any:
        return self._channel.ask("special", self, "__len__")

    def __getitem__(self, key: Any) -> Any:
        found = self._channel.ask("special", self, "__getitem__", key)
        if isinstance(found, CallableReference) and not isinstance(found, ClassReference):
            # Of a generic class, such as `Stack[int]`: what it makes is an object of the class.
            found._facts["class"] = self
        return found

    def __contains__(self, item: Any) -> bool:
        return bool(self._channel.ask("special", self, "__contains__", item))


for _kind in (Reference, CallableReference, ClassReference):
    del _kind.__slots__
for _kind in (CallableReference, ClassReference):
    # A docstring of the class would hide that of the object.
    _kind.__doc__ = vars(Reference)["__doc__"]  # type: ignore[method-assign]
