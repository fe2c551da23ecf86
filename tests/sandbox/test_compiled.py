"""The modules of `inside` reach the processes compiled, in a file that nobody can change."""

import marshal
import os
import sys
from pathlib import Path

import pytest

from rule_rm.errors import ConfigurationError
from rule_rm.sandbox.host.compiled import compiled, in_memory
from rule_rm.sandbox.inside import zygote


def test_every_module_is_compiled_without_its_texts():
    codes = marshal.loads(compiled(sys.executable))
    inside = Path(zygote.__file__).parent
    files = (path.relative_to(inside).with_suffix("") for path in inside.rglob("*.py"))
    assert set(codes) == {".".join(path.parts) for path in files}
    assert zygote.__doc__ not in marshal.loads(codes["zygote"]).co_consts


def test_nobody_can_change_the_file():
    descriptor = in_memory(sys.executable)
    try:
        with pytest.raises(PermissionError):
            os.pwrite(descriptor, b"x", 0)
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def test_an_interpreter_that_does_not_start_is_a_mistake_of_the_settings():
    with pytest.raises(ConfigurationError, match="does not compile"):
        compiled("/usr/bin/false")
