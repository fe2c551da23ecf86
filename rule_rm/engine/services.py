"""What a reward function needs besides a worker: processes of their own, started before any worker is.

Workers learn where they are from their environment, and have no children themselves, so that killing one
ends nothing else. A service that dies is started again at the same address: workers notice nothing but that
what was under way is lost.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings

if TYPE_CHECKING:
    from rule_rm.sandbox import SandboxHost, SandboxOptions

logger = logging.getLogger(__name__)

KNOWN = frozenset({"sandbox"})
PAUSE = 1.0
"""Seconds before a service that could not be started again is tried once more."""


class Services:
    """The services that were asked for."""

    def __init__(self, needs: Collection[str], settings: Settings) -> None:
        """Start what is needed. Raises ConfigurationError if that can't be, or if it is not known."""
        unknown = set(needs) - KNOWN
        if unknown:
            raise ConfigurationError(
                f"a reward function needs {', '.join(sorted(unknown))}; there is {', '.join(KNOWN)}"
            )
        self._kept: KeptSandbox | None = None
        self.sandbox: str | None = None
        """The address of the sandbox; None if nothing needs one."""
        if "sandbox" in needs or settings.serve_sandbox:
            self._kept = None if _is_url(settings.sandbox) else _start_sandbox(settings)
            self.sandbox = self._kept.address if self._kept else settings.sandbox

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
        if self._kept is None:
            return {"sandbox": {"backend": "remote", "url": self.sandbox}}
        return {"sandbox": self._kept.state()}

    def close(self) -> None:
        """End them all; returns when they are gone."""
        if self._kept is not None:
            self._kept.close()


class KeptSandbox:
    """A sandbox host that is started again whenever it dies, at the address that its clients know."""

    def __init__(self, options: SandboxOptions) -> None:
        """Start the host. Raises ConfigurationError."""
        self._options = options
        self._host = _hosts().start(options)
        self._restarts = 0
        self._closing = threading.Event()
        self._changing = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="sandbox-keeper", daemon=True)
        self._keeper.start()
        self.address = self._host.address

    @property
    def host(self) -> SandboxHost:
        """The host of now."""
        return self._host

    def state(self) -> dict[str, Any]:
        """Whether it runs, how often it had to be started again, and what it says of itself."""
        host = self._host
        return {"alive": host.is_alive(), "restarts": self._restarts, **host.describe()}

    def close(self) -> None:
        """End the host for good."""
        self._closing.set()
        with self._changing:
            self._host.close()
        self._keeper.join()

    def _keep(self) -> None:
        while True:
            self._host.wait()
            if self._closing.is_set():
                return
            logger.error("the sandbox host died; what it ran is lost, and another is started")
            while not self._start_again():
                if self._closing.wait(PAUSE):
                    return

    def _start_again(self) -> bool:
        """True if there is a host again, or need be none."""
        with self._changing:
            if self._closing.is_set():
                return True
            self._host.close()
            try:
                self._host = _hosts().start(self._options, self.address)
            except (ConfigurationError, OSError):
                logger.exception("the sandbox host can't be started; trying again")
                return False
            self._restarts += 1
            return True


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _hosts() -> type[SandboxHost]:
    # Most servers have no sandbox, and none of its imports.
    from rule_rm.sandbox import SandboxHost

    return SandboxHost


def _start_sandbox(settings: Settings) -> KeptSandbox:
    from rule_rm.sandbox import SandboxOptions

    return KeptSandbox(
        SandboxOptions(
            backend=settings.sandbox, allow_weak=settings.allow_weak_sandbox, slots=settings.workers
        )
    )
