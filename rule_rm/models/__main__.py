"""The model's process; `host.ModelHost` starts it with a socket and its options."""

from __future__ import annotations

import json
import os
import socket
import sys

from rule_rm.models.options import ModelOptions
from rule_rm.models.process import Scores, main


def _load() -> Scores:
    options = ModelOptions(**json.loads(sys.argv[2]))
    if not options.allow_download:
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    options.check_packages()
    from rule_rm.models.scorer import Scorer

    return Scorer(options)


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1])), _load))
