import pytest

from rule_rm import sandbox


@pytest.fixture(scope="session", autouse=True)
def sandbox_for_rewards():
    """Yield the sandbox that rewards of code find, as the engine's workers do."""
    with sandbox.running(sandbox.SandboxOptions(slots=1, preload=())) as host:
        yield host
