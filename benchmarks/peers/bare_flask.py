"""The floor for single requests: a Flask view that returns a constant, behind rule_rm's HTTP server."""

from __future__ import annotations

import argparse
import threading
from typing import Any

from flask import Flask

from rule_rm.web.front import Limits, make_server
from rule_rm.web.ports import listen


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dataset", help="not read: every contestant is given one")
    port = parser.parse_args().port
    app = Flask("bare", static_folder=None)

    @app.post("/get_reward")
    def get_reward() -> dict[str, Any]:
        return {"rewards": [1.5]}

    @app.get("/ready")
    def ready() -> dict[str, Any]:
        return {}

    def finish(_environ: dict[str, Any], _pending: Any) -> Any:
        raise NotImplementedError

    with listen("127.0.0.1", port) as listener:
        server = make_server(app, listener, Limits(), finish)
        server.start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
