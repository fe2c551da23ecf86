"""Packages around a reward file, so that its relative imports find the modules of its folder and above.

A trainer that imports the file within its package lets it write `from .checks import is_right`. Here the
file is loaded by its path. Its folder, and those above that belong to it, become packages under names of
their own. Another version of the file may be in use at once, and no installed package is hidden.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_FOLDER = "folder"
"""The name of a folder within the packages of a file; its own may not be an identifier."""


class _Folder(ModuleType):
    """A folder as a package; its `__init__.py` runs when something needs a name of it."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        self.__path__ = [str(folder)]
        self.__package__ = name

    def __getattr__(self, name: str) -> Any:
        code = Path(self.__path__[0], "__init__.py")
        if name.startswith("__") or "__file__" in vars(self) or not code.is_file():
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__file__ = str(code)
        exec(compile(code.read_bytes(), code, "exec"), vars(self))  # noqa: S102 - the user's own code
        return getattr(self, name)


def enter(path: Path, name: str) -> str:
    """Enter the packages of a file into `sys.modules`, the first one as `name`; return its full module name.

    They are its folder, the folder above, and more as long as these are packages themselves.
    """
    folders = [path.parent, path.parent.parent]
    while (folders[-1] / "__init__.py").is_file() and folders[-1] != folders[-1].parent:
        folders.append(folders[-1].parent)
    for place, folder in enumerate(reversed(folders)):
        package = ".".join([name, *[_FOLDER] * place])
        sys.modules[package] = _Folder(package, folder)
    return f"{package}.{path.stem if path.stem.isidentifier() else 'file'}"
