"""`start_server`: the real service in a child process, for a notebook, a script or a test."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from rule_rm.errors import ConfigurationError
from rule_rm.settings import Settings

LOG_NAME = "reward_server.log"
START_TIMEOUT = 120.0
STOP_MARGIN = 10.0
"""Seconds beyond the request timeout that a service is given to stop before it is killed."""
_TOLD_FROM_LOG = 2_000


class RunningServer:
    """A service in a child process, which ends with `stop()`, with a `with` block, or with its parent."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path, patience: float) -> None:
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
        """Have it answer what is under way and end. A second call does nothing."""
        _end(self._process, self._patience)

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
        process = subprocess.Popen(
            [sys.executable, "-m", "rule_rm.web.attached"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log_file,
            text=True,
            env=_environment(),
            # Ctrl-C in a terminal is for the parent; the child ends with it anyway.
            start_new_session=True,
        )
    url = _hand_over(settings, process)
    if not url:
        _end(process, patience=0)
        told = log.read_bytes()[begin:].decode(errors="replace")[-_TOLD_FROM_LOG:].strip()
        raise ConfigurationError(f"the service did not start: {told or 'its log is empty'}")
    return RunningServer(process, url, log, settings.request_timeout + STOP_MARGIN)


def _hand_over(settings: Settings, process: subprocess.Popen[str]) -> str:
    """Tell the child its settings and return the address that it answers with; empty if it does not."""
    to_child, from_child = _pipes(process)
    try:
        # The child's log goes where its standard error goes, and needs no second file.
        to_child.write(json.dumps({**asdict(settings), "output_dir": None}) + "\n")
        to_child.flush()
    except BrokenPipeError:
        return ""
    answered = select.select([from_child], [], [], START_TIMEOUT)[0]
    return from_child.readline().strip() if answered else ""


def _end(process: subprocess.Popen[str], patience: float) -> None:
    """Let the child see the end of its input, and kill it if it does not end within `patience` seconds."""
    to_child, from_child = _pipes(process)
    try:
        to_child.close()
    except BrokenPipeError:
        pass
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    from_child.close()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    return cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)


def _as_text(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_as_text(item) for item in value)
    return str(value) if isinstance(value, Path) else value


def _environment() -> Mapping[str, str]:
    """This process's environment, in which the child finds the modules that are found here."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, map(os.path.abspath, sys.path)))}
