"""What a reward function needs besides a worker: processes of their own, started before any worker is.

Workers learn where they are from their environment, and have no children themselves, so that killing one
ends nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings

if TYPE_CHECKING:
    from rule_rm.sandbox import SandboxHost

KNOWN = frozenset({"sandbox"})


class Services:
    """The services that were asked for."""

    def __init__(self, needs: Collection[str], settings: Settings) -> None:
        """Start what is needed. Raises ConfigurationError if that can't be, or if it is not known."""
        unknown = set(needs) - KNOWN
        if unknown:
            raise ConfigurationError(
                f"a reward function needs {', '.join(sorted(unknown))}; there is {', '.join(KNOWN)}"
            )
        self._host: SandboxHost | None = None
        self.sandbox: str | None = None
        """The address of the sandbox; None if nothing needs one."""
        if "sandbox" in needs or settings.serve_sandbox:
            self._host = None if _is_url(settings.sandbox) else _start_sandbox(settings)
            self.sandbox = self._host.address if self._host else settings.sandbox

    @property
    def environment(self) -> dict[str, str]:
        """What the workers' environment must have in it."""
        if self.sandbox is None:
            return {}
        from rule_rm.sandbox import ADDRESS

        return {ADDRESS: self.sandbox}

    def state(self) -> dict[str, Any]:
        """What `/health` shows of each service."""
        if self.sandbox is None:
            return {}
        if self._host is None:
            return {"sandbox": {"backend": "remote", "url": self.sandbox}}
        return {"sandbox": {"alive": self._host.is_alive(), **self._host.describe()}}

    def close(self) -> None:
        """End them all; returns when they are gone."""
        if self._host is not None:
            self._host.close()


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _start_sandbox(settings: Settings) -> SandboxHost:
    # Most servers have no sandbox, and none of its imports.
    from rule_rm.sandbox import SandboxHost, SandboxOptions

    return SandboxHost.start(
        SandboxOptions(
            backend=settings.sandbox, allow_weak=settings.allow_weak_sandbox, slots=settings.workers
        )
    )
