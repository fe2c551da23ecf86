"""A journal that a failing disk or a cut copy damaged is named, and the others are read."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing, suppress

import pytest

from rule_rm.cli import main
from rule_rm.journal import Journal, Scored
from rule_rm.journal.bins import Bins
from rule_rm.journal.reader import ENDING, Filter, Reader
from rule_rm.journal.records import Place
from rule_rm.journal.store import Bounds
from rule_rm.types import Rollout, Score
from rule_rm.web.viewer import create_viewer

TIME = 1e9
PAGES = (
    "/?window=all",
    "/rollouts",
    "/rollouts?text=four",
    "/rollouts?status=ok",
    "/rollouts/torn:7",
    "/rollouts/whole:1",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the bytes of a journal of 40 rollouts with an alarm."""
    folder = tmp_path_factory.mktemp("written")
    return _written(folder / f"x{ENDING}", 40)


def _written(path, count):
    journal = Journal()
    journal.keep(path, Bounds(age=1e12))
    journal.record(
        Scored(
            "math",
            [
                Rollout(f"{number} + 4?", f"It is four: {number}" * 40, "4", "algebra")
                for number in range(count)
            ],
            [Score(1.0, metrics={"format": 1.0}) for _ in range(count)],
            time=TIME,
            stages={"score": 0.1},
        )
    )
    journal.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO alarms VALUES (1, ?, 'drift', 'algebra', 'it drifts', '[7]')", (TIME,)
        )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path):
    _written(tmp_path / f"whole{ENDING}", 3)
    return tmp_path


def _read(reader):
    """Read all that a reader can, and return how many rollouts of the whole file came."""
    reader.alarms()
    reader.span()
    reader.sums("", Bins.of(TIME - 60, TIME + 60), prefix=True)
    reader.rollout(Place("torn", 7))
    listed = reader.rollouts(Filter(), 100).rollouts
    exported = [*reader.every()]
    counts = {sum(one["place"].file == "whole" for one in found) for found in (listed, exported)}
    assert len(counts) == 1
    return counts.pop()


def _torn(data, way, seed):
    chance = random.Random(seed)
    if way == "cut":
        return data[: chance.randrange(len(data))]
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 8, 200))):
        if way == "bytes":
            damaged[chance.randrange(len(data))] = chance.randrange(256)
        else:
            at = chance.randrange(0, len(data), 512)
            damaged[at : at + 512] = bytes(512) if way == "holes" else chance.randbytes(512)
    return bytes(damaged)


@pytest.mark.parametrize("way", ["cut", "bytes", "holes", "noise"])
def test_the_other_files_are_read_whatever_is_wrong_with_one(folder, written, way):
    torn = folder / f"torn{ENDING}"
    faults = 0
    for seed in range(25):
        torn.write_bytes(_torn(written, way, seed))
        reader = Reader(folder)
        assert _read(reader) == 3
        faults += len(reader.faults())
        pages = create_viewer(reader, None).test_client()
        for path in PAGES:
            # A rollout of the file that can't be read is not found.
            assert pages.get(path).status_code in ((200, 404) if "torn" in path else (200,))
    assert faults


WRONG = {
    "rollouts": ("time = 'noon'", "time = 1e300", "components = '[1]'", "components = '{'",
                 "stages = '{\"a\": \"b\"}'", "reward = 'much'", "step = 'one'",
                 "explanation = x'ff'", "reward = 9e999"),
    "sums": ("n = 9e999", "source = x'05'", "start = 1e300"),
    "alarms": ("time = 'noon'", "evidence = '{'", "evidence = '5'", "evidence = NULL"),
    "responses": ("response = x'ff'",),
}  # fmt: skip


@pytest.mark.parametrize(("table", "change"), [(table, one) for table in WRONG for one in WRONG[table]])
def test_a_value_that_is_never_written_is_a_fault_and_no_error(folder, written, table, change):
    torn = folder / f"torn{ENDING}"
    torn.write_bytes(written)
    with closing(sqlite3.connect(torn)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {change}")
    reader = Reader(folder)
    assert _read(reader) == 3
    pages = create_viewer(reader, None).test_client()
    statuses = {path: pages.get(path).status_code for path in PAGES}
    assert {status for path, status in statuses.items() if "torn" not in path} == {200}
    if table != "sums" or "start" not in change:
        assert any(str(torn) in fault for fault in reader.faults())


def test_the_viewer_names_the_file_until_it_is_gone_and_to_those_with_the_token_alone(folder):
    torn = folder / f"torn{ENDING}"
    torn.write_bytes(b"no database at all" * 100)
    client = create_viewer(Reader(folder), "a-token-of-the-viewer").test_client()
    headers = {"Authorization": "Bearer a-token-of-the-viewer"}
    for path in ("/", "/rollouts"):
        assert f"{torn} can&#39;t be read: file is not a database" in client.get(path, headers=headers).text
        assert torn.name not in client.get(path).text
    assert torn.name in client.get("/rollouts/torn:1", headers=headers).text
    torn.unlink()
    assert torn.name not in client.get("/", headers=headers).text


def test_export_writes_what_can_be_read_and_names_the_rest(folder, capsys):
    torn = folder / f"torn{ENDING}"
    torn.write_bytes(b"no database at all" * 100)
    target = folder / "out.jsonl"
    assert main(["journal", "export", str(folder), str(target), "--json"]) == 1
    out, err = capsys.readouterr()
    fault = f"the journal {torn} can't be read: file is not a database"
    assert json.loads(out) == {"file": str(target), "rollouts": 3, "faults": [fault]}
    assert err.splitlines()[-1] == f"rule-rm: {fault}"
    assert len(target.read_text().splitlines()) == 3
    target.unlink()
    assert main(["journal", "export", str(torn), str(target)]) == 2
    with suppress(FileNotFoundError):
        pytest.fail(target.read_text())
