"""The model's process: one thread reads requests and makes tokens of them, the main thread scores.

It ends with the server in every case: its socket is then at its end, or it has another parent. A pass of the
model can't be interrupted, so the thread that notices ends the process at once.

Nothing lingers to fill a pass. While one is under way the next requests gather, and an idle model has nothing
better to do than the request at hand.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol

from rule_rm.errors import ConfigurationError, InternalError
from rule_rm.models.batching import Line, Waiting
from rule_rm.models.encoding import Encoded
from rule_rm.processes import lines
from rule_rm.processes.output import output

logger = logging.getLogger(__name__)

PARENT_CHECK_SECONDS = 1.0
_BROKEN = 3


class OutOfMemoryError(InternalError):
    """The pass was too large for the device; a smaller one may do."""


class Scores(Protocol):
    """A loaded model, as `scorer.Scorer` is. `encode` is called from another thread than `score`."""

    max_texts: int
    max_tokens: int
    break_even: float

    def describe(self) -> dict[str, Any]:
        """Return the description of the model."""

    def encode(self, request: Mapping[str, Any]) -> Encoded:
        """Return the tokens of a request. Raises ValueError if it can't be scored."""

    def score(self, texts: Sequence[Sequence[int]]) -> list[float]:
        """Return one number for each text. Raises OutOfMemoryError if fewer texts at once may fit."""

    def is_usable(self) -> bool:
        """Return False if nothing can be scored any more after an error."""


def main(connection: socket.socket, load: Callable[[], Scores]) -> int:
    """Load the model, tell of it or why not, and score until the other end hangs up."""
    logging.basicConfig(
        level=logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        handlers=[logging.StreamHandler(output(sys.stderr))],
    )
    parent = os.getppid()
    threading.Thread(target=_end_with_parent, args=(parent,), name="parent", daemon=True).start()
    try:
        model = load()
    except Exception as error:
        told = str(error)
        if not isinstance(error, ConfigurationError):
            logger.exception("the model can't be loaded")
            told = f"the reward model can't be used: {type(error).__name__}: {error}"
        connection.sendall(lines.encode([{"failed": told}]))
        return 1
    connection.sendall(lines.encode([{"ready": {**model.describe(), "pid": os.getpid()}}]))
    return _Process(connection, model).run()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(0)


class _Process:
    def __init__(self, connection: socket.socket, model: Scores) -> None:
        self._connection = connection
        self._model = model
        self._line = Line(model.max_tokens, model.max_texts, model.break_even)
        self._changed = threading.Condition()
        self._sending = threading.Lock()

    def run(self) -> NoReturn:
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._line) > 0)
                self._line.drop_expired(time.monotonic())
                texts = self._line.take()
            if not texts:
                continue
            self._send([{"started": [text.number for text in texts], "padded": _padded(texts)}])
            self._send(self._score(texts))

    def _read(self) -> None:
        reader = lines.Reader(self._connection)
        try:
            while True:
                self._receive(reader.read())
        except (EOFError, OSError):
            os._exit(0)

    def _receive(self, request: Mapping[str, Any]) -> None:
        number = request["id"]
        try:
            encoded = self._model.encode(request)
        except Exception as error:  # noqa: BLE001 - told to whoever asked; the next request is another matter
            self._send([{"id": number, "error": f"{type(error).__name__}: {error}"}])
            return
        text = Waiting(number, encoded.tokens, request["until"], request["alone"], encoded.was_cut)
        with self._changed:
            self._line.add(text)
            self._changed.notify()

    def _score(self, texts: Sequence[Waiting]) -> list[dict[str, Any]]:
        """Return the replies to these; a fault of one text is an error for it alone."""
        try:
            scores = self._model.score([text.tokens for text in texts])
        except Exception as error:
            if not self._model.is_usable():
                logger.exception("the device can't be used any more, so the process ends")
                os._exit(_BROKEN)
            if len(texts) == 1:
                logger.warning("a pass failed: %s", error)
                return [{"id": texts[0].number, "error": f"{type(error).__name__}: {error}"}]
            if isinstance(error, OutOfMemoryError):
                self._shrink(_padded(texts))
            half = len(texts) // 2
            return [*self._score(texts[:half]), *self._score(texts[half:])]
        return [
            {
                "id": text.number,
                # JSON has no NaN and no infinity.
                "score": score if abs(score) < float("inf") else None,
                "tokens": len(text.tokens),
                "was_cut": text.was_cut,
            }
            for text, score in zip(texts, scores, strict=True)
        ]

    def _shrink(self, too_many: int) -> None:
        with self._changed:
            self._line.max_tokens = min(self._line.max_tokens, max(too_many // 2, 1))
        logger.warning("out of memory: passes have %d tokens at most from now on", self._line.max_tokens)

    def _send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        with self._sending:
            self._connection.sendall(lines.encode(messages))


def _padded(texts: Sequence[Waiting]) -> int:
    """Return the tokens of a pass, padding included."""
    return len(texts) * max(len(text.tokens) for text in texts)
