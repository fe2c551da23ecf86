"""Each promise of the documentation names a test, and the test is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "promise | how" not in line]
# A test by its file and name: `tests/a/test_b.py::test_c`.
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("row", ROWS)
def test_a_promise_names_a_test_that_is_there(row):
    named = TEST.search(row)
    assert named, row
    assert f"\ndef {named[2]}(" in (ROOT / named[1]).read_text(encoding="utf-8")
