"""The prose of the project is plain English: `python tests/docs/prose.py PATH` prints bad sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import prose
from .prose import ROOT, Prose

PLACES = ("rule_rm", "tests", "docs", "benchmarks", "examples", "datasets/check_math_examples.py")
PAGES = ("README.md", "CONTRIBUTING.md", "conftest.py")


def test_no_sentence_breaks_a_rule():
    findings = [
        finding
        for path in prose.files(*(ROOT / place for place in (*PLACES, *PAGES)))
        for finding in prose.findings(path)
    ]
    findings += prose.pydocstyle(*(ROOT / place for place in ("rule_rm", "benchmarks")))
    assert [str(finding) for finding in findings] == []


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("What is asked: the judge's client.", ["headless what"]),
        ("Return what can be read.", ["headless what"]),
        ("What if the server is down?", []),
        ("It ends with whoever started it.", ["whoever"]),
        ("The answer stands in a box.", ["stands"]),
        ("NaN stands for a missing value.", []),
        ("The wire format is told by its keys.", ["told"]),
        ("Remember so many.", ["so many"]),
        ("Raises ValueError if the value can't be meant.", ["can't be meant"]),
        ("It is no Python file.", ["is no"]),
        ("There is no Python file.", []),
        ("It runs beside the others.", ["beside"]),
        ("The port must be a whole number.", ["nouns"]),
        ("Raises ValueError for an empty text.", ["raises without if"]),
        ("Raises ValueError if the text is empty.", []),
        (" ".join(["word"] * 26) + ".", ["long sentence"]),
        ("Return the reward for a timeout; None means 0.", []),
    ],
)
def test_a_turn_of_phrase_is_found(sentence, rules):
    assert list(prose.broken(sentence)) == rules


def test_a_piece_of_prose_is_cut_into_sentences_with_their_lines():
    piece = Prose(3, "One `a. B` and\ntwo. Three\nfour.\n\n* an item\n* see https://example.org/a.B\n")
    assert list(prose.sentences(piece)) == [
        Prose(3, "One XXXXXX and two."),
        Prose(4, "Three four."),
        Prose(7, "an item"),
        Prose(8, f"see {'X' * 23}"),
    ]


def findings_in(tmp_path: Path, source: str) -> list[tuple[int, str]]:
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    return [(finding.line, finding.rule) for finding in prose.findings(path)]


def test_docstrings_comments_and_errors_are_read(tmp_path):
    source = (
        '"""It stands here."""\n'
        "# It stands\n# in a comment.\n"
        "LIMIT = 3\n"
        '"""It stands below a constant."""\n'
        "def fail(name):\n"
        "    raise ValueError(f'{name} stands in the way')\n"
    )
    assert findings_in(tmp_path, source) == [(1, "stands"), (5, "stands"), (7, "stands"), (2, "stands")]


def test_a_regular_expression_has_an_example(tmp_path):
    source = (
        "import re\n"
        'BARE = re.compile("a+")\n'
        "# A run of letters: `aaa`.\n"
        'ABOVE = re.compile("a+")\n'
        'BELOW = re.compile("a+")\n'
        '"""A run of letters: `aaa`."""\n'
        'WITHIN = re.compile(\n    "a+"  # as in "aaa"\n)\n'
    )
    assert findings_in(tmp_path, source) == [(2, "regex without example")]


def test_the_summary_of_a_function_begins_with_a_verb(tmp_path):
    source = (
        "class A:\n"
        '    """One thing."""\n'
        "    @property\n"
        "    def size(self):\n"
        '        """The number of things."""\n'
        "    def count(self):\n"
        '        """How many things there are."""\n'
        "    def add(self):\n"
        '        """Add a thing."""\n'
    )
    assert findings_in(tmp_path, source) == [(7, "summary without verb")]


def test_a_suppressed_rule_has_a_reason(tmp_path):
    source = "A = 1  # noqa: N816\nB = 1  # noqa: N816 - as its format spells it\n"
    assert findings_in(tmp_path, source) == [(1, "suppression without reason")]


def test_code_and_tables_of_a_page_are_not_prose(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("```\nit stands\n```\n\n| it stands |\n|---|\n\nIt stands.\n", encoding="utf-8")
    assert [(finding.line, finding.rule) for finding in prose.findings(path)] == [(8, "stands")]
