"""How open-instruct's code server runs a program's asserts: a process for each, forked from the server.

The program and then the assert are run by `exec` in that process, which notes in shared memory that it got
to the end. A program with certain words in it is not run at all, so a right one may be refused.
"""

import multiprocessing
import os

REFUSED = (
    "threading", "multiprocess", "multiprocessing", "import os", "from os", "shutil", "import torch",
    "from torch", "import sklearn", "from sklearn",
)  # fmt: skip
NEUTERED = (
    "system", "putenv", "remove", "removedirs", "rmdir", "fchdir", "setuid", "forkpty", "killpg", "rename",
    "renames", "truncate", "replace", "unlink", "fchmod", "fchown", "chmod", "chown", "chroot", "lchown",
    "getcwd", "chdir",
)  # fmt: skip


def passed(program, tests, seconds=10.0):
    """1 or 0 for each assert."""
    if any(word in program for word in REFUSED):
        return [0] * len(tests)
    results = multiprocessing.Array("i", len(tests))
    for number, test in enumerate(tests):
        process = multiprocessing.Process(target=_run, args=(program, test, results, number))
        process.start()
        process.join(timeout=seconds)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()
    return results[:]


def _run(program, test, results, number):
    for name in NEUTERED:
        setattr(os, name, None)
    known = {"__builtins__": __builtins__}
    try:
        exec(program, known)
        exec(test, known)
        results[number] = 1
    except Exception:  # noqa: BLE001 - a program may raise any exception
        results[number] = 0
