"""The program's end of the channel to the judge: all of it is in the program's hands, and decides nothing.

It does the calls that it is asked for, and describes each result: data as data, anything else by a number.
"""

from __future__ import annotations

import builtins
import io
import sys
import types
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside.data import containers, decoding, frames, twins, values
from rule_rm.sandbox.inside.program_end import held
from rule_rm.sandbox.inside.program_end.duties import TEXT_LIMIT, Duties, method, of_library
from rule_rm.sandbox.inside.proxies import exceptions, references, special, value_references

_CAUSES = 3
"""Causes of an exception, and causes of these, that cross with it."""
PRINTED_LIMIT = 1 << 20
SHARING = ("get", "set", "special", "name", "next", "resume")
"""Requests whose containers both ends keep alike from then on."""


class Served:
    """A program: its definitions, and its objects that the judge has seen."""

    def __init__(self, namespace: dict[str, Any], printed: dict[str, Any] | None = None) -> None:
        self._namespace = namespace
        self._printed = dict(printed or {})
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._ends: Any = None
        self._borrowed: Any = None
        self._duties = Duties(namespace)
        self.common = containers.Common()
        """The containers that this program and the judge have in common."""

    def names(self) -> dict[str, str]:
        """Return the names that the program defines, in their order: `f` for a function, `o` for others."""
        found = {
            name: "f" if callable(value) and not isinstance(value, type) else "o"
            for name, value in self._namespace.items()
            if not name.startswith("__")
        }
        # Sites with a class `Solution` ask for one of its methods.
        solution = self._namespace.get("Solution")
        if isinstance(solution, type):
            for name, value in vars(solution).items():
                if not name.startswith("_") and name not in found:
                    found[name] = "f" if callable(value) or hasattr(value, "__func__") else "o"
        return found

    def attach(self, channel: int, lines: frames.Lines) -> None:
        """Set the channel on which it asks for the judge's objects."""
        self._ends = (channel, lines)

    @property
    def borrowed(self) -> Any:
        """The objects that the judge has lent; created on first use."""
        if self._borrowed is None:
            from rule_rm.sandbox.inside.program_end.borrowing import Borrowed

            self._borrowed = Borrowed(self, *self._ends)
        return self._borrowed

    def receive(self) -> Any:
        """Return the judge's next message."""
        if self._borrowed is None:
            return self._ends[1].receive()
        with self._borrowed.lock:
            return self._ends[1].receive()

    def changes(self, common: containers.Common) -> list[Any]:
        """Return what the program has changed in containers since the last message."""
        return common.changes(self._refer)

    def encode(self, value: Any, memory: values.Shared | None = None) -> Any:
        """Return the form of a value."""
        return values.encode(value, self._refer, 0, memory)

    def decode(self, form: Any, known: list[Any] | None = None) -> Any:
        """Return the value of a form."""
        return decoding.decode(form, self._resolve, known)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request; an exception is one too."""
        try:
            if request.get("new"):
                self.common = containers.Common()
            self.common.change(request.get("changed", ()), self.decode)
            answer = self._obey(request)
        except BaseException as error:  # noqa: BLE001 - the program's own, whatever it is
            answer = {"error": self.described(error)}
        try:
            changed = self.changes(self.common)
        except BaseException:  # noqa: BLE001 - the program has put something there that has no form
            self.common.forget()
            changed = []
        if changed:
            answer["changed"] = changed
        return self.printing(answer)

    def printing(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return the message, with the output since the last one added."""
        for name, stream in list(self._printed.items()):
            try:
                if getattr(sys, name) is stream:
                    text = stream.buffer.getvalue()
                    if text:
                        answer[_SHOWN_AS[name]] = text[:PRINTED_LIMIT].decode("utf-8", "replace")
                        stream.seek(0)
                        stream.truncate()
            except BaseException:  # noqa: BLE001 - the program may have closed it
                del self._printed[name]
        duties = self._duties
        if duties.warned:
            answer["warned"], duties.warned = duties.warned, []
        if duties.logged:
            answer["logged"], duties.logged = duties.logged, []
        return answer

    def _obey(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["do"] == "call":
            return self._call(request)
        target = None if request["on"] is None else decoding.decode(request["on"], self._resolve)
        common = self.common if request["do"] in SHARING else containers.Common()
        operands = [self.decode(one, common.items) for one in request["operands"]]
        common.agree()
        found = self._duties.do(request, target, operands)
        if request["do"] == "name" and isinstance(found, types.ModuleType):
            return {"value": {"!": "module", "v": [found.__name__, request["name"], self._facts(found)]}}
        return {"value": self._returned(found, common)}

    def _returned(self, found: Any, common: containers.Common) -> Any:
        """Return the form of a result."""
        try:
            form = self.encode(found, common.memory)
        except BaseException:
            common.forget()
            raise
        common.agree()
        return form

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        target = self._resolve(request["on"]["!"], request["on"]["v"])
        common = self.common if request["echo"] else containers.Common()
        arguments = [self.decode(one, common.items) for one in request["arguments"]]
        # Arguments by name are numbered after those by place.
        keywords = {key: self.decode(one, common.items) for key, one in request["keywords"].items()}
        common.agree()
        found = target(*arguments, **keywords)
        if isinstance(target, type) and isinstance(found, (list, dict, set)) and type(found) is target:
            # Made as an object, to be used as one.
            self._number(found)
        return {"value": self._returned(found, common)}

    def _resolve(self, tag: str, content: Any) -> Any:
        if tag == "ref":
            return self._objects[content]
        if tag == "name":
            return self._duties.named(content)
        if tag == "namedtuple":
            name, fields, items = content
            made = namedtuple(name, fields)  # type: ignore[misc]
            return made(*decoding.decode(items, self._resolve))
        if tag == "member":
            return _MEMBERS[content[0]](*map(method, self.decode(content[1])))
        if tag == "iterator":
            return iter(decoding.decode(content, self._resolve))
        if tag == "lent":
            return self.borrowed.resolve(content)
        if tag == "failed":
            return self.borrowed.failure(content)
        return of_library(tag, content)

    def _number(self, value: Any) -> int:
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return self._numbers[id(value)]

    def _refer(self, value: Any) -> Any:
        if self._borrowed is not None and issubclass(type(value), references.Reference):
            return value._form
        for kind in _VALUES:
            if isinstance(value, kind) and issubclass(type(value), kind):
                form = values.encode(values.decay(value, kind), self._refer, 1)
                facts = {**self._facts(value), "own": value_references.own_methods(type(value), kind)}
                return {"!": "value", "v": [facts, form]}
        if isinstance(value, held.CONTAINERS) and id(value) not in self._numbers and not held.is_more(value):
            return NotImplemented
        return {"!": "ref", "v": self._facts(value)}

    def _facts(self, value: Any) -> dict[str, Any]:
        kind = type(value)
        facts: dict[str, Any] = {
            "number": self._number(value),
            "kind": "object",
            "type": kind.__name__[:40],
            "special": special.specials(kind),
            "callable": callable(value),
        }
        if isinstance(value, type):
            facts["kind"], facts["name"] = "class", value.__name__[:80]
            if issubclass(value, BaseException):
                facts["kind"], facts["class"] = "exception", exceptions.class_form(value)
        elif kind.__name__ == "coroutine":
            facts["kind"] = "coroutine"
        of = value if isinstance(value, type) else kind
        if of is not value:
            facts.update(held.facts(value))
        if of.__module__ not in exceptions.OF_PROGRAM:
            facts["of"] = [str(of.__module__), of.__qualname__]
        elif of is not value:
            base = next((one for one in kind.__mro__ if one.__module__ not in _UNTOLD), None)
            if base is not None:
                facts["base"] = [str(base.__module__), base.__qualname__]
        return facts

    def described(self, error: BaseException, depth: int = 0) -> dict[str, Any]:
        """Return an exception as the judge is to raise it."""
        kind = type(error)
        cause = error.__cause__
        try:
            text = str(error)[:TEXT_LIMIT]
        except BaseException:  # noqa: BLE001 - its __str__ is the program's too
            text = ""
        return {
            "class": exceptions.class_form(kind),
            "args": self._attempt(list(getattr(error, "args", ()))),
            "attributes": self._attempt(dict(getattr(error, "__dict__", {}))),
            "text": text,
            "ref": self._attempt(error),
            "group": [self.described(one, depth + 1) for one in _grouped(error) if depth <= _CAUSES],
            "lent": None if self._borrowed is None else self._borrowed.number_of(error),
            "cause": None if cause is None or depth > _CAUSES else self.described(cause, depth + 1),
        }

    def _attempt(self, value: Any) -> Any:
        try:
            return values.encode(value, self._refer)
        except BaseException:  # noqa: BLE001 - what can't be sent is left out
            return None


_UNTOLD = (*exceptions.OF_PROGRAM, "abc", "builtins", "enum", "typing")
"""Modules of classes that don't count as a base of the program's: `isinstance` finds these in other ways."""
_VALUES = (int, float, str, bytes, tuple, frozenset)
_MEMBERS: dict[str, Any] = {kind.__name__: kind for kind in (staticmethod, classmethod, property)}


def _grouped(error: BaseException) -> tuple[BaseException, ...]:
    # Python 3.10 has no such class.
    kind = getattr(builtins, "BaseExceptionGroup", ())
    return tuple(error.exceptions) if isinstance(error, kind) else ()


# Made before the fork: each of its parts looks for its codec.
_PRINTED = {
    name: io.TextIOWrapper(io.BytesIO(), "utf-8", "replace", write_through=True)
    for name in ("stdout", "stderr")
}
"""The output of a program that a judge tests."""
_SHOWN_AS = {"stdout": "printed", "stderr": "complained"}


def run(execute: Callable[[], dict[str, Any]], channel: int) -> int:
    """Execute a program, then do the judge's jobs until it hangs up."""
    sys.stdout, sys.stderr = _PRINTED["stdout"], _PRINTED["stderr"]
    decoding.with_numpy()
    twins.install(is_judge=False)
    try:
        served = Served(execute(), _PRINTED)
        frames.send(channel, served.printing({"names": served.names()}))
    except BaseException as error:  # noqa: BLE001 - the program's own, of any kind
        described = Served({}).described(error)
        described["text"] = f"{type(error).__name__}: {described['text']}"
        frames.send(channel, {"error": described})
        return 1
    served.attach(channel, frames.Lines(channel))
    while True:
        try:
            frames.send(channel, served.answer(served.receive()))
        except (EOFError, OSError, ValueError):
            return 0
