"""The judge's connection to the program: calls go out, data and references come back, behaviour never does.

A value that a program returns has an exact type that is rebuilt here, or is a reference. An exception can't
be mistaken for an end of the test. Any bytes from the program's end either let the test go on or make it
fail: nothing else.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable
from typing import Any, NoReturn

from rule_rm.sandbox.inside.data import containers, decoding, frames, values
from rule_rm.sandbox.inside.judge_end import sending, showing
from rule_rm.sandbox.inside.judge_end.receiving import Received
from rule_rm.sandbox.inside.proxies import exceptions
from rule_rm.sandbox.inside.proxies.committing import is_that
from rule_rm.sandbox.inside.proxies.exceptions import RemoteError
from rule_rm.sandbox.inside.proxies.references import CallableReference, Reference
from rule_rm.sandbox.inside.proxies.value_references import reference_of
from rule_rm.sandbox.inside.test_files.outcomes import Unsupported

_SHARING = ("get", "set", "special", "name", "next", "resume")
"""Requests whose containers both ends keep alike from then on."""


class Channel:
    """The judge's end of the connection to the program."""

    def __init__(
        self, descriptor: int, echo: bool, classes: frozenset[str], capitalised: frozenset[str]
    ) -> None:
        """`echo`: a test could look at arguments again; `classes`, `capitalised`: see `needs.Needs`."""
        self._descriptor = descriptor
        self._answers = frames.Lines(descriptor)
        self._echo = echo
        self._named: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._common = containers.Common()
        self._begins_anew = False
        """The program is to forget the containers that both ends have in common."""
        self._exceptions = exceptions.ExceptionClasses()
        self._received = Received(self, self._exceptions, classes, capitalised)
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
        from rule_rm.sandbox.inside.judge_end.foreign import is_text

        shown = any(name in answer for name in ("printed", "complained", "warned", "logged"))
        return shown or is_text(answered) or is_text(answer.get("changed"))

    def call(self, target: Reference, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call something of the program, and show in the arguments what it did to them."""
        with self._lock:
            # It counts even if an argument can't be sent.
            self.exchanges += 1
            return self._received.made_by(target, self._called(target, arguments, keywords))

    def _called(self, target: Reference, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        common = self._agreed() if self._echo else containers.Common()
        request = {"do": "call", "on": target._form, "echo": self._echo, "changed": self._changes()}
        try:
            request["arguments"] = [self._encode(one, common.memory) for one in arguments]
            request["keywords"] = {key: self._encode(one, common.memory) for key, one in keywords.items()}
            common.agree()
            answer = self._exchange(request)
            self._received.is_returning = True
            return self._taken(answer, common)
        except (RemoteError, Unsupported):
            self._begin_anew()
            raise
        finally:
            self._received.is_returning = False

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
        except sending.OfTestError as error:
            raise Unsupported(f"a value of the test can't be sent: {error}") from None
        except (values.UnencodableError, ValueError, RecursionError) as error:
            raise RemoteError(f"a value can't be sent back: {error}") from None

    def type_of(self, value: Any) -> Any:
        """Return the type of a value: the program's class if it is an object of the program's."""
        reference = reference_of(value)
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
            is_there = bool(arguments) and isinstance(reference_of(arguments[0]), Reference)
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
        """Return whether an object of the program's equals data, by the value that it names unseen."""
        found = self.equal_of(one, type(data).__name__)
        return found is not None and is_that(*found, data)

    def equal_of(self, one: Reference, kind: str) -> tuple[Any, float] | None:
        """Return the value of a type that an object of the program's names, and how far data may lie from it.

        It is not asked again before something else is: how often a test compares it would be a hint.
        """
        key = (str(one._form["v"]), kind)
        if self._named.get(key, (-1,))[0] != self.exchanges:
            found = self.ask("commit", one, kind)
            self._named[key] = (self.exchanges, found)
        found = self._named[key][1]
        if type(found) is not list or len(found) != 2 or type(found[1]) is not float:
            return None
        return found[0], found[1]

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
            from rule_rm.sandbox.inside.judge_end.lending import Lent

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
        except sending.OfTestError as error:
            raise Unsupported(f"an argument of the test can't be sent: {error}") from None
        except (values.UnencodableError, ValueError, RecursionError) as error:
            # A value that is not the test's own is the program's, which can't choose to be unscored.
            raise RemoteError(f"a value can't be sent back: {error}") from None

    def _refer(self, value: Any) -> Any:
        return sending.refer(value, self._refer, lambda: self.lent)

    def _decode(self, form: Any, shared: list[Any] | None = None) -> Any:
        try:
            return decoding.decode(form, self._received.resolve, shared)
        except decoding.UndecodableError as error:
            raise _unreadable(error) from None


def _unreadable(error: BaseException) -> RemoteError:
    return RemoteError(f"the program's answer can't be read: {type(error).__name__}: {error}"[:400])
