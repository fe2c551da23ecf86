"""The judge's proxies for the program's objects, functions and classes, which can't cross as data.

A reference has the special methods of its object's type, and asks the program to run each. It must never let
the program decide whether the object is the expected one. So the program names the value that the object
equals before it sees data, and it is compared here. Operations with data, which might be the expected value,
are only done for objects that the test itself made from a class.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from rule_rm.sandbox.inside import signatures, special
from rule_rm.sandbox.inside.awaiting import awaiting
from rule_rm.sandbox.inside.exceptions import RemoteError
from rule_rm.sandbox.inside.outcomes import Unsupported

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


class Reference:
    """A proxy of an object of the program's. Without a method `__eq__` it equals itself alone."""

    __slots__ = ("__weakref__", "_channel", "_facts", "_form", "_trust")

    def __init__(self, channel: Asking, form: Any, facts: dict[str, Any]) -> None:
        """`form` names it to the program; `facts` describe its type, according to the program."""
        given = {"_channel": channel, "_form": form, "_facts": facts, "_trust": DISTRUSTED}
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def __getattr__(self, attribute: str) -> Any:
        if attribute in special.CROSSING or attribute in _LOOKED_FOR:
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
        return native if native is not None else type(self)


class CallableReference(Reference):
    """A proxy of an object that can be called."""

    __slots__ = ()

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it where it is."""
        return self._channel.call(self, arguments, keywords)


_LOOKED_FOR = frozenset({"__iter__", "__len__", "__length_hint__", "__index__", "__fspath__", "__array__"})
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
        return (_Base,)

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


class _Super:
    """A `super` of the program's, which is asked for every attribute: a reference has `__init__` itself."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def __getattribute__(self, attribute: str) -> Any:
        reference = object.__getattribute__(self, "_reference")
        return reference._channel.ask("get", reference, attribute)


def supering(channel: Asking) -> Callable[..., Any]:
    """Return the `super` of a test, which finds the methods of the program's classes where these are."""

    def find(*given: Any) -> Any:
        if not given:
            # Without arguments, as the compiler has them for the method that calls.
            frame = sys._getframe(1)
            scope, code = frame.f_locals, frame.f_code
            first = scope[code.co_varnames[0]]
            given = (scope["__class__"], first if code.co_argcount else first[0])
        if isinstance(given[0], Reference):
            return _Super(channel.ask("super", given[0], "", *given[1:]))
        return super(*given)

    return find


_OF_CLASSES = ("__module__", "__qualname__", "__firstlineno__", "__static_attributes__", "__classcell__")
"""Names that Python adds to the namespace of any class."""


for _kind in (Reference, CallableReference, ClassReference):
    del _kind.__slots__
for _kind in (CallableReference, ClassReference):
    # A docstring of the class would hide that of the object.
    _kind.__doc__ = vars(Reference)["__doc__"]  # type: ignore[method-assign]


