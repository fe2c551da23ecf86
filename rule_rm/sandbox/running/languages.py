"""The languages that programs may be written in: one row for each.

To add a language, add a row: the name of the source file, the commands, and the executables that they need.
If an executable is missing, programs of that language are unscored, not wrong. In commands `{build}` is the
directory that the source was compiled in, which a run may only read.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rule_rm.errors import SandboxError


class Names(NamedTuple):
    """The names of a program's file and main class, where the program itself decides them."""

    source: str
    main: str


@dataclass(frozen=True, slots=True)
class Language:
    """How a program of one language is compiled and run."""

    source: str
    """The file name of the program."""
    run: tuple[str, ...]
    needs: tuple[str, ...]
    """The executables that must be found in the sandbox."""
    compile: tuple[str, ...] = ()
    reserves: bool = False
    """The runtime reserves far more memory than it uses, so only its writable memory is bounded."""
    overhead_mb: int = 160
    """Memory on top of a program's own limit: for the runtime, threads' stacks, and untouched reserves."""
    resident_mb: int = 64
    """Memory of the runtime itself, which is added to the limit when a program's use is compared with it."""
    smallest_mb: int = 0
    """A limit below this counts as this much, as the runtime does not start with less."""
    names: Callable[[str], Names] | None = None
    """Reads the file name that a program requires; `source` if the name does not matter."""
    compile_wall: float = 30.0
    compile_memory_mb: int = 2048
    toolchain: tuple[str, ...] = ()
    """A command that prints the directory of the compiler, for one that often lies outside of the system's.

    Its `bin` has the executables. It is run once, by the host, before anything is confined.
    """


PYTHON = "python"
LINT = "ruff"
CHECKER = "c++ checker"
BINARY = "binary"
EXECUTABLE = "executable"
TOOLS = frozenset({LINT, CHECKER, BINARY})
"""Rows that no program is written in."""
_GO_SETTINGS = (
    "GOCACHE={build}/.cache",
    "GO111MODULE=off",
    "GOTOOLCHAIN=local",
    "CGO_ENABLED=0",
    "GOMAXPROCS=2",
)
LANGUAGES: dict[str, Language] = {
    # Plain Python runs in the zygote; this row is for programs that come with files of their own.
    PYTHON: Language("main.py", ("python3", "-B", "{build}/main.py"), ("python3",)),
    "c": Language("main.c", ("{build}/main",), ("gcc",), ("gcc", "-O2", "-o", "main", "main.c", "-lm")),
    "cpp": Language(
        "main.cpp",
        ("{build}/main",),
        ("g++",),
        # Names that C++20 has made ambiguous are compiled as C++17.
        (
            "sh",
            "-c",
            "g++ -std=c++20 -O2 -o main main.cpp 2>new || g++ -std=c++17 -O2 -o main main.cpp || exit 1",
        ),
    ),
    "java": Language(
        "Main.java",
        (
            "java",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=32m",
            # By default the heap is a share of the machine's memory, also under a small limit.
            "-Xms8m",
            "-Xmx{memory}m",
            "-Xss64m",
            "-cp",
            "{build}",
            "{main}",
        ),
        ("javac", "java"),
        (
            "javac",
            "-J-XX:+UseSerialGC",
            "-J-Xms8m",
            "-J-Xmx512m",
            "-encoding",
            "UTF-8",
            "-d",
            ".",
            "{source}",
        ),
        reserves=True,
        overhead_mb=1536,
        resident_mb=512,
        smallest_mb=64,
        names=lambda code: _java_names(code),
    ),
    "javascript": Language(
        "main.js",
        ("node", "--max-old-space-size={memory}", "{build}/main.js"),
        ("node",),
        reserves=True,
        overhead_mb=1024,
        resident_mb=256,
        smallest_mb=64,
    ),
    "go": Language(
        "main.go",
        ("{build}/main",),
        ("go",),
        # Without modules and C there is nothing that it would look for on the network.
        ("env", *_GO_SETTINGS, "go", "build", "-o", "main", "main.go"),
        reserves=True,
        overhead_mb=768,
        # Since 1.20 the standard library comes as source, and is compiled with the program.
        compile_wall=60.0,
        toolchain=("go", "env", "GOROOT"),
    ),
    "rust": Language(
        "main.rs",
        ("{build}/main",),
        # It links by the system's C compiler.
        ("rustc", "cc"),
        # Its own linker may lie in a home, where a C compiler does not find it.
        ("rustc", "--edition=2021", "-O", "-C", "link-arg=-fuse-ld=bfd", "-o", "main", "main.rs"),
        toolchain=("rustc", "--print", "sysroot"),
    ),
    "bash": Language("main.sh", ("bash", "{build}/main.sh"), ("bash",)),
    # Not run but looked at: its output has a line for each finding.
    LINT: Language(
        "main.py",
        (
            "ruff",
            "check",
            "--isolated",
            "--no-cache",
            "--quiet",
            "--output-format=concise",
            "{build}/main.py",
        ),
        ("ruff",),
        reserves=True,
    ),
    # Compiled only: its run leaves the executable.
    CHECKER: Language(
        "main.cpp",
        ("cp", "{build}/main", EXECUTABLE),
        ("g++", "cp"),
        ("g++", "-std=c++17", "-O1", "-o", "main", "main.cpp"),
    ),
    # A program that was compiled before, which arrives as a file.
    BINARY: Language("nothing.txt", (f"{{build}}/{EXECUTABLE}",), ("chmod",), ("chmod", "700", EXECUTABLE)),
    "sql": Language("main.sql", ("sqlite3", "-batch", ":memory:", ".read {build}/main.sql"), ("sqlite3",)),
}
_ALIASES = {
    "": PYTHON,
    "py": PYTHON,
    "python3": PYTHON,
    "pypy": PYTHON,
    "pypy3": PYTHON,
    "c++": "cpp",
    "cc": "cpp",
    "cxx": "cpp",
    "g++": "cpp",
    "js": "javascript",
    "node": "javascript",
    "nodejs": "javascript",
    "golang": "go",
    "rs": "rust",
    "sh": "bash",
    "shell": "bash",
    "sqlite": "sql",
}


