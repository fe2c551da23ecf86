"""The control groups of this process: the kernel's limits on what a container or a service may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def groups(controller: str, *, root: Path = _ROOT, own: Path = _OWN) -> list[Path]:
    """Return the directories of this process's group and of those above it, the innermost first.

    `controller` is for example `cpu` or `pids`. Version 2 has one tree for all controllers, version 1 a tree
    for each. A container may be given the host's names without the host's directories: only those that exist
    are returned.
    """
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return []
    return [group for line in lines for group in _of_line(line, controller, root) if group.is_dir()]


def _of_line(line: str, controller: str, root: Path) -> Iterator[Path]:
    """Yield the directories that a line names: `0::/app`, or `4:cpu,cpuacct:/app` of version 1."""
    _, controllers, name = line.split(":", 2)
    if not controllers:
        top = root
    elif controller in controllers.split(","):
        top = root / controller
    else:
        return
    inner = Path(name.lstrip("/"))
    yield from (top / part for part in (inner, *inner.parents))
