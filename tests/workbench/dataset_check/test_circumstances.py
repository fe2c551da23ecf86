"""Rows with one question and other choices, tools, pictures, numbers or earlier messages are sound."""

from __future__ import annotations

import json

import pytest

from rule_rm import Settings
from rule_rm.cli import main
from rule_rm.workbench.dataset_check.circumstances import circumstances
from rule_rm.workbench.dataset_check.examination import examine
from rule_rm.workbench.dataset_check.findings import Numbered
from rule_rm.workbench.rows import data_row

ASKED = "Which of these is prime?"


def examined(engine, path, rows, **settings):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return examine(Settings(dataset=str(path), workers=1, **settings), 5.0, engine)


def kinds(examination) -> list[tuple[int, str]]:
    return [(finding.index + 1, finding.kind) for finding in examination.findings]


def choice(answer, *choices, name="choices") -> dict:
    return {"question": ASKED, name: choices, "answer": answer}


def test_rows_with_other_choices_are_other_questions_and_a_note_tells_of_lookups(tmp_path, engine):
    rows = [
        choice("B", "4", "7", "9"),
        choice("A", "11", "6", "9"),
        choice("C", "8", "6", "13", name="options"),
    ]
    examination = examined(engine, tmp_path / "a.jsonl", rows, reward_type="multiple_choice")
    assert kinds(examination) == []
    (note,) = examination.notes
    assert note.startswith("3 rows share their question")
    assert f"as {tmp_path / 'a.jsonl'}:2 from {tmp_path / 'a.jsonl'}:1;" in note


def test_a_note_alone_leaves_the_exit_status_zero(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in (choice("B", "4", "7"), choice("A", "5", "9")))
    )
    arguments = ["--dataset", str(tmp_path / "a.jsonl"), "--reward-type", "multiple_choice", "--workers", "1"]
    assert main(["check", *arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == []
    assert "a lookup by the question can't tell them apart" in told["notes"][0]


def test_rows_with_the_same_choices_contradict_each_other_or_repeat(tmp_path, engine):
    rows = [
        choice("B", "4", "7"),
        choice("A", "4", "7"),
        {"question": ASKED, "options": {"A": "4", "B": " 7"}, "answer": "B"},
        choice("A", "11", "6"),
        choice("A", "11", "6"),
    ]
    examination = examined(engine, tmp_path / "a.jsonl", rows, reward_type="multiple_choice")
    assert {one for one in kinds(examination) if one[1] in ("conflict", "duplicate")} == {
        (1, "conflict"),
        (2, "conflict"),
        (3, "duplicate"),
        (5, "duplicate"),
    }


def test_a_question_after_other_messages_is_another_question(tmp_path, engine):
    def chat(country, answer) -> dict:
        said = [
            ("user", f"Let us speak of {country}."),
            ("assistant", "Gladly."),
            ("user", "What is its capital?"),
        ]
        return {"question": [{"role": role, "content": text} for role, text in said], "answer": answer}

    rows = [chat("France", "Paris"), chat("Peru", "Lima"), chat("Peru", "Cusco")]
    examination = examined(engine, tmp_path / "a.jsonl", rows, reward_type="exact_match")
    assert kinds(examination) == [(2, "conflict"), (3, "conflict")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"tools": [{"name": "a"}]}, {"tools": [{"name": "b"}]}),
        ({"images": ["a.png"]}, {"images": ["b.png"]}),
        ({"numbers": [1, 2]}, {"numbers": [1, 3]}),
        ({"choices": ["4", "7"]}, {"choices": ["7", "4"]}),
        ({"extra_info": {"choices": ["4", "7"]}}, {"extra_info": {"choices": ["4", "9"]}}),
        ({"choices": ["4", "7"]}, {}),
    ],
)
def test_what_is_asked_beside_a_question_tells_rows_apart(one, other):
    first, second = (circumstances(numbered(columns), "question") for columns in (one, other))
    assert first != second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1}, {"id": 2}),
        ({"solution": "long"}, {"solution": "short"}),
        ({"choices": ["4", "7"]}, {"options": {"a": "4", "b": "7"}}),
        ({"choices": []}, {}),
    ],
)
def test_other_columns_do_not_tell_rows_apart(one, other):
    first, second = (circumstances(numbered(columns), "question") for columns in (one, other))
    assert first == second


def numbered(columns) -> Numbered:
    return Numbered(0, data_row("a:1", {"question": "q", "answer": "B", **columns}, Settings()))


def test_an_empty_list_of_calls_is_sound_in_either_form(tmp_path, engine):
    rows = [
        {"question": "Say hello.", "answer": []},
        {"question": "Say goodbye.", "answer": "[]"},
        {"question": "Set a timer.", "answer": [{"name": "timer", "arguments": {"minutes": 2}}]},
    ]
    assert kinds(examined(engine, tmp_path / "a.jsonl", rows, reward_type="tool_call_match")) == []
