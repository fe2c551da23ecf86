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
    for reached in sorted(_reached(path.resolve())):
        found.update(reached.name.encode())
        found.update(_own_digest(reached) if _is_ours(reached) else _digest(reached))
    return found.hexdigest()[:12]


def _reached(first: Path) -> frozenset[Path]:
    found, waiting = {first}, [first]
    while waiting:
        for path in _imported(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    data = {part for path in found if _is_ours(path) for part in _data(path.parent)}
    return frozenset(found | data)


@cache
def _data(folder: Path) -> frozenset[Path]:
    """Return the data files of a package, those in plain folders below it included."""
    plain = [part for part in folder.iterdir() if part.is_dir() and not (part / "__init__.py").exists()]
    return frozenset(part for where in (folder, *plain) for part in where.iterdir() if part.suffix in _DATA)


def _imported(path: Path) -> frozenset[Path]:
    return _ours(path) if _is_ours(path) else frozenset(_files(path))


def _is_ours(path: Path) -> bool:
    return str(path).startswith(_INSIDE)


@cache
def _ours(path: Path) -> frozenset[Path]:
    """Return the modules that one of ours imports: many rewards reach it, and it does not change."""
    return frozenset(_files(path))


def _files(path: Path) -> Iterator[Path]:
    for base, names, modules in _IMPORT.findall(_content(path).decode("utf-8", "replace")):
        imported = (
            [base, *(f"{base}.{name}" for name in _WORD.findall(names))] if base else _WORD.findall(modules)
        )
        for module in imported:
            yield from _module_files(module, path)


def _module_files(module: str, importer: Path) -> Iterator[Path]:
    """Yield the files of a module and of its packages, if they are ours or next to the importer."""
    level = len(module) - len(module.lstrip("."))
    parts = [part for part in module.split(".") if part]
    if level:
        folder = importer.parents[level - 1]
    elif parts and parts[0] == _NAME:
        folder = PACKAGE.parent
    elif _is_ours(importer):
        return
    else:
        folder = importer.parent
    yield from (_known_files if folder == PACKAGE.parent else _files_at)(str(folder), tuple(parts))


def _files_at(folder: str, parts: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files of a module and of its packages, below a folder."""
    found = []
    place = folder
    for part in parts:
        place = f"{place}/{part}"
        if place.startswith(_SKIPPED):
            break
        candidates = (f"{place}/__init__.py", f"{place}.py")
        found += [Path(path) for path in candidates if path != _TOP and os.path.isfile(path)]  # noqa: PTH113 - many
    return tuple(found)


_known_files = cache(_files_at)


def _digest(path: Path) -> bytes:
    return hashlib.sha256(_content(path)).digest()


_own_digest = cache(_digest)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
