"""Objects that the test lends to the program: functions, mocks and others, which stay in the judge.

The program gets a reference, and asks the judge for each use of it. It may use a function or an object as
any caller would. It can neither read the test's other names nor change the record of a mock.
"""

from __future__ import annotations

import io
import types
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from rule_rm.sandbox.inside.data import values
from rule_rm.sandbox.inside.data.containers import Common
from rule_rm.sandbox.inside.judge_end.described import MODULE, Kept, is_described
from rule_rm.sandbox.inside.judge_end.lent_types import KEPT, is_future, is_of_library
from rule_rm.sandbox.inside.proxies import exceptions, signatures, special
from rule_rm.sandbox.inside.proxies.value_references import reference_of

_CALLABLES = (types.FunctionType, types.MethodType, types.BuiltinMethodType)
_TELLING_NAMES = ("__name__", "__qualname__", "__doc__", "__module__", "__supertype__", "__bound__")
"""Special attributes that only show a name or a type."""
_OF_GENERATORS = ("send", "throw", "close")
"""Methods of a generator; its other attributes show the frame in which it runs."""
_MOCKS = "unittest.mock"


def is_lent(value: Any) -> bool:
    """Return whether a value of the test's stays in the judge and is lent."""
    kind = type(value)
    if isinstance(value, _CALLABLES):
        return not isinstance(getattr(value, "__self__", None), types.ModuleType)
    if isinstance(value, type):
        return value.__module__ == MODULE and not _is_test_case(value)
    if kind in (object, types.CoroutineType) or is_of_library(kind):
        return True
    return (kind.__module__ == MODULE or _is_mock(value)) and not _is_test_case(kind)


def _is_mock(value: Any) -> bool:
    return any(base.__module__ == _MOCKS for base in type(value).__mro__)


def _is_test_case(kind: type) -> bool:
    return any(base.__module__ == "unittest.case" for base in kind.__mro__)


class Lent:
    """The objects that were lent to one program, and its permissions on them."""

    def __init__(self, refer: values.Refer, decode: Callable[..., Any], common: Callable[[], Common]) -> None:
        """`refer` and `decode` are those of the channel; `common` returns its containers."""
        self._refer = refer
        self._decode = decode
        self._common = common
        self._kept = Kept()
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._errors: list[BaseException] = []
        self._is_answering = False
        self.failed: AssertionError | None = None
        """The first claim that failed while the program called the test: the program can't hide it."""

    def form(self, value: Any) -> Any:
        """Return the form of an object that is lent."""
        kind = type(value)
        if self._is_answering and kind.__module__ == "operator" and id(value) not in self._numbers:
            # Made by a class that the program gave, it would read any attribute, such as `__globals__`.
            raise TypeError(f"{kind.__name__!r} is not lent")
        facts = {
            "number": self._number(value),
            "type": kind.__name__[:40],
            "special": special.specials(kind),
            "callable": callable(value),
            "of": [kind.__module__, kind.__qualname__],
            "kind": _kind(value),
            "name": str(getattr(value, "__name__", "")),
            "takes": signatures.shape(value),
        }
        return {"!": "lent", "v": facts}

    def _number(self, value: Any) -> int:
        # A bound method is a new object each time; keeping it keeps its number unique.
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return self._numbers[id(value)]

    def object(self, number: Any) -> Any:
        """Return the object lent under a number. Raises LookupError or TypeError if there is none."""
        return self._objects[number]

    def error(self, number: Any) -> BaseException:
        """Return the exception of a number. Raises LookupError or TypeError if there is none."""
        found: BaseException = self._errors[number]
        return found

    def _target(self, form: Any) -> Any:
        """Return the object that the program wants to use. Raises TypeError if it was not lent.

        The target can't be data: by a method of a string, such as `"{0.__globals__}".format`, the program
        would see more.
        """
        if form["!"] != "lent":
            raise TypeError("it was not lent")
        return self._objects[form["v"]]

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """Do the job that the program asks for.

        An Exception is an answer; another BaseException is raised. Each end changes its containers as the
        other has; those that cross here for the first time are counted until the answer only, but for the
        items of an iterator.
        """
        is_apart = message.get("apart", True)
        common = Common() if is_apart else self._common()
        count = common.count
        try:
            answer = self._attempted(message, common)
            changed = common.changes(self._refer)
            if message["ask"] == "next" and "value" in answer and not is_apart:
                # The item is the test's too, and stays one object to both.
                count = common.count
            return {**answer, "changed": changed} if changed else answer
        except Exception as error:  # noqa: BLE001 - the test has put something there that has no form
            return {"error": self._described(TypeError(str(error)), [])}
        finally:
            common.keep(count)

    def _attempted(self, message: dict[str, Any], common: Common) -> dict[str, Any]:
        try:
            common.change(message.get("changed", ()), self._decode)
            given = [self._decode(one, common.items) for one in message["arguments"]]
            named = {key: self._decode(one, common.items) for key, one in message["keywords"].items()}
            common.agree()
            target = self._target(message["on"])
            if message["ask"] == "call":
                found = target(*given, **named)
            else:
                found = _ACTIONS[message["ask"]](self, target, message["name"], *given)
            self._is_answering = True
            form = encoded(found, self._refer, common.memory)
            common.agree()
        except AssertionError as error:
            self.failed = self.failed or error
            failed: dict[str, Any] = {"error": self._described(error, [])}
        except (Exception, SystemExit, exceptions.RemoteError) as error:  # noqa: BLE001 - the test's own, or of a misuse by the program
            failed = {"error": self._described(error, list(error.args))}
        else:
            return {"value": form}
        finally:
            self._is_answering = False
        common.forget()
        return failed

    def _described(self, error: BaseException, arguments: list[Any]) -> dict[str, Any]:
        try:
            given = encoded(arguments, self._refer)
        except Exception:  # noqa: BLE001 - what can't be sent is left out
            given = []
        self._errors.append(error)
        return {
            "class": exceptions.class_form(type(error)),
            "args": given,
            "text": "" if isinstance(error, AssertionError) else str(error)[:2000],
            "number": len(self._errors) - 1,
        }

    def failure(self, error: BaseException) -> dict[str, Any]:
        """Return the form of an exception that the test passes; a failed assertion may hold the answer."""
        if isinstance(error, AssertionError):
            return self._described(error, [])
        shown = {name: value for name, value in vars(error).items() if not name.startswith("_")}
        return {**self._described(error, list(error.args)), "attributes": encoded(shown, self._refer)}

    def _get(self, target: Any, name: str) -> Any:
        if name == "__dict__" and is_described(type(target)):
            return self._kept.attributes(target)
        if not self._kept.has(target, name):
            _refuse_hidden(target, name)
        return getattr(target, name)

    def _set(self, target: Any, name: str, value: Any) -> None:
        if not self._kept.add(target, name):
            _refuse_hidden(target, name)
            _refuse_change(target, name)
        if _is_mock(target) and reference_of(value) is not None:
            # The program's object would answer in place of a mock when the test asks for the calls of that
            # mock.
            raise AttributeError(f"{name} is the test's own")
        setattr(target, name, value)

    def _delete(self, target: Any, name: str) -> None:
        if not self._kept.remove(target, name):
            _refuse_hidden(target, name)
            _refuse_change(target, name)
        delattr(target, name)

    def _special(self, target: Any, name: str, *operands: Any) -> Any:
        if name == "__dir__":
            raise AttributeError(name)
        return special.ALL[name](target, *operands)

    def _next(self, target: Any, name: str) -> tuple[bool, Any]:
        try:
            return True, next(target)
        except StopIteration as end:
            return False, end.value

    def _instance(self, target: Any, name: str, instance: Any) -> bool:
        return isinstance(instance, target)

    def _subclass(self, target: Any, name: str, subclass: Any) -> bool:
        return issubclass(subclass, target)

    def _await(self, target: Any, name: str, patience: Any, *arguments: Any) -> list[Any]:
        """Run an awaitable of the test's to its end, though a loop of the test's may be running."""
        import asyncio

        async def awaited() -> Any:
            if not name:
                return await target
            if name not in special.AWAITED:
                raise AttributeError(name)
            return await getattr(type(target), name)(target, *arguments)

        running = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        loop = asyncio.new_event_loop()
        try:
            return ["done", loop.run_until_complete(awaited())]
        except StopAsyncIteration:
            return ["end"]
        finally:
            loop.close()
            asyncio._set_running_loop(running)


