"""A small generative model of the server: its process is started, watched, started again, and ended.

torch never enters the server, and a model that crashes takes nothing with it. The address stays the same
after a restart. A client therefore meets a server that is down for a while, and asks again.
"""

from __future__ import annotations

import json
import logging
import secrets
import subprocess
import threading
from importlib.util import find_spec
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.processes import child
from rule_rm.processes.guarded import Guarded
from rule_rm.processes.starting import LOOK, Vigil, again

logger = logging.getLogger(__name__)

KEY_VARIABLE = "RULE_RM_MODEL_KEY"
RESTART_PAUSE = 1.0
END_TIMEOUT = 10.0
LOAD_TIMEOUT = 3600.0
"""Seconds that a model may take to load, from a cold network disk at worst."""


class ChatProcess:
    """A model's process, from its start to `close`."""

    def __init__(self, model: str, *, device: str = "auto", bf16: bool = False) -> None:
        """Load the model; returns when it answers. Raises ConfigurationError if it can't be loaded.

        `device`: auto (CUDA if there is any), or as torch names it.
        """
        for package in ("torch", "transformers"):
            if find_spec(package) is None:
                raise ConfigurationError(f"{package} is not installed; pip install torch transformers")
        self.key = secrets.token_urlsafe(32)
        """The bearer token that its server asks for."""
        self._given = {"model": model, "port": 0, "device": device, "bf16": bf16}
        self._closed = threading.Event()
        self.starts = 0
        told = again(self._start)
        self.url = f"http://127.0.0.1:{told['port']}/v1"
        self._given["port"] = told["port"]
        self.device: str = told["device"]
        self._watcher = Guarded("model-process", self._watch, self._closed)
        self._watcher.start()

    @property
    def pid(self) -> int:
        """The process id of the process that is running, or was last."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Return True if the process runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; returns when it is gone."""
        self._closed.set()
        child.end(self._process, END_TIMEOUT)
        self._watcher.join()
        child.end(self._process, END_TIMEOUT)

    def _start(self) -> dict[str, Any]:
        """Start the process; return its first message, once it has loaded the model."""
        self._process = child.start(
            ["-m", "rule_rm.models.chat_server", json.dumps(self._given)],
            piped=True,
            env=child.environment({KEY_VARIABLE: self.key}),
        )
        self.starts += 1
        return child.hear(self._process, "the model's process", LOAD_TIMEOUT)

    def _watch(self) -> None:
        """Start the process again whenever it dies, or is stopped."""
        while not self._closed.is_set():
            status = self._await_end()
            if self._closed.is_set():
                return
            logger.error("the model's process died with status %d; it is started again", status)
            child.end(self._process, END_TIMEOUT)
            self._restart()

    def _await_end(self) -> int:
        """Return the exit status of the process when it has ended; one that is stopped is killed."""
        vigil = Vigil(self._process.pid, may_idle=True)
        while True:
            try:
                return self._process.wait(LOOK)
            except subprocess.TimeoutExpired:
                if (why := vigil.look()) is not None:
                    logger.error("the model's process is killed: %s", why)
                    self._process.kill()

    def _restart(self) -> None:
        while not self._closed.wait(RESTART_PAUSE):
            try:
                self._start()
            except (ConfigurationError, OSError) as error:
                logger.error("the model's process can't be started: %s", error)
            else:
                return
