"""A substitute for ms-swift, so that its plugins load on a server where it is not installed.

It has the names that a plugin imports from `swift`: base classes, and registries to write to. A reward that
really calls ms-swift while it scores fails with an error that names it, and its rollouts are unscored.
"""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


@contextmanager
def swift_stand_in() -> Iterator[None]:
    """Let all of ms-swift be imported within it; afterwards, while a plugin scores, its registers alone."""
    if _is_installed():
        yield
        return
    finder = next((one for one in sys.meta_path if isinstance(one, _SwiftFinder)), None)
    if finder is None:
        finder = _SwiftFinder()
        # A folder of this name next to the plugin would else be taken for the package.
        sys.meta_path.insert(0, finder)
    finder.is_loading = True
    try:
        yield
    finally:
        finder.is_loading = False
        for name in [name for name in sys.modules if name.partition(".")[0] == "swift"]:
            del sys.modules[name]


def _is_installed() -> bool:
    try:
        spec = importlib.util.find_spec("swift")
    except ValueError:
        return False
    # A folder without __init__.py has no origin.
    return spec is not None and spec.origin is not None and not isinstance(spec.loader, _SwiftFinder)


class _ORM:
    def __init__(self, args: Any = None, **_: Any) -> None:
        self.args = args


class _Base:
    """A class of ms-swift: it can be derived from and built, and does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        return


class _Register(dict[Any, Any]):
    """A register or a function of ms-swift: it can be written to, and used as a decorator."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def __call__(self, *given: Any, **_: Any) -> Any:
        """Return the decorated object. Raises ImportError if the call has another purpose."""
        if len(given) == 1 and callable(given[0]):
            return given[0]
        raise ImportError(f"{self._name} is a function of ms-swift, which is not installed here")


class _SwiftModule(ModuleType):
    """A module of ms-swift: a name with a capital is a class, any other a register or a function."""

    __loader__: _SwiftFinder

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not self.__loader__.is_loading:
            raise ModuleNotFoundError(f"No module named 'swift', which has {name}", name="swift")
        made = type(name, (_Base,), {}) if name[0].isupper() else _Register(name)
        return vars(self).setdefault(name, made)


class _SwiftFinder(MetaPathFinder, Loader):
    """A finder of all modules of ms-swift; the modules with registers share them."""

    def __init__(self) -> None:
        self.is_loading = False
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
        """Run nothing: the module is empty."""
