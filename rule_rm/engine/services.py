"""What a reward function needs besides a worker: processes of their own, started before any worker is.

Workers learn where they are from their environment, and have no children themselves, so that killing one
ends nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from rule_rm.errors import ConfigurationError

if TYPE_CHECKING:
    from rule_rm.sandbox import SandboxHost

KNOWN = frozenset({"sandbox"})


class Services:
    """The services that were asked for."""

    def __init__(self, needs: Collection[str]) -> None:
        """Start what is needed. Raises ConfigurationError if that can't be, or if it is not known."""
        unknown = set(needs) - KNOWN
        if unknown:
            raise ConfigurationError(
                f"a reward function needs {', '.join(sorted(unknown))}; there is {', '.join(KNOWN)}"
            )
        self._sandbox = _start_sandbox() if "sandbox" in needs else None

    @property
    def environment(self) -> dict[str, str]:
        """What the workers' environment must have in it."""
        if self._sandbox is None:
            return {}
        from rule_rm.sandbox import ADDRESS

        return {ADDRESS: self._sandbox.address}

    def state(self) -> dict[str, Any]:
        """What `/health` shows of each service."""
        if self._sandbox is None:
            return {}
        return {"sandbox": {"alive": self._sandbox.is_alive(), **self._sandbox.describe()}}

    def close(self) -> None:
        """End them all; returns when they are gone."""
        if self._sandbox is not None:
            self._sandbox.close()


def _start_sandbox() -> SandboxHost:
    from rule_rm.sandbox import SandboxHost

    return SandboxHost.start()
