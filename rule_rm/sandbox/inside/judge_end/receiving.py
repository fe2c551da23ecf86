"""References, modules and values with a reference, made of the forms in a program's answers."""

from __future__ import annotations

import builtins
import importlib
import sys
from typing import Any, Protocol

from rule_rm.sandbox.inside.data import decoding
from rule_rm.sandbox.inside.proxies import exceptions, operators, references, value_references
from rule_rm.sandbox.inside.proxies.awaiting import awaiting
from rule_rm.sandbox.inside.proxies.references import CallableReference, Reference

PURE = frozenset(
    [
        "abc",
        "bisect",
        "calendar",
        "cmath",
        "collections",
        "collections.abc",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "json",
        "math",
        "numbers",
        "operator",
        "pathlib",
        "random",
        "re",
        "statistics",
        "string",
        "textwrap",
        "time",
        "types",
        "typing",
    ]
)
"""Modules of functions and types that only compute: a test may use the judge's own in the program's place."""
_ALIASES = {"np": "numpy", "pd": "pandas", "dt": "datetime"}
"""Names under which modules are usual."""


class Connecting(references.Asking, Protocol):
    """The channel, as this module uses it."""

    @property
    def lent(self) -> Any:
        """The objects that the test has lent to the program."""
        ...


class Received:
    """The objects of one program that the judge has seen."""

    def __init__(
        self,
        channel: Connecting,
        known: exceptions.ExceptionClasses,
        classes: frozenset[str],
        capitalised: frozenset[str],
    ) -> None:
        """`known` are its classes of exceptions; `classes`, `capitalised`: see `needs.Needs`."""
        self._channel = channel
        self._exceptions = known
        self._classes = classes
        self._capitalised = capitalised
        self._references: dict[int, Reference] = {}
        self._made: dict[int, Reference] = {}
        self._values: dict[int, Any] = {}
        self.is_returning = False
        """The answer that is read is the result of a call."""

    def made_by(self, target: Any, found: Any) -> Any:
        """Return the result of a call; an instance of a class may be trusted with data."""
        target = target._facts.get("class", target)
        if not isinstance(found, Reference) or not isinstance(target, references.ClassReference):
            return found
        name = target._facts["name"]
        number = found._form["v"]
        # An object that the test has made is used by its own methods.
        found._facts["is_read_here"] = False
        if number not in self._made:
            level = references.HOLDS if name in self._capitalised else references.BUILDS
            if name in self._classes:
                level = references.TRUSTED
            self._made[number] = references.trusted(found, level)
        return self._made[number]

    def resolve(self, tag: str, content: Any) -> Any:
        """Return the value of a tag that only the two ends of a channel know."""
        if tag == "ref":
            return self._reference(content)
        if tag == "value":
            return self._value(*content)
        if tag == "lent":
            return self._channel.lent.object(content)
        if tag == "module":
            return self._module(*content)
        raise ValueError(f"{tag!r} is not a known tag")

    def _reference(self, facts: Any) -> Any:
        number, kind = int(facts["number"]), facts["kind"]
        if kind == "exception":
            found = self._exceptions.of(facts["class"])
            if found.__module__ == "solution":
                reference = CallableReference(self._channel, {"!": "ref", "v": number}, {"type": "type"})
                found._reference = reference  # type: ignore[attr-defined]
            return found
        native = _native(facts.get("of") or facts.get("holds"))
        if kind == "class" and native is not None and is_plain(native):
            return native
        if number not in self._references:
            shown: dict[str, Any] = {"type": str(facts["type"])[:40], "name": str(facts.get("name"))}
            shown["own"] = [str(name) for name in facts.get("own", ())]
            shown["holds"] = bool(facts.get("holds"))
            shown["is_read_here"] = shown["holds"] and bool(facts.get("is_builtin"))
            if kind == "class":
                made: Reference = references.ClassReference(self._channel, {"!": "ref", "v": number}, shown)
            else:
                names = [str(name) for name in facts["special"]]
                of_type = operators.reference_type(names, bool(facts.get("callable", True)), shown["type"])
                shown.update(native=native, base=lambda: _native(facts.get("base")))
                made = of_type(self._channel, {"!": "ref", "v": number}, shown)
            self._references[number] = made
        known = self._references[number]
        if number in self._made and not self.is_returning:
            # The same object, but no longer made by the test alone: an attribute may hold a result of the
            # program.
            known = self._made[number]
            references.distrust(known)
        return awaiting(known) if kind == "coroutine" else known

    def _value(self, facts: Any, form: Any) -> Any:
        """Return an instance of a subclass of a builtin: the same one each time, as members of enums are."""
        reference = self._reference(facts)
        value = decoding.decode(form, self.resolve)
        native = reference._facts.get("native")
        if native is not None and _enum() is not None and issubclass(native, _enum()):
            return native(value)
        known = self._values.get(facts["number"])
        if known is None or isinstance(value, (tuple, frozenset)):
            known = self._values[facts["number"]] = value_references.value_reference(value, reference)
        return known

    def _module(self, name: str, bound_as: str, facts: Any) -> Any:
        """Return the judge's own module for one that the program has imported under its usual name."""
        usual = (name, name.rpartition(".")[2], _short(name))
        if name in PURE | set(_ALIASES.values()) and bound_as in usual:
            try:
                return importlib.import_module(name)
            except ImportError:
                pass
        return self._reference(facts)


def _short(name: str) -> str:
    return next((alias for alias, known in _ALIASES.items() if known == name), name)


def _native(place: Any) -> Any:
    """Return a type of the standard library or of a package that this process has loaded, by its place."""
    if not isinstance(place, list) or len(place) != 2:
        return None
    module, name = map(str, place)
    if module.partition(".")[0] in exceptions.RUNNERS:
        return None
    if module == "builtins" and isinstance(getattr(builtins, name, None), type):
        return getattr(builtins, name)
    if module == "builtins":
        kinds = vars(sys.modules["types"]).values() if "types" in sys.modules else ()
        return next((one for one in kinds if isinstance(one, type) and one.__name__ == name), None)
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else None


def _enum() -> Any:
    return getattr(sys.modules.get("enum"), "Enum", None)


def is_member(value: Any) -> bool:
    """Return whether a value is a member of an enumeration of the library's."""
    if _enum() is None or not isinstance(value, _enum()) or value.name is None:
        return False
    kind = type(value)
    return getattr(sys.modules.get(kind.__module__), kind.__qualname__, None) is kind


def is_plain(kind: type) -> bool:
    """Return whether a class is one of those that only compute."""
    module = kind.__module__
    return module in PURE or module == "builtins" or module.partition(".")[0] in _ALIASES.values()
