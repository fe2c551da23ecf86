"""A fake of a Lean 4 REPL server: it answers with the API of Kimina Lean Server, and knows no Lean.

It stands in for the server alone: requests, connections and replies are real.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .faulty_server import Exchange, FaultyServer

PROVED = "depends on axioms: [propext, Classical.choice, Quot.sound]"


class FakeLean(FaultyServer):
    """Answers checks, until the end of the with block."""

    def __init__(self, says: Callable[[str], dict[str, Any]] | None = None) -> None:
        """Reply to a source with what `says` returns; by default accept everything."""
        super().__init__()
        self.RequestHandlerClass = LeanExchange
        self.says = says or accepts
        self.sources: list[str] = []
        """Of all requests, in the order of their arrival."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


def accepts(source: str) -> dict[str, Any]:
    """Reply as Lean does to a source without errors that ends with `#print axioms NAME`."""
    return {"response": {"env": 1, "messages": [printed(source)]}}


def printed(source: str, said: str = PROVED) -> dict[str, Any]:
    """Return the message of `#print axioms` at the end of a source."""
    name = source.rstrip().rpartition(" ")[2]
    line = source.rstrip().count("\n") + 1
    return {"severity": "info", "pos": {"line": line, "column": 0}, "data": f"'{name}' {said}"}


class LeanExchange(Exchange):
    """One connection to the fake."""

    server: FakeLean

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        (snippet,) = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["snippets"]
        with self.server.lock:
            self.server.sources.append(snippet["code"])
        result = {"id": snippet["id"], "time": 0.1, **self.server.says(snippet["code"])}
        self.answer(json.dumps({"results": [result]}).encode())
