"""`sql_execution`: reward a query that gives the golden query's rows, on the given SQLite database.

The database is opened read-only. An authoriser allows queries to read it, and denies other files, settings
and extensions. Steps, rows and memory are bounded; a query that takes more is the policy's fault.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from rule_rm.errors import ConfigurationError, InternalError
from rule_rm.registry import register
from rule_rm.sandbox.grading import rows
from rule_rm.sandbox.grading.rows import Row
from rule_rm.sandbox.grading.source import last_query
from rule_rm.types import Rollout, Score, Status

MAX_ROWS = 100_000
MAX_BYTES = 64 << 20
"""Of memory that SQLite may take."""
_MAX_TEXT = 1 << 20
"""Bytes of any one text."""
_MAX_READ = 64 << 20
"""Bytes of text in all rows of a query."""
_STEPS = 10_000
_MAKING = 10.0
"""Seconds that the statements of a schema may take."""
_READING = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_DANGEROUS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


class _QueryError(InternalError):
    """A query that can't be answered, and whether it only took too much."""

    def __init__(self, reason: str, *, is_costly: bool = False) -> None:
        super().__init__(reason)
        self.is_costly = is_costly


def _check(*, database_dir: str, timeout: float, ordered: str) -> None:
    if ordered not in ("auto", "yes", "no"):
        raise ConfigurationError(f"ordered: it is auto, yes or no, not {ordered!r}")
    if timeout <= 0:
        raise ConfigurationError("timeout must be more than 0")
    if database_dir and not Path(database_dir).is_dir():
        raise ConfigurationError(f"database_dir: there is no directory {database_dir}")


@register(
    "sql_execution",
    summary="1 if the query's rows equal the golden query's rows on the given database, else 0",
    metrics=("accuracy",),
    timeout=20.0,
    check=_check,
)
def sql_execution(
    rollout: Rollout, *, database_dir: str = "", timeout: float = 5.0, ordered: str = "auto"
) -> Score:
    r"""1.0 if the response's query and the golden one give the same rows, else 0.0.

    The ground truth is `{"query": …}` with `"schema"`, statements that make the database in memory, or
    `"database"`, the path of a file (below `database_dir`, if that is set). The query is the last block
    fenced as SQL, else the last block, else the whole response. Rows count as often as they come. Their order
    counts as far as the golden query orders them at its outermost level ("auto"), or as the golden query's
    rows come ("yes"), or never ("no"). `timeout` is in seconds.

    >>> truth = {"schema": "create table t(x); insert into t values (1), (2);", "query": "select x from t"}
    >>> sql_execution(Rollout("", "```sql\nselect x from t order by x desc\n```", truth)).reward
    1.0
    """
    truth = rollout.ground_truth
    if truth is None:
        return Score.unscored(Status.NO_GROUND_TRUTH, "there is no golden query")
    if not isinstance(truth, Mapping):
        return Score.unscored(Status.BAD_GROUND_TRUTH, "the golden query must be an object with 'query'")
    try:
        with closing(_open(truth, database_dir)) as database:
            golden = str(truth["query"])
            wanted = _rows(database, golden, timeout)
            order = rows.order(golden) if ordered == "auto" else rows.Order(is_strict=ordered == "yes")
            return _compared(database, rollout.response, wanted, timeout, order)
    except (_QueryError, sqlite3.Error, OSError, KeyError, TypeError, ValueError) as error:
        return Score.unscored(Status.BAD_GROUND_TRUTH, f"the golden query can't be run: {error}")


def _compared(
    database: sqlite3.Connection, response: str, wanted: list[Row], timeout: float, order: rows.Order
) -> Score:
    block = last_query(response)
    query = (block.code if block else response).strip().rstrip(";").strip()
    if not query:
        return _wrong("there is no query", query, Status.NO_ANSWER)
    try:
        given = _rows(database, query, timeout)
    except _QueryError as error:
        return _wrong(str(error), query, Status.TIMEOUT if error.is_costly else Status.OK)
    if order.allows(given, wanted, lambda ours: _rows(database, ours, timeout)):
        return Score(1.0, answer=query[:1000], metrics={"accuracy": 1.0})
    return _wrong(f"{len(given)} rows, which are not the {len(wanted)} of the golden query", query)


def _wrong(explanation: str, query: str, status: Status = Status.OK) -> Score:
    return Score(0.0, status, query[:1000] or None, explanation[:500], {"accuracy": 0.0})


def _open(truth: Mapping[str, Any], database_dir: str) -> sqlite3.Connection:
    """Open the database, read-only from now on. Raises an error if the ground truth is invalid."""
    if truth.get("schema"):
        database = _made(str(truth["schema"]))
    else:
        path = Path(str(truth["database"]))
        if database_dir:
            root = Path(database_dir).resolve()
            path = (root / path).resolve(strict=True)
            if root not in path.parents:
                raise ValueError(f"{path} does not lie in {root}")
        if not path.is_file():
            # Opening a pipe or a device waits, or does worse.
            raise ValueError(f"{path} is not a file")
        database = sqlite3.connect(f"{path.resolve(strict=True).as_uri()}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.execute("pragma query_only = on")
    database.execute(f"pragma hard_heap_limit = {MAX_BYTES}")
    if hasattr(database, "setlimit"):
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_TEXT)
    database.set_authorizer(_authorize)
    return database


def _made(schema: str) -> sqlite3.Connection:
    """Return a database in memory that these statements made, which reach nothing outside it."""
    database = sqlite3.connect(":memory:")
    until = time.monotonic() + _MAKING
    database.execute(f"pragma hard_heap_limit = {MAX_BYTES}")
    database.set_authorizer(_authorize_schema)
    database.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    database.executescript(schema)
    return database


def _authorize_schema(
    action: int, first: str | None, second: str | None, _where: str | None, _by: str | None
) -> int:
    is_outside = action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) or (
        action == sqlite3.SQLITE_PRAGMA and (first or "").lower().endswith("_directory")
    )
    is_dangerous = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _DANGEROUS
    return sqlite3.SQLITE_DENY if is_outside or is_dangerous else sqlite3.SQLITE_OK


def _authorize(
    action: int, first: str | None, second: str | None, _where: str | None, _by: str | None
) -> int:
    if action not in _READING or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _DANGEROUS):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _rows(database: sqlite3.Connection, query: str, timeout: float) -> list[Row]:
    until = time.monotonic() + timeout
    database.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    try:
        found, read = [], 0
        for row in database.execute(query):
            found.append(row)
            read += sum(len(value) for value in row if isinstance(value, str | bytes))
            if len(found) > MAX_ROWS or read > _MAX_READ:
                break
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        # Too late, or a value that is too long.
        is_costly = "interrupted" in str(error) or isinstance(error, sqlite3.DataError)
        raise _QueryError(f"{type(error).__name__}: {error}", is_costly=is_costly) from None
    except (MemoryError, OverflowError):
        raise _QueryError("the query takes too much memory", is_costly=True) from None
    if len(found) > MAX_ROWS:
        raise _QueryError(f"the query gives more than {MAX_ROWS} rows", is_costly=True)
    if read > _MAX_READ:
        raise _QueryError("the query gives more text than is read", is_costly=True)
    return found
