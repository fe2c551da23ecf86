"""`start_server`: the real service in a child process, for a notebook, a script or a test."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from rule_rm.errors import ConfigurationError
from rule_rm.processes import child
from rule_rm.settings import Settings

LOG_NAME = "reward_server.log"
START_TIMEOUT = 120.0
STOP_MARGIN = 20.0
"""Seconds beyond the request timeout that a service is given to stop before it is killed."""
_TOLD_FROM_LOG = 2_000


class RunningServer:
    """A service in a child process, which ends with `stop()`, with a `with` block, or with its parent."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, log: Path, patience: float) -> None:
        self._process = process
        self._patience = patience
        self.url = url
        """Its address, such as `http://127.0.0.1:6000`; rewards are at `/get_reward`."""
        self.log = log
        """The file that its log goes to."""

    @property
    def pid(self) -> int:
        """The process id of the service."""
        return self._process.pid

    def stop(self) -> None:
        """Let it answer the requests under way, then end it. A second call does nothing."""
        # A process that was forked from this one may hold the pipe open, so its end may not come.
        _write(self._process, b"\n")
        child.end(self._process, self._patience)

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_server(**given: Any) -> RunningServer:
    """Start the service in a child process and wait until it is ready.

    Takes the settings by their names, such as `reward_type`, `dataset`, `reward_file`, `host` and `port` (0
    for a free one); those not given come from the environment, else they have their defaults. The log is
    appended to `reward_server.log` in `output_dir`, by default a temporary directory. Raises
    ConfigurationError, with the log's end, if the service does not start.
    """
    settings = Settings.load({name: _as_text(value) for name, value in given.items()})
    log = Path(settings.output_dir or tempfile.mkdtemp(prefix="rule_rm_")) / LOG_NAME
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as log_file:
        begin = log_file.tell()
        process = child.start(
            ["-m", "rule_rm.web.attached"],
            piped=True,
            stderr=log_file,
            env=child.environment(keeps_secrets=True),
        )
    try:
        # Its log goes where its standard error goes, and needs no second file.
        _write(process, json.dumps({**asdict(settings), "output_dir": None}).encode() + b"\n")
        url = child.hear(process, "the service", START_TIMEOUT)["url"]
    except ConfigurationError:
        told = log.read_bytes()[begin:].decode(errors="replace")[-_TOLD_FROM_LOG:].strip()
        raise ConfigurationError(f"the service did not start: {told or 'its log is empty'}") from None
    return RunningServer(process, url, log, settings.request_timeout + STOP_MARGIN)


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    """Write a line to the child, unless it has ended."""
    to_child = cast("IO[bytes]", process.stdin)
    if to_child.closed:
        return
    try:
        to_child.write(line)
        to_child.flush()
    except BrokenPipeError:
        # If it could not start, its log says why.
        return


def _as_text(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_as_text(item) for item in value)
    return str(value) if isinstance(value, Path) else value
