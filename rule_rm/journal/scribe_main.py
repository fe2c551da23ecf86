"""The process that writes the journal: reads frames from its standard input until that ends.

The first line has the options. A frame is a set of secrets or an `Order`, and each order gets a line of JSON
as its answer. The batches of the orders are in memory that the service shares. The process outlives the
signals that stop a service, as the last batches are still to come.
"""

from __future__ import annotations

import gc
import json
import marshal
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from rule_rm import redaction
from rule_rm.errors import ConfigurationError
from rule_rm.journal.backlog import Place, read
from rule_rm.journal.pace import Order, Pace
from rule_rm.journal.scribe import HEAD
from rule_rm.journal.store import Bounds, Store
from rule_rm.journal.writer import Writer

GIVES_WAY = 5
"""Steps of priority by which it is below the requests, which somebody waits for. On a full processor it still
gets a quarter of the time, and needs a sixth."""
MANY_OBJECTS = 100_000
"""New objects before Python looks for cycles among them. Rows make none, and a batch of thousands of rows
would start the search again and again at Python's default of 700."""


def open_writer(options: Mapping[str, Any]) -> Writer:
    """Return the writer of these options. Raises ConfigurationError if the file can't be written."""
    bounds = Bounds(options["size"], options["age"])
    store = Store(Path(options["path"]), bounds, session=options["session"])
    return Writer(store, sample=options["sample"], with_texts=options["with_texts"], alarms=options["alarms"])


def main() -> int:
    """Write until the standard input ends; return the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # Nothing but answers may come to the parent.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    options = json.loads(sys.stdin.buffer.readline())
    try:
        writer = open_writer(options)
    except ConfigurationError as error:
        print(json.dumps({"failed": str(error)}), file=answers, flush=True)
        return 2
    try:
        print(json.dumps({"done": writer.done}), file=answers, flush=True)
    except BrokenPipeError:
        return 0
    os.nice(GIVES_WAY)
    gc.freeze()
    gc.set_threshold(MANY_OBJECTS)
    pace = Pace(partial(carry_out, writer, options["memory"], answers))
    for content in frames(sys.stdin.buffer):
        if isinstance(content, frozenset):
            redaction.remember_all(content, "service")
        else:
            pace.add(Order._make(content))
    # The service may have been killed: the batches that it had handed over are written.
    pace.finish()
    writer.close()
    return 0


def carry_out(writer: Writer, memory: int, answers: TextIO, orders: Sequence[Order]) -> None:
    """Write the batches of orders together, and answer each."""
    said: dict[str, Any] = {"heard": []}
    try:
        if orders[0].is_bound:
            writer.bound()
        else:
            batch = [one for order in orders for one in read(memory, Place(*order[2:]))]
            said = {"heard": writer.write(batch, orders[-1].number)}
    except Exception as error:  # noqa: BLE001 - the parent counts and logs it
        kind = "" if isinstance(error, sqlite3.Error) else f"{type(error).__name__}: "
        said = {"failed": redaction.redact(f"{kind}{error}")}
    first, *rest = ({"number": order.number} for order in orders)
    # One write for all: the parent wakes up once. Alarms are in the first.
    lines = [
        {**first, **said},
        *({**one, **said, **({"heard": []} if "heard" in said else {})} for one in rest),
    ]
    try:
        print("\n".join(map(json.dumps, lines)), file=answers, flush=True)
    except BrokenPipeError:
        # The service was killed, and nobody listens.
        pass


def frames(stream: BinaryIO) -> Iterator[Any]:
    """Yield the contents of whole frames; a torn one, of a service that was killed, ends them."""
    while len(head := stream.read(HEAD)) == HEAD:
        size = int.from_bytes(head, "big")
        if len(data := stream.read(size)) < size:
            return
        yield marshal.loads(data)  # noqa: S302 - it comes from our parent


if __name__ == "__main__":
    sys.exit(main())
