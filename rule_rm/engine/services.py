"""The services of reward functions: processes of their own, started before any worker.

Workers find them through their environment, and have no children themselves, so that killing a worker ends
nothing else. A service that dies is started again at the same address. Workers only notice that the work
under way is lost.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from rule_rm.errors import ConfigurationError
from rule_rm.processes.ending import ending
from rule_rm.processes.failures import Failures
from rule_rm.processes.guarded import Guarded
from rule_rm.processes.starting import LOOK, Vigil
from rule_rm.settings import Settings

if TYPE_CHECKING:
    from rule_rm.sandbox import SandboxHost, SandboxOptions

logger = logging.getLogger(__name__)

KNOWN = frozenset({"sandbox"})
CLOSING = 10.0
"""Seconds that the thread which keeps a service may take to end."""
PAUSE = 1.0
"""Seconds before a service that could not be started again is tried once more."""


class Services:
    """The services that were asked for."""

    def __init__(self, needs: Collection[str], settings: Settings) -> None:
        """Start the services of these names. Raises ConfigurationError if one is unknown or can't start."""
        unknown = set(needs) - KNOWN
        if unknown:
            raise ConfigurationError(
                f"a reward function needs {', '.join(sorted(unknown))}; there is {', '.join(KNOWN)}"
            )
        self._holders = 1
        self._lock = threading.Lock()
        self._kept: KeptSandbox | None = None
        self.sandbox: str | None = None
        """The address of the sandbox; None if nothing needs one."""
        if "sandbox" in needs or settings.serve_sandbox:
            self._kept = None if _is_url(settings.sandbox) else _start_sandbox(settings)
            self.sandbox = self._kept.address if self._kept else settings.sandbox

    def shared(self, needs: Collection[str], settings: Settings) -> Services:
        """Return these services for one more holder, or new ones if something else is needed."""
        with self._lock:
            if self._holders and ("sandbox" not in needs or self.sandbox is not None):
                self._holders += 1
                return self
        return Services(needs, settings)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that the workers' environment needs."""
        if self.sandbox is None:
            return {}
        from rule_rm.sandbox import ADDRESS

        return {ADDRESS: self.sandbox}

    def why_not_ready(self) -> str | None:
        """Return why a service that rewards need is not available; None if all are."""
        return self._kept.why_not_ready() if self._kept is not None else None

    def state(self) -> dict[str, Any]:
        """Return the state of each service for `/health`."""
        if self.sandbox is None:
            return {}
        if self._kept is None:
            return {"sandbox": {"backend": "remote", "url": self.sandbox}}
        return {"sandbox": self._kept.state()}

    def close(self) -> None:
        """End them all if no other holder is left; returns when they are gone."""
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
        if self._kept is not None:
            self._kept.close()


class KeptSandbox:
    """A sandbox host that is started again whenever it dies, at the address that its clients know."""

    def __init__(self, options: SandboxOptions) -> None:
        """Start the host. Raises ConfigurationError if it can't start."""
        self._options = options
        self._host = _hosts().start(options)
        self._restarts = 0
        self._closing = threading.Event()
        self._changing = threading.Lock()
        self._down: str | None = None
        self._failures = Failures()
        self.address = self._host.address
        self._keeper = Guarded("sandbox-keeper", self._keep, self._closing)
        self._keeper.start()

    @property
    def host(self) -> SandboxHost:
        """The host of now."""
        return self._host

    def state(self) -> dict[str, Any]:
        """Return whether it runs, how often it was restarted, and its own report."""
        host = self._host
        return {"alive": host.is_alive(), "restarts": self._restarts, **host.describe()}

    def why_not_ready(self) -> str | None:
        """Return why no program would be run now; None if one would be."""
        return self._keeper.failure or self._down

    def close(self) -> None:
        """End the host for good."""
        self._closing.set()
        with self._changing:
            self._host.close()
        self._keeper.join(ending.left(CLOSING))

    def _keep(self) -> None:
        """Start another host when this one has ended, is stopped, or can't be reached any more."""
        while not self._closing.is_set():
            why = self._fallen()
            if self._closing.is_set():
                return
            logger.error("%s; what it ran is lost, and another is started", why)
            self._down = why
            while not self._start_again() and not self._closing.wait(PAUSE):
                continue

    def _fallen(self) -> str:
        """Wait until this host can serve no longer; return why."""
        vigil = Vigil(self._host.pid, may_idle=True)
        while not self._host.wait(LOOK):
            if vigil.look() is not None:
                self._host.kill()
                return "the sandbox host is stopped"
            if not self._host.is_reachable():
                return "the sandbox host's sockets are gone"
        return "the sandbox host died"

    def _start_again(self) -> bool:
        """Start a host; return True if one runs again, or none is needed."""
        with self._changing:
            if self._closing.is_set():
                return True
            self._host.close()
            try:
                self._host = _hosts().start(self._options, self.address, self._closing.is_set)
            except (ConfigurationError, OSError) as error:
                self._down = f"the sandbox host can't be started: {error}"
                if self._failures.is_worth_telling():
                    logger.error("%s (failure %d)", self._down, self._failures.count)
                return False
            self._down = None
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
