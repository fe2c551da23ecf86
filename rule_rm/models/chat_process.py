"""A small generative model beside the server: its process is started, watched, started again, and ended.

torch never enters the server, and a model that crashes takes nothing with it. Its address stays the same when
it is started again, so that whoever asks meets a server that is down for a while, and asks again.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import subprocess
import sys
import threading
from importlib.util import find_spec
from typing import Any

from rule_rm.errors import ConfigurationError

logger = logging.getLogger(__name__)

KEY_VARIABLE = "RULE_RM_MODEL_KEY"
RESTART_PAUSE = 1.0
END_TIMEOUT = 10.0


class ChatProcess:
    """A model's process, from its start to `close`."""

    def __init__(self, model: str, *, device: str = "auto", bf16: bool = False) -> None:
        """Load the model; returns when it answers. Raises ConfigurationError if it can't be loaded.

        `device`: auto (CUDA if there is any), or as torch names it.
        """
        for package in ("torch", "transformers"):
            if find_spec(package) is None:
                raise ConfigurationError(f"{package} is not installed; pip install 'rule-rm[model]'")
        self.key = secrets.token_urlsafe(32)
        """What its server asks for, as a bearer token."""
        self._given = {"model": model, "port": 0, "device": device, "bf16": bf16}
        self._closed = threading.Event()
        self.starts = 0
        told = self._start()
        self.url = f"http://127.0.0.1:{told['port']}/v1"
        self._given["port"] = told["port"]
        self.device: str = told["device"]
        self._watcher = threading.Thread(target=self._watch, name="model-process", daemon=True)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """The process id of the process that is running, or was last."""
        return self._process.pid

    def is_alive(self) -> bool:
        """True if the process runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; returns when it is gone."""
        self._closed.set()
        _end(self._process)
        self._watcher.join()
        _end(self._process)

    def _start(self) -> dict[str, Any]:
        """Start the process; returns what it says once it has loaded the model."""
        # The process needs what this one can import, whatever its own working directory.
        paths = os.pathsep.join(filter(None, map(os.path.abspath, sys.path)))
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "rule_rm.models.chat_server", json.dumps(self._given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths, KEY_VARIABLE: self.key},
            start_new_session=True,
        )
        self.starts += 1
        assert process.stdout is not None  # noqa: S101 - it was asked for
        line = process.stdout.readline()
        told = (
            json.loads(line) if line.endswith(b"\n") else {"failed": "the model's process died at its start"}
        )
        if "failed" in told:
            _end(process)
            raise ConfigurationError(told["failed"])
        return dict(told)

    def _watch(self) -> None:
        """Start the process again whenever it dies."""
        while not self._closed.is_set():
            status = self._process.wait()
            if self._closed.is_set():
                return
            logger.error("the model's process died with status %d; it is started again", status)
            _end(self._process)
            self._restart()

    def _restart(self) -> None:
        while not self._closed.wait(RESTART_PAUSE):
            try:
                self._start()
            except (ConfigurationError, OSError) as error:
                logger.error("the model's process can't be started: %s", error)
            else:
                return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close what tells the process to end, and see that it does."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    assert process.stdout is not None  # noqa: S101 - likewise
    process.stdin.close()
    try:
        process.wait(END_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
