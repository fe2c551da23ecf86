"""Faults of the machine: no descriptors, no threads or memory, no room on the disk.

Each is a limit of the service's processes, so that neither other processes nor privileges are needed.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.chaos.process_faults import kill_worker
from benchmarks.chaos.site import Site, children, family

THREAD_ROOM = 4 << 20
"""Bytes that a process may still take: less than the stack of a thread."""


@contextmanager
def limited(pids: Sequence[int], kind: int, soft: int) -> Iterator[None]:
    """Lower a soft limit of processes within the block."""
    before = {}
    for pid in pids:
        with suppress(ProcessLookupError):
            before[pid] = resource.prlimit(pid, kind)
            resource.prlimit(pid, kind, (soft, before[pid][1]))
    try:
        yield
    finally:
        for parent, limits in before.items():
            # A process that was started meanwhile has the lowered limit, too, and would keep it.
            for pid in family(parent):
                # It may have ended, or be of a user of the sandbox, which has limits of its own.
                with suppress(ProcessLookupError, PermissionError):
                    present, hard = resource.prlimit(pid, kind)
                    if present == soft:
                        resource.prlimit(pid, kind, (limits[0] if hard == limits[1] else hard, hard))


def take_descriptors(site: Site) -> None:
    """Leave the service without a descriptor for a while."""
    used = len(list(Path(f"/proc/{site.pid}/fd").iterdir()))
    with limited([site.pid], resource.RLIMIT_NOFILE, max(used - 2, 16)):
        kill_worker(site)
        site.nap(0.1, 2.0)


def take_threads(site: Site) -> None:
    """Leave the service without room for the stack of another thread for a while."""
    size = int(Path(f"/proc/{site.pid}/statm").read_text().split()[0]) * resource.getpagesize()
    with limited([site.pid], resource.RLIMIT_AS, size + THREAD_ROOM):
        kill_worker(site)
        site.nap(0.1, 2.0)


def fill_disk(site: Site) -> None:
    """Have every write to a file fail for a while: of the log and the journal."""
    # Not of processes that fork meanwhile: the limit would stay with their children.
    forking = {*site.templates(), *site.sandboxes()}
    writing = [site.pid, *(one for one in children(site.pid) if one not in forking)]
    with limited(writing, resource.RLIMIT_FSIZE, 0):
        site.nap(0.5, 3.0)


FAULTS = (take_descriptors, take_threads, fill_disk)
