"""The prose of the project is plain English: no room has more exceptions than it is allowed.

`prose_allowance.json` says how often each room still breaks each rule. A number may shrink and never grow; a
room or rule without a number has none. `python tests/docs/prose.py PATH` prints the sentences.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from . import prose
from .prose import ROOT, Finding, Prose

ALLOWANCE: dict[str, dict[str, int]] = json.loads(
    Path(__file__).with_name("prose_allowance.json").read_text(encoding="utf-8")
)
PLACES = ("rule_rm", "tests", "docs", "benchmarks", "examples", "datasets/check_math_examples.py")
PAGES = ("README.md", "CONTRIBUTING.md", "conftest.py")


def room_of(path: Path) -> str:
    """Return the package of a file of `rule_rm`, the top folder of any other."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "rule_rm" and len(parts) > 2 else parts[0]


def found() -> dict[str, list[Finding]]:
    rooms: dict[str, list[Finding]] = defaultdict(list)
    for path in prose.files(*(ROOT / place for place in (*PLACES, *PAGES))):
        rooms[room_of(path)] += prose.findings(path)
    for finding in prose.pydocstyle(*(ROOT / place for place in ("rule_rm", "benchmarks"))):
        rooms[room_of(finding.path)].append(finding)
    return rooms


def test_no_room_breaks_a_rule_more_often_than_it_is_allowed():
    too_many = []
    for room, findings in found().items():
        for rule, times in Counter(finding.rule for finding in findings).items():
            if times > ALLOWANCE.get(room, {}).get(rule, 0):
                too_many += [str(finding) for finding in findings if finding.rule == rule]
    assert too_many == []


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


def test_a_suppressed_rule_has_a_reason(tmp_path):
    source = "A = 1  # noqa: N816\nB = 1  # noqa: N816 - as its format spells it\n"
    assert findings_in(tmp_path, source) == [(1, "suppression without reason")]


def test_code_and_tables_of_a_page_are_not_prose(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("```\nit stands\n```\n\n| it stands |\n|---|\n\nIt stands.\n", encoding="utf-8")
    assert [(finding.line, finding.rule) for finding in prose.findings(path)] == [(8, "stands")]
