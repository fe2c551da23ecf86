"""Find the reward functions in a file written for a trainer, under the names that the trainer uses.

- ms-swift: each entry of `orms`, by its key. A class derived from ORM that is not in it, by its own name.
  ms-swift need not be installed.
- OpenRLHF and verl look for a fixed name, `reward_func` or `compute_score`: it goes by the name of the file.
- Otherwise every public function that fits a calling convention, by its own name.
"""

from __future__ import annotations

import importlib.util
import inspect
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from rule_rm.registry.conventions import fits

FIXED_NAMES = ("reward_func", "compute_score")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""The gap before a capital within a word: between `y` and `R` of `MyReward`."""
_NO_NAME = re.compile(r"[^a-z0-9_]+")
"""Characters that the name of a reward type can't have: `-` of `my-reward`."""


def reward_functions(module: ModuleType, path: Path) -> dict[str, Callable[..., Any]]:
    """Return the reward functions of an imported file, by the names to register them under."""
    orms = getattr(module, "orms", None)
    registered = {key: entry for key, entry in orms.items() if _is_own(entry, module)} if orms else {}
    if registered:
        return {_name(key): _instance(entry) for key, entry in registered.items()}
    own = {name: entry for name, entry in vars(module).items() if _is_own(entry, module) and name[0] != "_"}
    functions = {name: entry for name, entry in own.items() if inspect.isfunction(entry) and fits(entry)}
    for name in FIXED_NAMES:
        if name in functions:
            return {_name(path.stem): functions[name]}
    classes = {name: entry for name, entry in own.items() if inspect.isclass(entry) and _is_orm(entry)}
    return {_name(name): _instance(entry) for name, entry in {**functions, **classes}.items()}


@contextmanager
def swift_stand_in() -> Iterator[None]:
    """Within it, what a plugin imports from ms-swift can be imported, whether it is installed or not."""
    if importlib.util.find_spec("swift") is not None:
        yield
        return
    finder = _SwiftFinder()
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] == "swift"]:
            del sys.modules[name]


class _ORM:
    def __init__(self, args: Any = None, **_: Any) -> None:
        self.args = args


class _SwiftModule(ModuleType):
    """A module of ms-swift; a name that is not known here is a class that does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class _SwiftFinder(MetaPathFinder, Loader):
    """Finds every module of ms-swift; those that hold the registers share them."""

    def __init__(self) -> None:
        self._names = {
            "ORM": type("ORM", (_ORM,), {}),
            "AsyncORM": type("AsyncORM", (_ORM,), {}),
            "orms": {},
            "rm_plugins": {},
            "get_logger": lambda *_, **__: logging.getLogger("swift"),
        }

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "swift":
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = _SwiftModule(spec.name)
        vars(module).update(self._names)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def _is_own(entry: Any, module: ModuleType) -> bool:
    return getattr(entry, "__module__", None) == module.__name__


def _is_orm(entry: type) -> bool:
    return any(base.__name__ in ("ORM", "AsyncORM") for base in entry.__mro__[1:])


def _instance(entry: Any) -> Any:
    """Return an instance as ms-swift makes it: with `args`, unless it is an older plugin."""
    if not inspect.isclass(entry):
        return entry
    create: Callable[..., Any] = entry
    try:
        inspect.signature(create).bind(args=None)
    except TypeError:
        return create()
    return create(args=None)


def _name(text: str) -> str:
    """Return a text as the name of a reward type.

    >>> _name("CountdownORM"), _name("my-reward")
    ('countdown_orm', 'my_reward')
    """
    return _NO_NAME.sub("_", _CAPITAL.sub("_", text).lower())
