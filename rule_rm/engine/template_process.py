"""The start of a template process, from its command to its message that everything is loaded.

The template loads the rewards of the package before it needs to know anything, which takes longer than all
else at a start. So a server begins it first, and gives it its configuration later.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Mapping

from rule_rm.engine.control import AT_START, PACKET, Configuration, Failed, Ready, Surroundings
from rule_rm.errors import ChildDiedError, ConfigurationError
from rule_rm.processes import child, frames, records
from rule_rm.processes.starting import again, await_start
from rule_rm.settings import Settings
from rule_rm.settings.choices import LOCAL

_TEMPLATE = "the template process"
_DIED = "the reward functions can't be loaded: the template process died, or did not answer"


class Begun:
    """A template process that loads the package's rewards, and waits for its configuration."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the process in this environment. Raises OSError if that can't be done."""
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders, orders = socket.socketpair()
        self._is_open = True
        try:
            with control, orders:
                passed = [control.fileno(), orders.fileno()]
                self._process = child.start(
                    ["-m", "rule_rm.engine.template", *map(str, passed)],
                    pass_fds=passed,
                    env=environment,
                )
        except OSError:
            self._control.close()
            self._orders.close()
            raise

    def started(
        self,
        configuration: Configuration,
        environment: Mapping[str, str],
        timeout: float,
        is_over: Callable[[], bool],
    ) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """Return the process with this configuration, loaded, and the socket to it; both are the caller's.

        Raises ConfigurationError if the reward functions can't be loaded.
        """
        try:
            answer = self._asked(is_over, configuration, Surroundings(dict(environment)))
            if isinstance(answer, Failed):
                raise ConfigurationError(f"the reward functions can't be loaded: {answer.reason}")
        except ConfigurationError:
            self.close()
            raise
        self._is_open = False
        self._control.settimeout(timeout)
        return self._process, self._control

    def close(self) -> None:
        """End the process, unless it is somebody's; a second call does nothing."""
        if self._is_open:
            self._is_open = False
            child.end(self._process, 0.0)
            self._control.close()
            self._orders.close()

    def _asked(self, is_over: Callable[[], bool], *told: Configuration | Surroundings) -> Ready | Failed:
        """Return the template's answer to its configuration. Raises ChildDiedError if there is none."""
        try:
            with self._orders:
                self._orders.settimeout(child.START_TIMEOUT)
                for record in told:
                    frames.send(self._orders, records.encode(record))
        except OSError:
            # It has ended, and may have said why.
            pass
        if not await_start(self._process, self._control.fileno(), child.START_TIMEOUT, _TEMPLATE, is_over):
            raise ChildDiedError(_DIED)
        try:
            return records.decode(self._control.recv(PACKET), AT_START)
        except (OSError, ValueError):
            raise ChildDiedError(_DIED) from None


def begin(settings: Settings) -> Begun | None:
    """Return a template process that is begun before the secrets of this one are known.

    So its environment has what it needs to start, and the rest comes with the configuration. None if the
    engine of these settings has none, or no process can be started now, which the engine then reports.
    """
    if settings.engine != LOCAL:
        return None
    try:
        return Begun(child.bare_environment())
    except OSError:
        return None


def start_template(
    configuration: Configuration,
    more_environment: Mapping[str, str] | None,
    timeout: float,
    begun: Begun | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Return a template process that has loaded every reward function, and the socket to it.

    `more_environment` is added to ours, `timeout` is that of the socket from then on. `begun` is a process
    that was started for this; by default it is started now. One that gets stuck is started again,
    and none when `is_over` returns True. Raises ConfigurationError if the reward functions
    can't be loaded, OSError if no process can be started.
    """
    environment = child.environment(more_environment)
    waiting = [begun] if begun is not None else []

    def start() -> tuple[subprocess.Popen[bytes], socket.socket]:
        template = waiting.pop() if waiting else Begun(environment)
        return template.started(configuration, environment, timeout, is_over)

    return again(start)
