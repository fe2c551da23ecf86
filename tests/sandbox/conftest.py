import sys
from pathlib import Path

import pytest

from rule_rm import sandbox
from rule_rm.errors import ConfigurationError
from rule_rm.sandbox.host.backends import BACKENDS, Interpreter


def python_of(backend):
    """Return this interpreter, or the system's if the users of programs can't read this one."""
    stands_on_users = any(one.own_users and one.name == backend for one in BACKENDS)
    system = Path("/usr/bin/python3")
    if stands_on_users and system.exists() and not Interpreter.of(sys.executable).is_reachable():
        return str(system)
    return sys.executable


@pytest.fixture(scope="session", params=[backend.name for backend in BACKENDS if not backend.is_weak])
def box(request):
    """Yield the sandbox with each backend that this machine has; at least one of them must be there."""
    options = sandbox.SandboxOptions(
        slots=1, backend=request.param, preload=(), python=python_of(request.param)
    )
    try:
        host = sandbox.SandboxHost.start(options)
    except ConfigurationError as error:
        pytest.skip(str(error))
    yield sandbox.LocalSandbox(host.address)
    host.close()


@pytest.fixture(scope="session")
def best():
    """Yield the sandbox with the backend that a server would choose here."""
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=())) as host:
        yield sandbox.LocalSandbox(host.address)


READS_WHAT_ANYBODY_MAY = {
    "reads_the_canary": True,
    "reads_the_canary_through_openat": True,
    "lists_the_canary": True,
    "reads_the_users": True,
    # These hang on what the machine leaves open to everybody.
    "opens_odd_devices": False,
    "walks_the_process_file_system": False,
}
"""Programs that get what they want where only users keep programs apart, as the page on the sandbox says."""


def pytest_collection_modifyitems(items):
    """Expect the known attacks to pass the weakest backend; if one fails, the page is wrong."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        name = parameters.get("name")
        if parameters.get("box") == "users+seccomp" and name in READS_WHAT_ANYBODY_MAY:
            reason = "it reads what any user may read"
            item.add_marker(pytest.mark.xfail(strict=READS_WHAT_ANYBODY_MAY[name], reason=reason))
