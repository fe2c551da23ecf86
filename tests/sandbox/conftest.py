import pytest

from rule_rm import sandbox
from rule_rm.errors import ConfigurationError
from rule_rm.sandbox.backends import BACKENDS


@pytest.fixture(scope="session", params=[backend.name for backend in BACKENDS if not backend.is_weak])
def box(request):
    """The sandbox with each backend that this machine has; at least one of them must be there."""
    options = sandbox.SandboxOptions(slots=1, backend=request.param, preload=())
    try:
        host = sandbox.SandboxHost.start(options)
    except ConfigurationError as error:
        pytest.skip(str(error))
    yield sandbox.LocalSandbox(host.address)
    host.close()


@pytest.fixture(scope="session")
def best():
    """The sandbox with the backend that a server would choose here."""
    with sandbox.running(sandbox.SandboxOptions(slots=2, preload=())) as host:
        yield sandbox.LocalSandbox(host.address)
