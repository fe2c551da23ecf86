"""The modules of `inside`, compiled once for all processes that programs are forked from.

A process that compiles its modules itself is left with an eighth more memory, in pieces, and its forks are
slower. The texts that document the modules are left out, too.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from functools import lru_cache
from pathlib import Path

from rule_rm.errors import ConfigurationError

_INSIDE = Path(__file__).parents[1] / "inside"
_TIMEOUT = 60.0
_COMPILE = """
import marshal, os, sys
codes = {}
for folder, folders, files in os.walk(sys.argv[1]):
    folders[:] = sorted(set(folders) - {"__pycache__"})
    for file in sorted(files):
        path = os.path.join(folder, file)
        name, is_module, rest = os.path.relpath(path, sys.argv[1]).replace(os.sep, ".").rpartition(".py")
        if is_module and not rest:
            with open(path, "rb") as source:
                code = compile(source.read(), path, "exec", dont_inherit=True, optimize=2)
            codes[name] = marshal.dumps(code)
sys.stdout.buffer.write(marshal.dumps(codes))
"""
LOAD = """
import marshal, os, sys, types
class Compiled:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in codes:
            return type(sys.__spec__)(name, Compiled, is_package=name in packages)
    @staticmethod
    def create_module(spec):
        return None
    @staticmethod
    def exec_module(module):
        code = marshal.loads(codes[module.__name__])
        module.__file__ = code.co_filename
        exec(code, vars(module))
INSIDE = "rule_rm.sandbox.inside"
def load(descriptor):
    found = marshal.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
    os.close(descriptor)
    for name, code in found.items():
        full = f"{INSIDE}.{name}".removesuffix(".__init__")
        codes[full] = code
        if name.endswith("__init__"):
            packages.add(full)
    for name in ("rule_rm", "rule_rm.sandbox"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    sys.meta_path.insert(0, Compiled)
codes, packages = {}, set()
"""
"""The code by which an interpreter finds the modules: `load` takes the descriptor of the file with them."""


@lru_cache(maxsize=4)
def compiled(executable: str) -> bytes:
    """Have an interpreter compile the modules. Raises ConfigurationError if it does not."""
    command = [executable, "-I", "-c", _COMPILE, str(_INSIDE)]
    try:
        return subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigurationError(f"the sandbox's Python {executable} does not compile: {error}") from None


def in_memory(executable: str) -> int:
    """Return the descriptor of a file in memory with the modules, which nobody can change.

    Raises ConfigurationError if they can't be compiled.
    """
    content = compiled(executable)
    descriptor = os.memfd_create("modules", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    while content:
        content = content[os.write(descriptor, content) :]
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    return descriptor