_ACTIONS: dict[str, Callable[..., Any]] = {
    "get": Lent._get,
    "set": Lent._set,
    "delete": Lent._delete,
    "special": Lent._special,
    "next": Lent._next,
    "instance": Lent._instance,
    "subclass": Lent._subclass,
    "await": Lent._await,
}


def _kind(value: Any) -> str:
    if isinstance(value, type):
        return "class"
    if is_future(type(value)):
        return "future"
    return "coroutine" if isinstance(value, types.CoroutineType) else "object"


def _refuse_hidden(target: Any, name: str) -> None:
    """Raise AttributeError for an attribute by which the program would see more than was lent."""
    if name in _TELLING_NAMES:
        return
    # A private attribute, or an argument that a callback keeps, may be the answer.
    is_hidden = name.startswith("_") or isinstance(target, types.CoroutineType)
    is_hidden = is_hidden or name in KEPT.get(type(target).__name__, ())
    is_hidden = is_hidden or (isinstance(target, types.GeneratorType) and name not in _OF_GENERATORS)
    if is_hidden or (_is_mock(target) and name in _names_of_mocks()):
        raise AttributeError(f"{name} is the test's own")


def _refuse_change(target: Any, name: str) -> None:
    """Raise AttributeError if a program would replace a method, or change a class or a file of the test's."""
    kind = type(target)
    members = [vars(base)[name] for base in kind.__mro__ if name in vars(base)][:1]
    replaces = any(map(callable, members)) and not _is_mock(target)
    if isinstance(target, (type, io.IOBase)) or replaces or name in _TELLING_NAMES:
        raise AttributeError(f"{name} is the test's own")


@lru_cache(maxsize=1)
def _names_of_mocks() -> frozenset[str]:
    """Return the names that any mock has, such as `called`: a test uses them to ask for its calls."""
    from unittest import mock

    return frozenset(dir(mock.AsyncMock())) | frozenset(dir(mock.MagicMock()))


def encoded(value: Any, refer: values.Refer, memory: values.Shared | None = None) -> Any:
    """Return the form of a value that the test passes to a program. Raises TypeError if it has none."""
    try:
        return values.encode(value, refer, 0, memory)
    except (values.UnencodableError, RecursionError, ValueError) as error:
        raise TypeError(str(error)) from None
