"""The start of a template process, from its command to its message that everything is loaded."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Mapping

from rule_rm.engine.control import AT_START, PACKET, Configuration, Failed, Ready
from rule_rm.errors import ChildDiedError, ConfigurationError
from rule_rm.processes import child, records

_DIED = "the reward functions can't be loaded: the template process died, or did not answer"


def start_template(
    configuration: Configuration, environment: Mapping[str, str] | None, timeout: float
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Return a template process that has loaded every reward function, and the socket to it.

    `environment` is added to ours, `timeout` is that of the socket from then on. Raises ConfigurationError if
    the reward functions can't be loaded, OSError if no process can be started.
    """
    process, control = _spawned(environment)
    try:
        answer = _asked(control, configuration)
        if isinstance(answer, Failed):
            raise ConfigurationError(f"the reward functions can't be loaded: {answer.reason}")
    except ConfigurationError:
        child.end(process, 0.0)
        control.close()
        raise
    control.settimeout(timeout)
    return process, control


def _spawned(environment: Mapping[str, str] | None) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with theirs:
            process = child.start(
                ["-m", "rule_rm.engine.template", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                more_environment=environment,
            )
    except OSError:
        ours.close()
        raise
    return process, ours


def _asked(control: socket.socket, configuration: Configuration) -> Ready | Failed:
    """Return the template's answer to its configuration. Raises ChildDiedError if there is none."""
    control.settimeout(child.START_TIMEOUT)
    try:
        control.send(records.encode(configuration))
        return records.decode(control.recv(PACKET), AT_START)
    except (OSError, ValueError):
        raise ChildDiedError(_DIED) from None
