"""Which tests have to do with files: they are judged in a directory that the program shares."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rule_rm.sandbox.running.needs import MODULES_OF_SOLUTIONS

_OF_FILES = ("tempfile", "shutil", "glob", "filecmp", "fileinput", "zipfile", "tarfile", "linecache")
"""Modules whose functions read or write files."""
_OF_SYSTEM = frozenset(
    [
        "access",
        "chdir",
        "exists",
        "fwalk",
        "getatime",
        "getctime",
        "getmtime",
        "getsize",
        "isdir",
        "isfile",
        "islink",
        "lexists",
        "link",
        "listdir",
        "lstat",
        "makedirs",
        "mkdir",
        "open",
        "remove",
        "removedirs",
        "rename",
        "renames",
        "replace",
        "rmdir",
        "samefile",
        "scandir",
        "stat",
        "symlink",
        "truncate",
        "unlink",
        "utime",
        "walk",
    ]
)
"""Functions of `os` and `os.path` that look at files or change them."""
_OF_PATHS = frozenset(
    [
        "exists",
        "is_dir",
        "is_file",
        "iterdir",
        "mkdir",
        "read_bytes",
        "read_text",
        "rglob",
        "touch",
        "write_bytes",
        "write_text",
    ]
)
"""Methods of paths that do, and that few other objects have."""
_SHARED_BY_ALL = re.compile(r"/(?:tmp|var/tmp|dev/shm)(?:/|\Z)")
"""A path in a directory that all processes of a machine share, such as `/tmp/out.txt`: here there is none."""


def needs_files(tree: ast.Module) -> bool:
    """Return whether a test reads, writes or looks for files.

    >>> needs_files(ast.parse("assert os.path.exists(f('out.txt'))"))
    True
    """
    imported = dict(imported_names(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if imported.get(name, "").partition(".")[0] in _OF_FILES:
                return True
            case ast.arg(arg="tmp_path" | "tmp_path_factory"):
                return True
            case ast.Call(func=ast.Name(id="open")):
                return True
            case ast.Call(func=ast.Name(id=name)) if _is_of_system(imported.get(name, "")):
                return True
            case ast.Call(func=ast.Attribute(attr=name) as function):
                if name in _OF_PATHS or _is_of_system(full_name(function, imported)):
                    return True
                if root_of(function) == "monkeypatch" and name == "chdir":
                    return True
    return False


def _is_of_system(name: str) -> bool:
    """Return whether a function is one of `os` or `os.path` that has to do with files."""
    module, _, last = name.rpartition(".")
    return module in ("os", "os.path", "io") and last in _OF_SYSTEM


def full_name(function: ast.expr, imported: dict[str, str]) -> str:
    """Return a dotted name with the name of its module in place of what the module is imported as."""
    parts = ast.unparse(function).split(".")
    return ".".join([imported.get(parts[0], parts[0]), *parts[1:]])


def misplaced(tree: ast.Module) -> Iterator[str]:
    """Yield the files that a test names and that are not where the program can find or make them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _SHARED_BY_ALL.match(node.value):
                yield f"it names {node.value!r}, which all programs of a machine would share"
            if node.value.removesuffix(".py") in MODULES_OF_SOLUTIONS and node.value.endswith(".py"):
                yield f"it reads {node.value!r}, and a program has no file"


def imported_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names that a text imports, and from which module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def root_of(function: ast.expr) -> str:
    """Return the name that a dotted name or a chain of calls begins with."""
    while not isinstance(function, ast.Name):
        match function:
            case ast.Attribute(value=inner) | ast.Call(func=inner) | ast.Subscript(value=inner):
                function = inner
            case _:
                return ""
    return function.id
