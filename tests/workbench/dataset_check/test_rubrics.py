"""Rubrics and references are checked where no judge is named."""

from __future__ import annotations

import json

import pytest

from rule_rm import Settings
from rule_rm.cli import main
from rule_rm.errors import ConfigurationError
from rule_rm.workbench.dataset_check.examination import examine


def dataset(path, *rows) -> str:
    path.write_text("".join(json.dumps({"question": q, "answer": a, **more}) + "\n" for q, a, more in rows))
    return str(path)


def found(path, **settings) -> dict[int, str]:
    given = Settings(dataset=path, reward_type="llm_judge", workers=1, **settings)
    return {one.index + 1: f"{one.kind}: {one.message}" for one in examine(given, slow=5.0).findings}


def test_five_defects_in_a_file_of_rubrics(tmp_path):
    path = dataset(
        tmp_path / "rubrics.jsonl",
        ("Describe a lake.", ["names a colour", {"criterion": "has two sentences", "points": 2}], {}),
        ("Describe a hill.", "grassy", {"rubric": [{"criterion": "names a colour", "weight": 1}]}),
        ("Describe a pond.", [{"criterion": "names a colour", "weight": "much"}], {}),
        ("Describe a well.", [{"criterion": "is long", "weight": -1}], {}),
        ("Describe a cave.", [{"weight": 3}], {}),
        ("Describe a moor.", ["Is short.", {"criterion": "is  short", "weight": -2}, "is vivid"], {}),
        ("Describe a fen.", "reeds", {"level": 1}),
        ("Describe a dune.", ["names a colour", "Names a colour.", "is short"], {}),
    )
    kinds = found(path, judge_template="rubric")
    assert kinds == {
        3: "unreadable: criterion 1 has the weight 'much'; it must be a number of at most 1e+09",
        4: "unreadable: no criterion has a weight above 0",
        5: "unreadable: criterion 1 has no text; it may be called text, criterion, description, requirement, "
        "title, question",
        6: "contradiction: criteria 1 and 2 are one, for and against",
        7: "unreadable: neither the rollout nor the template has criteria",
        8: "repeated: criteria 1 and 2 are one, which counts twice",
    }


def test_a_reference_that_is_no_text_is_found(tmp_path):
    path = dataset(
        tmp_path / "references.jsonl",
        ("Who painted it?", "Vermeer", {}),
        ("Who carved it?", {"name": "Rodin"}, {}),
        ("Who wrote it?", ["Woolf", "Virginia Woolf"], {}),
    )
    assert found(path) == {2: "unreadable: there is no reference to judge by"}


def test_it_says_that_the_judge_was_not_asked(tmp_path, capsys):
    path = dataset(tmp_path / "references.jsonl", ("Who painted it?", "Vermeer", {}))
    assert main(["check", "--dataset", path, "--reward-type", "llm_judge", "--json"]) == 0
    shown = capsys.readouterr()
    assert "the judge was not asked" in shown.err
    assert json.loads(shown.out)["notes"]


def test_a_template_that_is_not_there_is_an_error(tmp_path):
    path = dataset(tmp_path / "references.jsonl", ("Who painted it?", "Vermeer", {}))
    with pytest.raises(ConfigurationError, match="rubrik"):
        found(path, judge_template="rubrik")
