"""The verdicts of all judges of one program: after a test that ends or hangs it, another judge goes on."""

from __future__ import annotations

import json
from typing import Any

from rule_rm.sandbox.running.execution import Verdict

TIMEOUT = "timeout"
NOT_RUN = "not run"
FILES = "too many files, or too large ones"
_NO_CLAIM = "no assertion was reached"
_SKIPPED = "skipped"


class Judged:
    """The tests that have been judged so far."""

    def __init__(self, expected: int) -> None:
        """Begin with no test judged; `expected` is the least number of tests."""
        self.tests: list[tuple[str, int, bool]] = []
        """For each test why it failed, how many claims were reached, and whether it may be left out."""
        self.is_over = False
        self.hung = 0
        """How many tests in a row have hung, or ended their judge."""
        self._expected = expected
        self._number: int | None = None
        self._unsupported: str | None = None
        self._is_missing = False
        self._failed = ""

    def add(self, lines: list[bytes], answer: dict[str, Any]) -> None:
        """Add a judge's output, and how it ended. The judge runs no untrusted code, so its output is true."""
        before = len(self.tests)
        is_lost = False
        for line in map(json.loads, lines):
            if isinstance(line, list):
                self.tests.append((str(line[0]), int(line[1]), bool(line[2])))
            elif "tests" in line:
                self._expected = self._number = line["tests"]
            elif "unsupported" in line:
                self._unsupported, self.is_over = line["unsupported"], True
                self._is_missing = line["missing"]
            elif "failed" in line:
                self._failed, self.is_over = line["failed"], True
            else:
                self.is_over, is_lost = "done" in line, "lost" in line
        self.hung = self.hung if len(self.tests) == before else 0
        if self.is_over or is_lost:
            return
        # The judge was killed: by the time limit, or because the test used a value of the program.
        is_late = bool(answer["stopped"]) or answer["judge_exit"] < 0
        why = FILES if answer["stopped"] == "files" else TIMEOUT if is_late else "the judge failed"
        self.tests.append((why, 0, False))
        self.hung += 1
        # Another judge would only say that there is no further test, which takes long on a busy machine.
        self.is_over = len(self.tests) == self._number

    def verdict(self) -> Verdict:
        """Return the verdict on the program."""
        if self._unsupported is not None:
            return Verdict(unsupported=self._unsupported, is_missing=self._is_missing)
        rest = [(self._failed or NOT_RUN, 0, False)] * (max(self._expected, 1) - len(self.tests))
        tests = [*self.tests, *rest]
        counted = [test for test in tests if not test[2]] or tests
        if all(reason.startswith(_SKIPPED) and may_be_left_out for reason, _, may_be_left_out in counted):
            return Verdict(unsupported="every test is skipped")
        if not any(claims for _, claims, _ in counted):
            return Verdict([reason or _NO_CLAIM for reason, _, _ in counted])
        return Verdict([reason for reason, _, _ in counted])
