"""Shared parts of the sandbox's benchmarks: threads that take jobs in turn, and processor time."""

import contextlib
import os
import resource
import threading
from pathlib import Path


def spread(action, jobs, workers):
    """Have threads take jobs in turn; the results, in the order of the jobs."""
    waiting, found, lock = iter(enumerate(jobs)), [None] * len(jobs), threading.Lock()

    def work():
        while True:
            with lock:
                number, job = next(waiting, (None, None))
            if number is None:
                return
            found[number] = action(job)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


class Meter:
    """Processor time of this process, of what it waited for, and of the host with all its descendants."""

    def __init__(self, host):
        self._host = host

    def seconds(self):
        own = sum(
            usage.ru_utime + usage.ru_stime
            for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
        return own + sum(_cpu(pid) for pid in tree(self._host.pid))


def tree(pid):
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return found


def _cpu(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
