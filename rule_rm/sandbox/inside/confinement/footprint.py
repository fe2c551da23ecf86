"""The disk space of a running command: files with a name, files without, and hidden ones.

A process's own limits bound each of its files; these are about all of them together.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

_PATIENCE = 20
"""Looks in a row at unreadable processes before they end a run: between fork and exec, all are unreadable.

On a busy machine a process waits there for long. So a look counts only if the process has run since the last.
"""
_MAPS_LIMIT = 1 << 20
_EXITING = 0x4
"""The kernel's flag of a task that ends: it has given up its memory and files, or will at once."""


def watching(directory: str, files: int, total: int, trusted: int = 0) -> Callable[[float], str]:
    """Return a function that returns "files" once a command has more files or bytes on the disk.

    `trusted` is the process id of a child that is not looked at.
    """
    unseen = 0
    last: tuple[str, int] | None = None

    def look(_: float) -> str:
        nonlocal unseen, last
        by_name = _by_name(directory, files, total)
        if by_name is None:
            return "files"
        nameless, unreadable = _nameless(directory, str(trusted))
        if not unreadable:
            unseen, last = 0, None
        else:
            known, last = last, (unreadable, _ticks(unreadable))
            unseen += last != known
        return "files" if unseen > _PATIENCE or by_name + nameless > total else ""

    return look


def _by_name(directory: str, files: int, total: int) -> int | None:
    """Return the bytes of the files below a directory; None for too much, or an unlistable directory."""
    waiting, seen, size = [directory], 0, 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    seen += 1
                    status = entry.stat(follow_symlinks=False)
                    size += status.st_blocks * 512
                    if seen > files or size > total:
                        return None
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except PermissionError:
            # A directory that is closed to its owner has something to hide.
            return None
        except OSError:
            continue
    return size


def _nameless(directory: str, trusted: str) -> tuple[int, str]:
    """Return the bytes of open or mapped files without a name, and a process that can't be read, if any."""
    try:
        device = Path(directory).stat().st_dev
    except OSError:
        return 0, ""
    found: dict[int, int] = {}
    mapped, unreadable = 0, ""
    for pid in _descendants("self"):
        for place in _places(pid) if pid != trusted else []:
            try:
                for descriptor in (place / "fd").iterdir():
                    _count(descriptor, device, found)
                mapped += _mapped(place, directory)
            except PermissionError:
                unreadable = pid
            except OSError:
                continue
    return sum(found.values()) + mapped, unreadable


def _places(pid: str) -> list[Path]:
    """Return where the files of a process are listed: none for one that has ended and is not waited for.

    Its first thread may have ended before others, which then list what all share.
    """
    process = Path(f"/proc/{pid}")
    fields = _fields(pid)
    if not fields or not int(fields[6]) & _EXITING:
        return [process]
    if int(fields[17]) <= 1:
        return []
    try:
        return [task for task in (process / "task").iterdir() if task.name != pid]
    except OSError:
        return []


def _fields(pid: str) -> list[bytes]:
    """Return the fields of a process's status after its name; anybody may read it. Empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return []


def _ticks(pid: str) -> int:
    """Return the processor time of a process, in ticks of the clock; -1 if it is gone."""
    fields = _fields(pid)
    # After the name in brackets: utime and stime are the 12th and the 13th field.
    return int(fields[11]) + int(fields[12]) if fields else -1


def _count(path: Path, device: int, found: dict[int, int]) -> None:
    try:
        status = path.stat()
    except OSError:
        return
    # Files in memory, such as a program's output, are not on a disk.
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 and status.st_dev == device:
        found[status.st_ino] = status.st_blocks * 512


def _mapped(place: Path, directory: str) -> int:
    with open(f"{place}/maps", encoding="utf-8", errors="replace") as lines:  # noqa: PTH123 - called for each process
        return sum(
            _length(line)
            for line in lines.read(_MAPS_LIMIT).splitlines()
            if line.endswith("(deleted)") and directory in line
        )


def _length(line: str) -> int:
    begin, _, end = line.partition(" ")[0].partition("-")
    return int(end, 16) - int(begin, 16)


def _descendants(pid: str) -> Iterator[str]:
    """Yield the process ids below a process."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield child
            yield from _descendants(child)