class _Making(type):
    """Makes a subclass of a class of the program's where that class is."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **keywords: Any) -> Any:
        given = namespace.pop("__orig_bases__", ())
        if not given:
            return super().__new__(cls, name, bases, namespace, **keywords)
        values = {key: value for key, value in namespace.items() if key not in _OF_CLASSES}
        made = given[0]._channel.ask("derive", given[0], name, list(given), values, keywords)
        if "__classcell__" in namespace:
            # Where the methods find their class for `super()`.
            namespace["__classcell__"].cell_contents = made
        return made


class _Base(metaclass=_Making):
    """Stands for a class of the program's among the bases of a class of the test's."""


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
                return NotImplemented
            if not self._facts.get("holds"):
                return self._channel.equals(self, other) is (name == "__eq__")
            # The items of the program's container are data, which is compared here.
            return special.ALL[name](self._channel.ask("contents", self), other)
        return self._channel.ask("special", self, name, other)

    return method


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


VALUES = (int, float, str, bytes, tuple, frozenset)
"""Builtins whose values can't change: a subclass's instance is one here too, its attributes are asked for."""


def _value_attribute(self: Any, attribute: str) -> Any:
    reference = self.__dict__.get("_reference")
    if reference is None or attribute in special.CROSSING or attribute in _LOOKED_FOR:
        raise AttributeError(attribute)
    return reference._channel.ask("get", reference, attribute)


def _own_or_builtin(builtin: type, name: str) -> Callable[..., Any]:
    """Return a method that is the program's where the class has its own, and no data has to cross for it."""
    reflected = name in special.REFLECTED
    asked = f"__{name[3:]}" if reflected else name

    def method(self: Any, *given: Any) -> Any:
        reference = self.__dict__.get("_reference")
        is_asked = reference is not None and name in reference._facts["own"]
        if is_asked and (name not in _SEEING or reference_of(given[0]) is not None):
            operands = (*given, self) if reflected else (self, *given)
            return reference._channel.ask("special", operands[0], asked, *operands[1:])
        plain = getattr(builtin, name, None)
        if plain is None and name not in _OPERATING:
            raise TypeError(f"{builtin.__name__!r} has no {name} for a value of the test")
        return NotImplemented if plain is None else plain(self, *given)

    return method


_SHOWING = ("__repr__", "__str__", "__format__")
"""Methods that write a value as text: its class may have its own, as that of a named tuple has."""
_OPERATING = frozenset({*special.BINARY, *special.REFLECTED})
_SEEING = _OPERATING | {"__contains__"}
"""Operations with another value: it must be the program's too, as the test's may be the expected one."""
_DIFFERING = frozenset(
    f"__{side}{name}__" for side in ("", "r") for name in ("sub", "truediv", "floordiv", "mod", "divmod")
)
"""Operations of numbers that show how near they are: they are always the builtin's."""
_READING_ALL = ("__iter__", "__reversed__", "__len__", "__bool__")
"""Methods by which a value is read as a whole: those of the builtin are used, if it has them."""
_OWN = (
    *(*_SHOWING, *_READING_ALL, "__getitem__", "__neg__", "__pos__", "__invert__", "__abs__"),
    *sorted(_SEEING),
)
"""Methods that a subclass of a builtin may have itself. Comparisons are always the builtin's."""
_value_types: dict[tuple[type, tuple[str, ...]], type] = {}


def _value_type(builtin: type, own: tuple[str, ...]) -> type:
    """Return the class of values of a builtin whose class has these methods itself."""
    if (builtin, own) not in _value_types:
        methods = {name: _own_or_builtin(builtin, name) for name in own}
        made = type(builtin.__name__, (builtin,), {"__getattr__": _value_attribute, **methods})
        _value_types[builtin, own] = made
    return _value_types[builtin, own]


def own_methods(kind: type, builtin: type) -> list[str]:
    """Return the methods that a subclass of a builtin has itself, of those that are used."""
    return [name for name in _OWN if getattr(kind, name, None) is not getattr(builtin, name, None)]


def _used(builtin: type, reference: Reference) -> tuple[str, ...]:
    kept = {name for name in _READING_ALL if hasattr(builtin, name)}
    if builtin in (int, float):
        kept |= _DIFFERING
    return tuple(name for name in _OWN if name in reference._facts["own"] and name not in kept)


def value_reference(value: Any, reference: Reference) -> Any:
    """Return a plain value for comparisons and arithmetic, with the attributes of the program's object."""
    builtin = type(value)
    if builtin not in VALUES:
        return value
    found = _value_type(builtin, _used(builtin, reference))(value)
    found.__dict__["_reference"] = reference
    return found


def reference_of(value: Any) -> Reference | None:
    """Return the reference to a value's object in the program, if there is one."""
    if isinstance(value, Reference):
        return value
    if type(value).__dict__.get("__getattr__") is _value_attribute or isinstance(value, BaseException | type):
        found = getattr(value, "__dict__", {}).get("_reference")
        return found if isinstance(found, Reference) else None
    return None