_JAVA_TEXT = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
"""A comment, a string or a character of Java, such as `"class A"`: nothing in it is code."""
_JAVA_PACKAGE = re.compile(r"^\s*package\s+([\w.]{1,200})\s*;", re.MULTILINE)
"""A package, such as `package contest;`."""
_JAVA_PART = re.compile(
    r"\b(?P<public>public\s+)?(?:(?:static|final|abstract|strictfp|sealed)\s+){0,4}"
    r"(?:class|record|enum|interface)\s+(?P<name>\w+)|(?P<main>\bvoid\s+main\s*\()|(?P<brace>[{}])"
)
"""A type's head, such as `public final class Main`; a `main` method's; or a brace."""


def _java_names(code: str) -> Names:
    """Return the file that a public class demands, and the class that has `main`, with its package.

    >>> _java_names("package a.b;\\npublic class Solution { static void main(String[] a) {} }")
    Names(source='Solution.java', main='a.b.Solution')
    """
    bare = _JAVA_TEXT.sub(" ", code)
    public, main, depth, outermost = "", "", 0, ""
    for part in _JAVA_PART.finditer(bare):
        if part["brace"]:
            depth += 1 if part["brace"] == "{" else -1
        elif part["name"] and depth == 0:
            outermost = part["name"]
            public = public or (outermost if part["public"] else "")
        elif part["main"] and not main:
            main = outermost
    package = _JAVA_PACKAGE.search(bare)
    name = main or public or "Main"
    return Names(f"{public or name}.java", f"{package[1]}.{name}" if package else name)


def canonical(name: str) -> str:
    """Return a language's name in the table. Raises UnknownLanguageError if there is none.

    >>> canonical("C++17"), canonical("Python 3"), canonical("js")
    ('cpp', 'python', 'javascript')
    """
    plain = name.strip().lower()
    for candidate in (plain, re.sub(r"[\s\d.]+\Z", "", plain)):
        known = _ALIASES.get(candidate, candidate)
        if known in LANGUAGES and known not in TOOLS:
            return known
    written = ", ".join(sorted(set(LANGUAGES) - TOOLS))
    raise UnknownLanguageError(f"there is no language {name!r}; there are {written}")


def toolchains() -> list[str]:
    """Return the directories of the compilers that are installed here, as they name them themselves."""
    found = [_directory(language.toolchain) for language in LANGUAGES.values() if language.toolchain]
    return [directory for directory in found if directory]


def _directory(command: tuple[str, ...]) -> str:
    """Return the directory that a compiler reports as its own; empty if there is none to share."""
    if shutil.which(command[0]) is None:
        return ""
    try:
        answer = subprocess.run(command, capture_output=True, timeout=30, check=True, text=True).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    directory = Path(answer.strip())
    # Programs may read it, so a directory that contains a home directory is refused.
    private = Path.home() == directory or directory in Path.home().parents
    return str(directory) if directory.is_absolute() and directory.is_dir() and not private else ""


HAS_NO = "can't be run: the sandbox has no"
"""The words by which a sandbox says that it lacks a compiler, also to a client elsewhere."""


class UnknownLanguageError(SandboxError):
    """Programs of this language can't be run here."""
