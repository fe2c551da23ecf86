"""A model's process with a toy model; all else is real. The texts are commands to the toy.

A text's tokens are its bytes, and its score is their number. `hold PATH` waits until somebody writes to the
named pipe PATH. `die` ends the process, `raise` fails, `nan` scores NaN, `greedy` needs a separate pass.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError
from rule_rm.models.encoding import Encoded
from rule_rm.models.process import OutOfMemoryError, main


class Toy:
    max_texts = 8
    max_tokens = 10_000
    break_even = 1000.0

    def describe(self) -> dict[str, Any]:
        return {"model": "toy"}

    def encode(self, request: Mapping[str, Any]) -> Encoded:
        return Encoded(list(request["text"].encode()), False)

    def is_usable(self) -> bool:
        return True

    def score(self, texts: Sequence[Sequence[int]]) -> list[float]:
        written = [bytes(tokens).decode() for tokens in texts]
        for text in written:
            if text.startswith("hold "):
                Path(text.removeprefix("hold ")).read_bytes()
            if text == "die":
                os._exit(9)
            if text == "raise":
                raise ZeroDivisionError("nothing to divide by")
            if text == "greedy" and len(texts) > 1:
                raise OutOfMemoryError("too many")
        return [float("nan") if text == "nan" else float(len(text)) for text in written]


def load() -> Toy:
    broken = Path(os.environ.get("TOY_BROKEN_WHILE", "/nonexistent"))
    if broken.is_dir():
        raise ZeroDivisionError("nothing to divide by")
    if broken.exists():
        raise ConfigurationError("the toy is broken")
    return Toy()


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1])), load))
