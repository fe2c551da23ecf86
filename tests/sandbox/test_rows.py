"""Queries are compared by their rows: order, ties, NULLs, duplicates, types; hostile ones lose."""

import json
from pathlib import Path

import pytest

from rule_rm import Rollout
from rule_rm.rewards import sql_execution as module
from rule_rm.rewards.sql_execution import sql_execution
from rule_rm.types import Status

SCHEMA = """
create table emp(id integer primary key, name text, dept text, pay real, boss integer, hired text);
insert into emp values (1, 'Ann', 'IT', 100.5, null, '2020-01-05'), (2, 'Bob', 'IT', 90.25, 1, '2020-03-01'),
    (3, 'Cy', 'HR', 90.25, 1, '2021-02-11'), (4, 'Dee', 'HR', 70, 3, '2021-02-11'),
    (5, 'Eve', null, 60.1, 3, '2022-07-30'), (6, 'Ann', 'Ops', 60.1, 1, '2019-12-31');
create table sale(id integer primary key, emp integer, qty integer, price real, day text);
insert into sale values (1, 1, 2, 9.99, '2024-01-01'), (2, 1, 1, 0.1, '2024-01-02'),
    (3, 2, 3, 0.2, '2024-01-02'), (4, 2, 7, 1.1, '2024-02-01'), (5, 4, 1, 5.55, '2024-02-03'),
    (6, 4, 1, 5.55, '2024-02-03');
"""
QUERIES = Path(__file__).parent / "corpora" / "queries.jsonl"
CASES = [json.loads(line) for line in QUERIES.read_text(encoding="utf-8").splitlines()]
"""Labelled before they were run."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_query_gets_the_verdict_that_it_deserves(case):
    truth = {"schema": SCHEMA, "query": case["query"]}
    found = sql_execution(Rollout("", case["response"], truth), **case.get("options", {}))
    assert found.reward == {"full": 1.0, "zero": 0.0}[case["expected"]], found.explanation


def test_ties_are_no_excuse_where_the_golden_order_is_asked_for():
    truth = {"schema": SCHEMA, "query": "select name, pay from emp order by pay"}
    response = "select name, pay from emp order by pay, id desc"
    assert sql_execution(Rollout("", response, truth)).reward == 1.0
    assert sql_execution(Rollout("", response, truth), ordered="yes").reward == 0.0


def test_the_text_that_a_query_gives_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MAX_READ", 1000)
    found = sql_execution(
        Rollout("", "select hex(zeroblob(400)) from emp", {"schema": SCHEMA, "query": "select 1"})
    )
    assert (found.reward, found.status) == (0.0, Status.TIMEOUT)
    assert "more text" in found.explanation
