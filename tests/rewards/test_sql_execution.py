"""A schema makes a database and nothing else; a database is a regular file."""

from __future__ import annotations

import os
import sqlite3
import time

import pytest

from rule_rm.rewards import sql_execution as module
from rule_rm.rewards.sql_execution import sql_execution
from rule_rm.types import Rollout, Status

SCHEMA = """
pragma foreign_keys = on; begin transaction;
create table t(x integer primary key, y text default (upper('a')));
create index i on t(y); create view v as select x from t;
create trigger g after insert on t begin update t set y = 'b' where x = new.x; end;
insert into t(x) with recursive n(x) as (select 1 union all select x + 1 from n where x < 5) select x from n;
alter table t add column z; commit; analyze;
"""


def score(**truth):
    return sql_execution(Rollout("", "select count(*) from v", {"query": "select 5", **truth}))


def test_a_schema_may_have_all_that_makes_a_database():
    assert score(schema=SCHEMA).reward == 1.0


@pytest.mark.parametrize(
    "statement",
    ["attach database '{path}' as other", "vacuum into '{path}'", "pragma temp_store_directory = '{folder}'"],
)
def test_a_schema_reaches_no_file(tmp_path, statement):
    path = tmp_path / "made.db"
    found = score(schema=SCHEMA + statement.format(path=path, folder=tmp_path))
    assert (found.reward, found.status) == (None, Status.BAD_GROUND_TRUTH)
    assert not path.exists()


def test_a_schema_reads_no_other_database(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table secrets(x)")
    found = score(schema=f"attach '{path}' as o; create table t as select * from o.secrets")
    assert found.status is Status.BAD_GROUND_TRUTH


def test_a_schema_without_end_is_ended(monkeypatch):
    monkeypatch.setattr(module, "_MAKING", 0.1)
    begun = time.process_time()
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
    assert score(schema=f"create table t as {endless}").status is Status.BAD_GROUND_TRUTH
    assert time.process_time() - begun < 30.0


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_file_is_no_database(tmp_path, kind):
    path = tmp_path / "it"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    found = score(database=str(path))
    assert found.status is Status.BAD_GROUND_TRUTH
    assert "is not a file" in found.explanation
