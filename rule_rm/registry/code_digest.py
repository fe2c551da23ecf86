"""A digest of all code that a reward reaches: its module, and the modules that those import, in turn.

A module of this package counts if a statement anywhere in a file imports it. The registry does not count,
since it decides nothing. For a reward file, the modules next to it count. Other packages do not; a release of
ours is part of the digest.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rule_rm.version import __version__

PACKAGE = Path(__file__).resolve().parents[1]
_NAME = PACKAGE.name
_ROOT = str(PACKAGE.parent)
_INSIDE = f"{PACKAGE}/"
_SKIPPED = str(PACKAGE / "registry")
"""The registry adapts functions, and decides nothing."""
_TOP = str(PACKAGE / "__init__.py")
"""It imports everything, for users."""
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)
"""An import statement, over several lines if it has brackets: `from rule_rm.math import grade`."""
_WORD = re.compile(r"[\w.]+")
"""A name in a list of imports: `a.b` in `import a.b as c`."""
_DATA = (".j2", ".json", ".yaml")
"""Files next to modules that decide something: templates of a judge."""


def code_digest(path: Path) -> str:
    """Return 12 hexadecimal digits for the code that is reached from a file."""
    found = hashlib.sha256(__version__.encode())
    for reached in sorted(_reached(str(path.resolve()))):
        found.update(os.path.basename(reached).encode())  # noqa: PTH119 - thousands of paths at each start
        found.update(_own_digest(reached) if _is_ours(reached) else _digest(reached))
    return found.hexdigest()[:12]


def _reached(first: str) -> frozenset[str]:
    # Paths are strings here: each start follows tens of thousands of imports.
    found, waiting = {first}, [first]
    while waiting:
        for path in _imported(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    folders = {path.rpartition("/")[0] for path in found if _is_ours(path)}
    data = {part for folder in folders for part in _data(folder)}
    return frozenset(found | data)


@cache
def _data(folder: str) -> frozenset[str]:
    """Return the data files of a package, those in plain folders below it included."""
    top = Path(folder)
    plain = [part for part in top.iterdir() if part.is_dir() and not (part / "__init__.py").exists()]
    return frozenset(str(part) for where in (top, *plain) for part in where.iterdir() if part.suffix in _DATA)


def _imported(path: str) -> frozenset[str]:
    return _ours(path) if _is_ours(path) else frozenset(_files(path))


def _is_ours(path: str) -> bool:
    return path.startswith(_INSIDE)


@cache
def _ours(path: str) -> frozenset[str]:
    """Return the modules that one of ours imports: many rewards reach it, and it does not change."""
    return frozenset(_files(path))


def _files(path: str) -> Iterator[str]:
    for base, names, modules in _IMPORT.findall(_content(path).decode("utf-8", "replace")):
        imported = (
            [base, *(f"{base}.{name}" for name in _WORD.findall(names))] if base else _WORD.findall(modules)
        )
        for module in imported:
            yield from _module_files(module, path)


def _module_files(module: str, importer: str) -> Iterator[str]:
    """Yield the files of a module and of its packages, if they are ours or next to the importer."""
    level = len(module) - len(module.lstrip("."))
    parts = [part for part in module.split(".") if part]
    if level:
        folder = importer.rsplit("/", level)[0]
    elif parts and parts[0] == _NAME:
        folder = _ROOT
    elif _is_ours(importer):
        return
    else:
        folder = importer.rpartition("/")[0]
    yield from (_known_files if folder == _ROOT else _files_at)(folder, tuple(parts))


def _files_at(folder: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of a module and of its packages, below a folder."""
    found = []
    place = folder
    for part in parts:
        place = f"{place}/{part}"
        if place.startswith(_SKIPPED):
            break
        candidates = (f"{place}/__init__.py", f"{place}.py")
        found += [path for path in candidates if path != _TOP and os.path.isfile(path)]  # noqa: PTH113 - many
    return tuple(found)


_known_files = cache(_files_at)


def _digest(path: str) -> bytes:
    return hashlib.sha256(_content(path)).digest()


_own_digest = cache(_digest)


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
