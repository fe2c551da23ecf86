"""The judge's connection to the program: calls go out, data and references come back, behaviour never does.

A value that a program returns has an exact type that is rebuilt here, or is a reference. An exception can't
be mistaken for an end of the test. Any bytes from the program's end either let the test go on or make it
fail: nothing else.
"""

from __future__ import annotations

import _thread
import builtins
import importlib
import itertools
import operator
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn

from rule_rm.sandbox.inside import containers, exceptions, frames, references, showing, values
from rule_rm.sandbox.inside.arrays import Iterated
from rule_rm.sandbox.inside.awaiting import awaiting
from rule_rm.sandbox.inside.committing import is_that
from rule_rm.sandbox.inside.exceptions import RemoteError
from rule_rm.sandbox.inside.outcomes import Unsupported
from rule_rm.sandbox.inside.references import CallableReference, Reference

_PURE = frozenset(
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
_SHARING = ("get", "set", "special", "name")
"""Requests whose containers both ends keep alike from then on."""
_FEW = 1000
"""Items that an iterator of the test may say that it has to stay in the judge, where each is asked for."""
_ITEMS = 100_000
"""Items of a longer iterator, which all cross at once."""
_ALIASES = {"np": "numpy", "pd": "pandas", "dt": "datetime"}
"""Names under which modules are usual."""


class Channel:
    """The judge's end of the connection to the program."""

    def __init__(
        self, descriptor: int, echo: bool, classes: frozenset[str], capitalised: frozenset[str]
    ) -> None:
        """`echo`: a test could look at arguments again; `classes`, `capitalised`: see `needs.Needs`."""
        self._descriptor = descriptor
        self._answers = frames.Lines(descriptor)
        self._echo = echo
        self._classes = classes
        self._capitalised = capitalised
        self._references: dict[int, Reference] = {}
        self._made: dict[int, Reference] = {}
        self._values: dict[int, Any] = {}
        self._named: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._common = containers.Common()
        self._begins_anew = False
        """The program is to forget the containers that both ends have in common."""
        self._is_returning = False
        self._exceptions = exceptions.ExceptionClasses()
        self._lock = _thread.RLock()
        self._lent: Any = None
        self.followers: tuple[Any, ...] = ()
        """The state that the test changes in its own process: each is to `follow` it before a question."""
        self.exchanges = 0
        """The number of questions to the program; a test that fails without any fails by its own fault."""
        self.has_text = False
        """The program has sent a text; it is only looked for if the test may run it."""
        self._watches = False
        self.is_lost = False
        """True once the program has ended, or has written an unreadable answer."""

    def names(self) -> dict[str, Any]:
        """Return the program's definitions by name, when it has run. Raises RemoteError if it has failed."""
        try:
            answer = self._answers.receive()
            showing.show(answer, self._exceptions)
            if "error" in answer:
                raise RemoteError(str(answer["error"]["text"]))
            return {str(name): kind for name, kind in answer["names"].items()}
        except (EOFError, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise RemoteError(f"the program ended before its end: {error}") from None

    def named(self, name: str, kind: Any) -> Any:
        """Return the value of a name of the program, as the test sees it."""
        if kind == "f":
            return CallableReference(self, {"!": "name", "v": name}, {"type": "function"})
        return self.ask("name", None, name)

    def watch_for_text(self, *, may_be_in_files: bool) -> None:
        """Note from now on whether the program has sent a text; it has, if it shares files with the test."""
        self.has_text = may_be_in_files
        self._watches = True

    def _brings_text(self, answer: dict[str, Any], answered: Any) -> bool:
        """Return whether the program has sent a text: as a value, in a container, or for the test to see."""
        from rule_rm.sandbox.inside.foreign import is_text

        shown = any(name in answer for name in ("printed", "warned", "logged"))
        return shown or is_text(answered) or is_text(answer.get("changed"))

    def call(self, target: Reference, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call something of the program, and show in the arguments what it did to them."""
        with self._lock:
            # It counts even if an argument can't be sent.
            self.exchanges += 1
            return self._made_by(target, self._called(target, arguments, keywords))

    def _called(self, target: Reference, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        common = self._agreed() if self._echo else containers.Common()
        request = {"do": "call", "on": target._form, "echo": self._echo, "changed": self._changes()}
        try:
            request["arguments"] = [self._encode(one, common.memory) for one in arguments]
            request["keywords"] = {key: self._encode(one, common.memory) for key, one in keywords.items()}
            common.agree()
            answer = self._exchange(request)
            self._is_returning = True
            return self._taken(answer, common)
        except (RemoteError, Unsupported):
            self._begin_anew()
            raise
        finally:
            self._is_returning = False

    def _agreed(self) -> containers.Common:
        """Return the containers that both ends have in common, which are none again once there are many."""
        if self._common.is_full:
            self._begin_anew()
        return self._common

    def _begin_anew(self) -> None:
        """Have the two ends count from the beginning: they may count differently now."""
        self._common, self._begins_anew = containers.Common(), True

    def _taken(self, answer: dict[str, Any], common: containers.Common) -> Any:
        """Return the value of an answer, after it has changed what it says."""
        found = self._decode(answer["value"], common.items)
        common.agree()
        self._change(answer)
        return found

    def _changes(self) -> list[Any]:
        """Return what the test has changed in the containers that the program has too."""
        try:
            return self._common.changes(self._refer)
        except _OfTestError as error:
            raise Unsupported(f"a value of the test can't be sent: {error}") from None
        except (values.UnencodableError, ValueError, RecursionError) as error:
            raise RemoteError(f"a value can't be sent back: {error}") from None

    def type_of(self, value: Any) -> Any:
        """Return the type of a value: the program's class if it is an object of the program's."""
        reference = references.reference_of(value)
        if reference is None or isinstance(value, BaseException | type):
            return type(value)
        native = reference._facts.get("native")
        if native is not None and not reference._facts.get("holds"):
            return native
        return self.ask("type", reference)

    def or_there(self, module: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that the program calls in this one's place for an object of its own."""
        place = {"!": "native", "v": [module, function.__name__]}
        there = CallableReference(self, place, {"type": "function"})

        def called(*arguments: Any, **keywords: Any) -> Any:
            is_there = bool(arguments) and isinstance(references.reference_of(arguments[0]), Reference)
            return (there if is_there else function)(*arguments, **keywords)

        return called

    def ask(self, do: str, target: Any, name: str = "", *operands: Any) -> Any:
        """Have the program do something to an object, and return the result."""
        with self._lock:
            common = self._agreed() if do in _SHARING else containers.Common()
            request = {
                "do": do,
                "on": None if target is None else self._encode(target),
                "name": name,
                "changed": self._changes(),
            }
            try:
                request["operands"] = [self._encode(one, common.memory) for one in operands]
                common.agree()
                return self._taken(self._exchange(request), common)
            except (RemoteError, Unsupported):
                self._begin_anew()
                raise

    def equals(self, one: Reference, data: Any) -> bool:
        """Return whether an object of the program's equals data, by the value that it names unseen.

        It is not asked again before something else is: how often a test compares it would be a hint.
        """
        kind = type(data).__name__
        key = (str(one._form["v"]), kind)
        if self._named.get(key, (-1,))[0] != self.exchanges:
            found = self.ask("commit", one, kind)
            self._named[key] = (self.exchanges, found)
        found = self._named[key][1]
        if type(found) is not list or len(found) != 2 or type(found[1]) is not float:
            return False
        return is_that(found[0], found[1], data)

    def _made_by(self, target: Any, found: Any) -> Any:
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

    def _change(self, answer: dict[str, Any]) -> None:
        """Update the containers that the program has too to their state there."""
        try:
            self._common.change(answer.get("changed", ()), self._decode)
        except Exception as error:  # noqa: BLE001 - the one boundary of what a program's process wrote
            raise _unreadable(error) from None

    def _exchange(self, request: dict[str, Any]) -> Any:
        with self._lock:
            for follower in self.followers:
                follower.follow()
            if self._begins_anew:
                self._begins_anew, request["new"] = False, True
            self.exchanges += 1
            try:
                frames.send(self._descriptor, request)
                while True:
                    answer = self._answers.receive()
                    showing.show(answer, self._exceptions)
                    if "ask" not in answer:
                        break
                    self.has_text = self.has_text or self._watches
                    frames.send(self._descriptor, self.lent.answer(answer))
                answered = answer["error"] if "error" in answer else answer["value"]
                self.has_text = self.has_text or (self._watches and self._brings_text(answer, answered))
            except (EOFError, OSError):
                self.is_lost = True
                raise RemoteError("the program has ended") from None
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                self.is_lost = True
                raise _unreadable(error) from None
        if "error" in answer:
            self._change(answer)
        if self._lent is not None and self._lent.failed is not None:
            failed, self._lent.failed = self._lent.failed, None
            raise failed
        if "error" in answer:
            self._raise(answer["error"])
        return answer

    @property
    def lent(self) -> Any:
        """The objects that the test has lent to the program; created on first use."""
        if self._lent is None:
            from rule_rm.sandbox.inside.lending import Lent

            self._lent = Lent(self._refer, self._decode, lambda: self._common)
        return self._lent

    def _raise(self, form: Any) -> NoReturn:
        """Raise the program's exception."""
        try:
            error = self._raised(form)
            is_of_runner = type(error).__module__.partition(".")[0] in exceptions.RUNNERS
            # A task that says that it was cancelled ends without a failure.
            is_wild = isinstance(error, exceptions.FORBIDDEN) or exceptions.is_cancellation(error)
            text = str(form["text"])
        except Exception as problem:  # noqa: BLE001 - the one boundary of what describes an exception
            raise _unreadable(problem) from None
        if is_wild or is_of_runner:
            raise RemoteError(f"{type(error).__name__}: {text}")
        raise error

    def _raised(self, form: Any) -> BaseException:
        if form.get("lent") is not None:
            # The test's own, which has been through the program.
            found: BaseException = self.lent.error(form["lent"])
            return found
        given = self._decode(form["args"])
        if form.get("group"):
            given = [given[0], [self._raised(one) for one in form["group"]]]
        error = self._exceptions.raised(
            form["class"], given, self._decode(form["attributes"]), str(form["text"])
        )
        error.__dict__["_reference"] = self._decode(form["ref"])
        if form.get("cause") is not None:
            error.__cause__ = self._raised(form["cause"])
        return error

    def _encode(self, value: Any, shared: dict[int, tuple[int, Any]] | None = None) -> Any:
        try:
            return values.encode(value, self._refer, 0, shared)
        except _OfTestError as error:
            raise Unsupported(f"an argument of the test can't be sent: {error}") from None
        except (values.UnencodableError, ValueError, RecursionError) as error:
            # A value that is not the test's own is the program's, which can't choose to be unscored.
            raise RemoteError(f"a value can't be sent back: {error}") from None

    def _refer(self, value: Any) -> Any:
        """Return the form of a value that is neither plain data nor a container of it."""
        reference = references.reference_of(value)
        if reference is not None:
            return reference._form
        found = _data(value, self._refer)
        if found is not None:
            return found
        from rule_rm.sandbox.inside.lending import is_lent

        if is_lent(value):
            return self.lent.form(value)
        if hasattr(type(value), "__next__"):
            if operator.length_hint(value) < _FEW:
                return self.lent.form(value)
            items = list(itertools.islice(value, _ITEMS))
            return {"!": "iterator", "v": values.encode(items, self._refer)}
        if isinstance(value, (*_BUILTINS, *_OF_PROGRAM)):
            return NotImplemented
        raise _OfTestError(f"{type(value).__name__!r} can't be sent as data")

    def _decode(self, form: Any, shared: list[Any] | None = None) -> Any:
        try:
            return values.decode(form, self._resolve, shared)
        except values.UndecodableError as error:
            raise _unreadable(error) from None

    def _resolve(self, tag: str, content: Any) -> Any:
        if tag == "ref":
            return self._reference(content)
        if tag == "value":
            return self._value(*content)
        if tag == "lent":
            return self.lent.object(content)
        if tag == "module":
            return self._module(*content)
        raise ValueError(f"{tag!r} is not a known tag")

    def _reference(self, facts: Any) -> Any:
        number, kind = int(facts["number"]), facts["kind"]
        if kind == "exception":
            found = self._exceptions.of(facts["class"])
            if found.__module__ == "solution":
                reference = CallableReference(self, {"!": "ref", "v": number}, {"type": "type"})
                found._reference = reference  # type: ignore[attr-defined]
            return found
        native = _native(facts.get("of") or facts.get("holds"))
        if kind == "class" and native is not None and _is_plain(native):
            return native
        if number not in self._references:
            shown: dict[str, Any] = {"type": str(facts["type"])[:40], "name": str(facts.get("name"))}
            shown["own"] = [str(name) for name in facts.get("own", ())]
            shown["holds"] = bool(facts.get("holds"))
            shown["is_read_here"] = shown["holds"] and bool(facts.get("is_builtin"))
            if kind == "class":
                made: Reference = references.ClassReference(self, {"!": "ref", "v": number}, shown)
            else:
                names = [str(name) for name in facts["special"]]
                of_type = references.reference_type(names, bool(facts.get("callable", True)), shown["type"])
                made = of_type(self, {"!": "ref", "v": number}, {**shown, "native": native})
            self._references[number] = made
        known = self._references[number]
        if number in self._made and not self._is_returning:
            # The same object, but no longer made by the test alone: an attribute may hold a result of the
            # program.
            known = self._made[number]
            references.distrust(known)
        return awaiting(known) if kind == "coroutine" else known

    def _value(self, facts: Any, form: Any) -> Any:
        """Return an instance of a subclass of a builtin: the same one each time, as members of enums are."""
        reference = self._reference(facts)
        value = self._decode(form)
        known = self._values.get(facts["number"])
        if known is None or isinstance(value, (tuple, frozenset)):
            known = self._values[facts["number"]] = references.value_reference(value, reference)
        return known

    def _module(self, name: str, bound_as: str, facts: Any) -> Any:
        """Return the judge's own module for one that the program has imported under its usual name."""
        usual = (name, name.rpartition(".")[2], _short(name))
        if name in _PURE | set(_ALIASES.values()) and bound_as in usual:
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


def _unreadable(error: BaseException) -> RemoteError:
    return RemoteError(f"the program's answer can't be read: {type(error).__name__}: {error}"[:400])


def _data(value: Any, refer: Callable[[Any], Any]) -> Any:
    """Return the form of a value that can be rebuilt from its parts; None if it can't."""
    if type(value) in (staticmethod, classmethod, property):
        parts = [value.fget, value.fset, value.fdel] if type(value) is property else [value.__func__]
        return {"!": "member", "v": [type(value).__name__, values.encode(parts, refer)]}
    if isinstance(value, tuple) and "_fields" in vars(type(value)):
        items = values.encode(list(value), refer)
        return {"!": "namedtuple", "v": [type(value).__name__, list(vars(type(value))["_fields"]), items]}
    if isinstance(value, type) and (value.__module__ == "builtins" or _is_plain(value)):
        return {"!": "native", "v": [value.__module__, value.__qualname__]}
    if isinstance(value, types.BuiltinFunctionType) and isinstance(value.__self__, types.ModuleType):
        return {"!": "native", "v": [value.__self__.__name__, value.__name__]}
    if isinstance(value, BaseException):
        # A failed assertion's text may hold the expected value.
        given = [] if isinstance(value, AssertionError) else [str(value)]
        return {"!": "raised", "v": [type(value).__name__, given]}
    if type(value).__module__ == "re" and type(value).__name__ == "Pattern":
        return {"!": "pattern", "v": [value.pattern, int(value.flags)]}
    return None


class _OfTestError(Exception):
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


def _is_plain(kind: type) -> bool:
    """Return whether a class is one of those that only compute."""
    module = kind.__module__
    return module in _PURE or module == "builtins" or module.partition(".")[0] in _ALIASES.values()
