"""Rows of files: every kind gives the same rows, and an unreadable row is named."""

from __future__ import annotations

import gzip
import io
import json
import sys

import pytest

from rule_rm.errors import DatasetError
from rule_rm.golden.rows import Unreadable
from rule_rm.workbench.row_files import number_of_rows, rows_of

ROWS = [{"prompt": f"{n}+1?", "response": str(n + 1)} for n in range(3)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def write(path, kind):
    if kind == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    elif kind == "csv":
        path.write_text("prompt,response\n" + "".join(f"{r['prompt']},{r['response']}\n" for r in ROWS))
    elif kind == "json":
        path.write_text(json.dumps(ROWS))
    elif kind == "jsonl.gz":
        path.write_bytes(gzip.compress(LINES.encode()))
    else:
        path.write_text(LINES)


@pytest.mark.parametrize("kind", ["jsonl", "ndjson", "json", "csv", "parquet", "jsonl.gz"])
def test_every_kind_of_file_gives_the_same_rows(kind, tmp_path):
    path = tmp_path / f"rows.{kind}"
    write(path, kind)
    assert [row for _, row in rows_of([str(path)])] == ROWS


def test_lines_of_the_standard_input_are_rows(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LINES.encode())))
    assert [row for _, row in rows_of(["-"])] == ROWS


def test_shards_of_a_directory_come_in_the_order_of_their_numbers(tmp_path):
    for number in (10, 2, 1):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps({"n": number}) + "\n")
    (tmp_path / "a.scored.jsonl").write_text('{"n": "our own results"}\n')
    (tmp_path / "metadata.json").write_text('{"n": "of a trainer"}')
    assert [row["n"] for _, row in rows_of([str(tmp_path)])] == [1, 2, 10]


def test_a_dataset_that_was_saved_to_disk_is_read(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.Table.from_pylist(ROWS)
    with (
        pyarrow.OSFile(str(tmp_path / "data.arrow"), "wb") as sink,
        pyarrow.ipc.new_stream(sink, table.schema) as w,
    ):
        w.write_table(table)
    (tmp_path / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data.arrow"}]}))
    assert [row for _, row in rows_of([str(tmp_path)])] == ROWS


def test_a_table_of_wandb_is_a_row_for_each_line(tmp_path):
    path = tmp_path / "completions.table.json"
    path.write_text(json.dumps({"columns": ["prompt", "completion"], "data": [["2+2?", "4"]], "ncols": 2}))
    assert list(rows_of([str(path)])) == [(f"{path} (item 1)", {"prompt": "2+2?", "completion": "4"})]


def test_bad_lines_are_rows_that_say_why(tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n\n{"a": \n"\xff"\n' + b"[" * 100_000 + b'\n{"a": NaN}\n')
    rows = list(rows_of([str(path)]))
    assert [place.rpartition(":")[2] for place, _ in rows] == ["1", "3", "4", "5", "6"]
    assert rows[0][1] == {"a": 1}
    assert "is not JSON" in rows[1][1].why
    assert "is not UTF-8" in rows[2][1].why
    assert isinstance(rows[3][1], Unreadable)
    assert rows[4][1] == {"a": None}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.txt", b"", "its name must end in one of .jsonl"),
        ("rows.parquet", b"PAR1", "is not Parquet"),
        ("rows.json", b'{"a": 1}\n{"a": 2}', "name the file .jsonl"),
        ("rows.jsonl.gz", gzip.compress(b'{"a": 1}\n', mtime=0)[:-6], "can't be read"),
        ("rows.eval", b"no archive", "is not a log of inspect"),
        ("rows.csv", b"a,b\n\xff,1\n", "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_name(name, content, message, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        list(rows_of([str(path)]))
    assert str(path) in str(caught.value)


def test_a_missing_file_and_an_empty_directory_are_errors(tmp_path):
    with pytest.raises(DatasetError, match="No such file"):
        list(rows_of([str(tmp_path / "absent.jsonl")]))
    with pytest.raises(DatasetError, match="has no file"):
        list(rows_of([str(tmp_path)]))


@pytest.mark.parametrize(("kind", "count"), [("jsonl", 3), ("parquet", 3), ("csv", None), ("jsonl.gz", None)])
def test_the_number_of_rows_is_known_where_it_is_cheap(kind, count, tmp_path):
    path = tmp_path / f"rows.{kind}"
    write(path, kind)
    assert number_of_rows([str(path)]) == count
    assert number_of_rows([str(path), "-"]) is None


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_cells_are_separated_by_the_character_that_separates_the_header(separator, name, tmp_path):
    path = tmp_path / name
    path.write_text(f'"a, b"{separator}c\n1,5{separator}2\n' if separator != "," else '"a, b",c\n"1,5",2\n')
    assert [row for _, row in rows_of([str(path)])] == [{"a, b": "1,5", "c": "2"}]
