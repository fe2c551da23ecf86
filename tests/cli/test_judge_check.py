"""`rule-rm judge-check`: a judge against labels."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from rule_rm import Rollout, Score
from rule_rm.cli import main
from rule_rm.errors import DatasetError
from rule_rm.judge.agreement import Labelled, agreement, by_length, flips, read_labels

from ..docs.pages import PAGES
from ..fakes.scripted_judge import ScriptedJudge, question_text

ROWS = [
    {"question": "Where?", "response": "<answer>Paris</answer>", "gold": "Paris", "label": True},
    {"question": "Where?", "response": "<answer>Lutetia</answer>", "gold": "Paris", "label": True},
    {"question": "Where?", "response": "<answer>Rome</answer>", "gold": "Paris", "label": False},
    {
        "question": "Where?",
        "response": "<answer>Paris, Texas, in the USA</answer>",
        "gold": "Paris",
        "label": False,
    },
    {"question": "Where?", "response": "<answer>Oslo or so</answer>", "gold": "Paris", "label": False},
]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


def says(body: dict) -> str:
    answer = question_text(body).partition("<answer ")[2].partition("</answer")[0]
    if "Oslo" in answer:
        return "I can't say."
    return "VERDICT: CORRECT" if "Paris" in answer else "VERDICT: INCORRECT"


def check(labels: Path, judge: ScriptedJudge, *more: str) -> int:
    return main(
        ["judge-check", "--labels", str(labels), "--judge-url", judge.url, "--judge-model", "judge", *more]
    )


def test_the_report_has_agreement_kappa_flips_and_cost(labels, capsys):
    with ScriptedJudge(says) as judge:
        assert check(labels, judge, "--reward-option", "price_in=1000000") == 0
    report = capsys.readouterr().out
    assert "5 labels, 4 verdicts; unscored: 1 no_verdict" in report
    lines = {line[:46].strip(): line[46:] for line in report.splitlines()}
    assert lines["agreement"] == "50.0%"
    assert lines["kappa"] == "0.00 (50.0% of the labels are right)"
    assert lines["wrong ones that it finds right"] == "50.0% (1 of 2)"
    assert lines["right ones that it finds wrong"] == "50.0% (1 of 2)"
    assert lines["flips when asked again"] == "0.0% (0 of 4)"
    assert lines["flips when answer and reference are exchanged"] == "0.0% (0 of 2)"
    assert not lines["cost of one pass"].startswith("0.0000")


def test_the_report_in_json_has_the_same_numbers(labels, capsys):
    with ScriptedJudge(says) as judge:
        assert check(labels, judge, "--json", "--show", "1") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["labels"], told["verdicts"], told["unscored"]) == (5, 4, {"no_verdict": 1})
    assert (told["agreement"], told["kappa"]) == (0.5, 0.0)
    assert told["wrong_paid"] == told["right_denied"] == {"hits": 1, "total": 2}
    assert told["flips"] == {"hits": 0, "total": 4}
    assert told["flips_exchanged"] == {"hits": 0, "total": 2}
    assert told["cost"]["tokens"] > 0


def test_the_example_of_the_page_is_a_report(labels, capsys):
    _, _, shown = PAGES["judge.md"].partition("rule-rm judge-check --labels")
    shown = shown.partition("```text\n")[2].partition("```")[0]
    with ScriptedJudge(says) as judge:
        check(labels, judge, "--reward-option", "price_in=10")
    report = capsys.readouterr().out
    assert _without_measures(report) == _without_measures(shown)


def _without_measures(report: str) -> list[str]:
    """Return the lines; cost, tokens and seconds are masked, as they are of the machine."""
    return [re.sub(r"\b\d+\.\d+ \(\d+ tokens\)|\b\d+\.\d\d$", "…", line) for line in report.splitlines()]


def test_every_row_is_asked_about_twice(labels):
    with ScriptedJudge(says) as judge:
        check(labels, judge)
        asked = [question_text(body) for body in judge.bodies if body["max_tokens"] > 1]
    assert sum("Rome" in text for text in asked) == 2


def test_questions_and_replies_are_shown_on_request(labels, capsys):
    with ScriptedJudge(says) as judge:
        check(labels, judge, "--show", "1", "--limit", "2")
    report = capsys.readouterr().out
    assert "2 labels" in report
    assert "The judge was asked:" in report
    assert "The standard answer:" in report


def test_a_judge_that_is_not_there_is_an_error(labels, capsys):
    assert main(["judge-check", "--labels", str(labels)]) != 0
    assert "--judge-url" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"response": "4"}, "needs a bool"),
        ({"label": True}, "needs a string as one of response"),
        ([1], "must be an object"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(row, why, tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + json.dumps(row), encoding="utf-8")
    with pytest.raises(DatasetError, match=rf"labels.jsonl:2: .*{why}"):
        read_labels(path)


def labelled(*pairs):
    return [Labelled(Rollout("", "x" * length), right) for right, length in pairs]


def test_kappa_is_the_agreement_beyond_chance():
    labels = labelled((True, 1), (True, 1), (False, 1), (False, 1))
    always = agreement(labels, [Score(1.0)] * 4)
    assert (always.agreement, always.kappa) == (0.5, 0.0)
    perfect = agreement(labels, [Score(1.0), Score(1.0), Score(0.0), Score(0.0)])
    assert perfect.kappa == 1.0
    assert math.isnan(agreement(labelled((True, 1)), [Score(1.0)]).kappa)


def test_a_bias_of_length_shows_in_the_halves():
    labels = labelled((False, 1), (False, 2), (False, 100), (False, 200))
    shorter, longer = by_length(labels, [Score(0.0), Score(0.0), Score(1.0), Score(1.0)])
    assert (shorter.false_positive_rate, longer.false_positive_rate) == (0.0, 1.0)


def test_flips_are_counted_where_there_are_two_verdicts():
    lost = Score.unscored(Score(0.0).status.NO_VERDICT, "none")
    assert flips([Score(1.0), Score(0.0), lost], [Score(0.0), Score(0.0), Score(1.0)]) == (1, 2)


def test_a_judge_of_pairs_has_its_bias_of_order_in_the_report(labels, capsys):
    with ScriptedJudge("VERDICT: FIRST") as judge:
        assert check(labels, judge, "--judge-template", "pairwise") == 0
    report = capsys.readouterr().out
    lines = {line[:46].strip(): line[46:].strip() for line in report.splitlines()}
    assert lines["pairs that the first wins by its place alone"].endswith("100.0% (5 of 5)")
