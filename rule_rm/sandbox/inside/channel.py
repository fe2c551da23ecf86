"""The judge's connection to the program: calls go out, data comes back, and behaviour never does.

What a program returns is an exact builtin type, or an opaque reference that equals itself alone; what it
raises can't be mistaken for the test's own AssertionError, nor end a loop as StopIteration would.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from rule_rm.sandbox.inside import frames, values

_FORBIDDEN = (AssertionError, StopIteration, StopAsyncIteration, ImportError)
"""What a program may not raise here under its own name: the first three are verdicts, or could end a loop of
the test; an ImportError is always the test's own, whose package is missing."""


class RemoteError(Exception):
    """The program raised something that has no safe equal here."""


class Unsupported(BaseException):
    """The test asks for what can't be had across processes; not an Exception, lest the test swallows it."""


class Reference:
    """Something of the program that is no data: to be called and asked for attributes; it equals itself."""

    __slots__ = ("_channel", "_number", "_path", "_type_name")

    def __init__(self, channel: Channel, number: int, type_name: str, path: tuple[str, ...] = ()) -> None:
        self._channel, self._number, self._type_name, self._path = channel, number, type_name, path

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        target = {"ref": [self._number], "path": [*self._path, attribute]}
        value = self._channel.ask(target)
        if isinstance(value, Reference):
            # Most likely a method: called as an attribute of its owner, it is looked up there.
            return Reference(self._channel, self._number, value._type_name, (*self._path, attribute))
        return value

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it where it is."""
        return self._channel.call({"ref": [self._number], "path": list(self._path)}, arguments, keywords)

    def __repr__(self) -> str:
        return f"<{self._type_name} of the program>"


class Channel:
    """The judge's end of the connection to the program."""

    def __init__(self, descriptor: int, echo: bool) -> None:
        self._descriptor = descriptor
        self._answers = frames.Lines(descriptor)
        self._echo = echo
        self.unsupported: str | None = None
        self.has_raised = False
        """True once a call raised something: a test may then have failed through the program."""

    def proxy(self, name: str) -> Callable[..., Any]:
        """A function that calls the program's function of this name."""

        def call(*arguments: Any, **keywords: Any) -> Any:
            return self.call({"name": name, "path": []}, arguments, keywords)

        call.__name__ = call.__qualname__ = name
        return call

    def call(self, target: dict[str, Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call something of the program, and show in the arguments what it did to them."""
        try:
            request = {
                **target,
                "arguments": [values.encode(one, _refer) for one in arguments],
                "keywords": {key: values.encode(one, _refer) for key, one in keywords.items()},
                "echo": self._echo,
            }
        except values.Unencodable as error:
            # Only the test's own objects can be meant: what came from the program can go back to it.
            self.unsupported = f"an argument of the test can't be sent: {error}"
            raise Unsupported(self.unsupported) from None
        answer = self._exchange(request)
        for ours, theirs in zip(arguments, answer.get("arguments") or (), strict=False):
            _update(ours, self._decode(theirs))
        return self._decode(answer["value"])

    def ask(self, target: dict[str, Any]) -> Any:
        """The value of an attribute."""
        return self._decode(self._exchange(target)["value"])

    def names(self) -> list[str]:
        """What the program defines, when it has run to its end. Raises RemoteError."""
        try:
            answer = self._answers.receive()
            if "error" in answer:
                raise RemoteError(": ".join(map(str, answer["error"])))
            return [str(name) for name in answer["names"]]
        except (EOFError, OSError, KeyError, TypeError, ValueError) as error:
            raise RemoteError(f"the program ended before its end: {error}") from None

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            frames.send(self._descriptor, request)
            answer = self._answers.receive()
            if "error" in answer:
                name, text = (str(part) for part in answer["error"])
            else:
                answer["value"]
                return dict(answer)
        except (EOFError, OSError):
            raise RemoteError("the program has ended") from None
        except (KeyError, TypeError, ValueError) as error:
            raise RemoteError(f"the program's answer can't be read: {error}") from None
        self.has_raised = True
        raise _as_exception(name, text)

    def _decode(self, form: Any) -> Any:
        def resolve(content: Any) -> Reference:
            return Reference(self, int(content[0]), str(content[1])[:40])

        try:
            return values.decode(form, resolve)
        except values.Undecodable as error:
            raise RemoteError(f"the program's answer can't be read: {error}") from None


def _refer(value: Any) -> Any:
    if type(value) is Reference:
        return {"!": "ref", "v": [value._number]}
    raise values.Unencodable(f"{type(value).__name__!r} is no data")


def _update(ours: Any, theirs: Any) -> None:
    """A list, dict or set that the program changed in place is changed here too."""
    if type(ours) is not type(theirs):
        return
    if type(ours) is list:
        ours[:] = theirs
    elif type(ours) is dict or type(ours) is set:
        ours.clear()
        ours.update(theirs)


def _as_exception(name: str, text: str) -> Exception:
    """The builtin exception of this name, as tests may expect it; never one that stands for a verdict."""
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, _FORBIDDEN):
        try:
            return kind(text)
        except TypeError:
            pass
    return RemoteError(f"{name}: {text}")
