"""Requests of the judge besides calls: all are done in the program's process, and decide nothing."""

from __future__ import annotations

import builtins
import functools
import importlib
import os
import re
import types
from typing import Any

from rule_rm.sandbox.inside.program_end import held
from rule_rm.sandbox.inside.proxies import exceptions, references, special

TEXT_LIMIT = 2_000
_MISSING = object()


class Duties:
    """A program's definitions, and the requests that name them or an object."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._tasks: Any = None
        self._patched: list[tuple[Any, str, Any]] = []
        self.warned: list[Any] = []
        """Warnings that the judge is to show."""
        self.logged: list[Any] = []
        """Records of the log that it is to show."""

    def do(self, request: dict[str, Any], target: Any, operands: list[Any]) -> Any:
        """Do a request, with a method that has its name; return the result."""
        return getattr(self, f"_do_{request['do']}")(target, request["name"], *operands)

    def named(self, name: str) -> Any:
        """Return the value of a name; sites with a class `Solution` ask for one of its methods."""
        if name in self._namespace:
            return self._namespace[name]
        return getattr(self._namespace["Solution"](), name)

    def _do_name(self, target: Any, name: str) -> Any:
        return self.named(name)

    def _do_get(self, target: Any, name: str) -> Any:
        return getattr(target, name)

    def _do_contents(self, target: Any, name: str) -> Any:
        """Return what a container of a class of the program's own holds, in one of a builtin."""
        return held.contents(target)

    def _do_type(self, target: Any, name: str) -> Any:
        return type(target)

    def _do_set(self, target: Any, name: str, value: Any) -> None:
        setattr(target, name, value)

    def _do_delete(self, target: Any, name: str) -> None:
        delattr(target, name)

    def _do_super(self, target: Any, name: str, instance: Any) -> Any:
        return super(target, instance)

    def _do_special(self, target: Any, name: str, *operands: Any) -> Any:
        return special.ALL[name](target, *operands)

    def _do_commit(self, target: Any, kind: str) -> Any:
        """Return the value that an object equals, and the most by which data may differ; None for none."""
        from rule_rm.sandbox.inside.proxies.committing import commitment, own_contents

        its: Any = type(target)
        agrees = functools.partial(its.__eq__, target)
        found = commitment(agrees, kind) or own_contents(agrees, target, kind)
        return None if found is None else list(found)

    def _do_next(self, target: Any, name: str) -> tuple[bool, Any]:
        try:
            return True, next(target)
        except StopIteration as end:
            return False, end.value

    def _do_resume(self, target: Any, name: str, *operands: Any) -> tuple[bool, Any]:
        try:
            return True, getattr(target, name)(*operands)
        except StopIteration as end:
            return False, end.value

    def _do_instance(self, target: Any, name: str, instance: Any) -> bool:
        return isinstance(instance, target)

    def _do_subclass(self, target: Any, name: str, subclass: Any) -> bool:
        return issubclass(subclass, target)

    def _do_derive(
        self, target: Any, name: str, bases: list[Any], members: dict[str, Any], keywords: dict[str, Any]
    ) -> Any:
        methods = {key: method(value) for key, value in members.items()}
        return types.new_class(name, tuple(bases), keywords, lambda namespace: namespace.update(methods))

    def _do_patch(self, target: Any, name: str, module: str, path: str, value: Any) -> int:
        """Replace an attribute of a module, or of a class in it; return a number by which to put it back."""
        owner = importlib.import_module(module)
        for part in filter(None, path.split(".")):
            owner = getattr(owner, part)
        self._patched.append((owner, name, vars(owner).get(name, _MISSING)))
        setattr(owner, name, value)
        return len(self._patched) - 1

    def _do_unpatch(self, target: Any, name: str, number: int) -> None:
        owner, name, original = self._patched[number]
        if original is _MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, original)

    def _do_warnings(self, target: Any, name: str) -> None:
        """Let the test see each warning from now on."""
        import warnings

        def shown(message: Any, category: Any, *_: Any, **__: Any) -> None:
            self.warned.append([exceptions.class_form(category), str(message)[:TEXT_LIMIT]])

        warnings.simplefilter("always")
        warnings.showwarning = shown

    def _do_logs(self, target: Any, name: str) -> None:
        """Have the test's loggers log each record from now on, and decide by their levels."""
        import logging

        class Showing(logging.Handler):
            def emit(_, record: logging.LogRecord) -> None:  # noqa: N805 - of the handler, which has no state
                logger = logging.getLogger(record.name)
                while logger.level == logging.NOTSET and logger.parent is not None:
                    logger = logger.parent
                text = record.getMessage()[:TEXT_LIMIT]
                self.logged.append([record.name, record.levelno, text, logger.parent is not None])

        logging.getLogger().addHandler(Showing())
        logging.getLogger().setLevel(logging.NOTSET)

    def _do_evaluate(self, target: Any, name: str, source: str) -> Any:
        return eval(source, self._namespace)  # noqa: S307 - the program's own, in its process

    def _do_execute(self, target: Any, name: str, source: str) -> dict[str, Any]:
        scope: dict[str, Any] = {}
        exec(source, scope)  # noqa: S102 - the program's own, in its process
        return {key: value for key, value in scope.items() if key != "__builtins__"}

    def _do_pickle(self, target: Any, name: str, value: Any) -> bytes:
        import pickle

        return pickle.dumps(value)

    def _do_unpickle(self, target: Any, name: str, pickled: bytes) -> Any:
        import pickle

        return pickle.loads(pickled)  # noqa: S301 - the program's own, in its process

    def _do_environment(self, target: Any, name: str, variables: dict[str, str]) -> None:
        os.environ.clear()
        os.environ.update(variables)

    def _do_directory(self, target: Any, name: str) -> None:
        os.chdir(name)

    def _do_setting(self, target: Any, name: str, given: list[Any], named: dict[str, Any]) -> None:
        module, _, function = name.rpartition(".")
        getattr(importlib.import_module(module), function)(*given, **named)

    def _do_context(self, target: Any, name: str, settings: dict[str, Any], trapped: list[str]) -> None:
        """Compute with decimal numbers as the test does."""
        import decimal

        traps = [getattr(decimal, one) for one in trapped]
        decimal.setcontext(decimal.Context(**settings, traps=traps))

    @property
    def _awaited(self) -> Any:
        """The awaitables that the judge awaits; created on first use, as few tests need a loop."""
        if self._tasks is None:
            from rule_rm.sandbox.inside.program_end.tasks import Tasks

            self._tasks = Tasks()
        return self._tasks

    def _do_await(self, target: Any, name: str, patience: float | None, *arguments: Any) -> list[Any]:
        found: list[Any] = self._awaited.start(
            getattr(type(target), name)(target, *arguments) if name else target, patience
        )
        return found

    def _do_poll(self, target: Any, name: str, patience: float | None, number: int) -> list[Any]:
        found: list[Any] = self._awaited.go_on(number, patience, cancel=name == "cancel")
        return found


def method(value: Any) -> Any:
    """Return a member of a class that the test derives: a function that it lends is a method here."""
    if not issubclass(type(value), references.CallableReference):
        return value
    return lambda *arguments, **keywords: value(*arguments, **keywords)


def of_library(tag: str, content: Any) -> Any:
    """Return an object of the library's, or one that is made by it."""
    if tag == "pattern":
        return re.compile(*content)
    if tag == "imported":
        return importlib.import_module(content)
    if tag not in ("native", "enumerated", "structure"):
        raise ValueError(f"{tag!r} is not a known tag")
    if content[0] == "builtins" and not hasattr(builtins, content[1]):
        # Such as `NoneType`, which only the module `types` has.
        found = next(one for one in vars(types).values() if getattr(one, "__name__", "") == content[1])
    else:
        found = getattr(importlib.import_module(content[0]), content[1])
    if tag == "native":
        return found
    return found[content[2]] if tag == "enumerated" else found(content[2])
