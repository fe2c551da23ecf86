"""The program's end of lending: references to the test's objects, which ask the judge.

The program controls this module; its permissions are decided in the judge's process, in `lending`.
"""

from __future__ import annotations

import _thread
import sys
from typing import Any, Protocol

from rule_rm.sandbox.inside.data import containers, frames, values
from rule_rm.sandbox.inside.proxies import exceptions, operators, references
from rule_rm.sandbox.inside.proxies.awaiting import awaiting, ended


class Serving(Protocol):
    """The program's end of the channel, as this module uses it."""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request of the judge's."""
        ...

    def printing(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return the message, with the output since the last one added."""
        ...

    @property
    def common(self) -> containers.Common:
        """The containers that both ends know."""
        ...

    def changes(self, common: containers.Common) -> list[Any]:
        """Return what the program has changed in containers."""
        ...

    def encode(self, value: Any, memory: values.Shared | None = None) -> Any:
        """Return a value's form."""
        ...

    def decode(self, form: Any, known: list[Any] | None = None) -> Any:
        """Return the value of a form."""
        ...


class Borrowed:
    """The objects that the judge has lent to this program; the other end of `lending.Lent`."""

    def __init__(self, served: Serving, channel: int, lines: frames.Lines) -> None:
        self._served = served
        self._channel = channel
        self._lines = lines
        self._references: dict[int, references.Reference] = {}
        self._errors: dict[int, BaseException] = {}
        self._exceptions = exceptions.ExceptionClasses()
        self._main = _thread.get_ident()
        self.lock = _thread.RLock()
        """Held while the program waits for the judge: a program may have threads."""

    def resolve(self, facts: dict[str, Any]) -> Any:
        """Return the reference to a lent object, which `facts` describe."""
        number = facts["number"]
        if number not in self._references:
            self._references[number] = self._made(facts)
        reference = self._references[number]
        return awaiting(reference) if facts["kind"] == "coroutine" else reference

    def _made(self, facts: dict[str, Any]) -> references.Reference:
        form = {"!": "lent", "v": facts["number"]}
        shown = {"type": facts["type"], "name": facts["name"], "native": _native(facts)}
        if facts["takes"] is not None:
            shown["takes"] = facts["takes"]
        if facts["kind"] == "class":
            return references.ClassReference(self, form, shown)
        if facts["kind"] == "future":
            # asyncio would await an object of the class of futures as a future of its own loop.
            shown["native"] = None
            kind = operators.reference_type([], False)
            kind = type("Future", (kind,), {"__await__": lambda one: ended(one).__await__()})
            return references.trusted(kind(self, form, shown), references.LENT)
        made = operators.reference_type(facts["special"], facts["callable"])(self, form, shown)
        return references.trusted(made, references.LENT)

    def ask(self, do: str, target: Any, name: str = "", *operands: Any) -> Any:
        """Make the judge perform an operation on an object that it lent."""
        return self._asked({"ask": do, "on": self._served.encode(target), "name": name}, operands, {})

    def call(self, target: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Make the judge call a lent object."""
        return self._asked({"ask": "call", "on": self._served.encode(target)}, arguments, keywords)

    def _asked(self, request: dict[str, Any], given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Return the judge's answer; what it has changed in the containers that it was given is changed here.

        Those that it has already are the same ones to it, unless there is much to compare. It counts no
        container of a thread, beside which the program may answer the judge. The two count new ones until
        the answer only, but for the items of an iterator.
        """
        encode, decode = self._served.encode, self._served.decode
        with self.lock:
            common = self._served.common
            request["apart"] = _thread.get_ident() != self._main or not common.is_light
            if request["apart"]:
                common = containers.Common()
            count = common.count
            try:
                request["changed"] = self._served.changes(common)
                request["arguments"] = [encode(one, common.memory) for one in given]
                request["keywords"] = {key: encode(one, common.memory) for key, one in named.items()}
                common.agree()
                answer = self._exchange(request)
                found = decode(answer["value"], common.items) if "value" in answer else None
                common.agree()
                if request["ask"] == "next" and "value" in answer and not request["apart"]:
                    count = common.count
                common.change(answer.get("changed", ()), decode)
            finally:
                common.keep(count)
        if "error" in answer:
            raise self.failure(answer["error"])
        return found

    def equals(self, one: Any, data: Any) -> bool:
        """Return whether a lent object equals data: the judge's own methods say so."""
        return bool(self.ask("special", one, "__eq__", data))

    def equal_of(self, one: Any, kind: str) -> tuple[Any, float] | None:
        """Return None: a lent object compares itself."""
        return None

    def number_of(self, error: BaseException) -> int | None:
        """Return the number of an exception that came from the test."""
        return next((number for number, one in self._errors.items() if one is error), None)

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        frames.send(self._channel, self._served.printing(request))
        while True:
            answer: dict[str, Any] = self._lines.receive()
            if "do" not in answer:
                return answer
            # The lent object calls the program before it answers.
            frames.send(self._channel, self._served.answer(answer))

    def failure(self, form: dict[str, Any]) -> BaseException:
        """Return an exception of the test's, which the judge knows if the program raises it."""
        number = form["number"]
        if number not in self._errors:
            made = self._exceptions.raised(
                form["class"],
                self._served.decode(form["args"]),
                self._served.decode(form.get("attributes")),
                form["text"],
            )
            self._errors[number] = made
        return self._errors[number]


def _native(facts: dict[str, Any]) -> Any:
    """Return the class that an object shows, if it is one that this process has loaded."""
    module, name = facts["of"]
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else None
