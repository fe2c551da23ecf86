"""The fixtures that pytest itself supplies."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rule_rm.sandbox.inside.test_files.capturing import caplog, capsys
from rule_rm.sandbox.inside.test_files.pytest_stand_in import Fixture


def _monkeypatch() -> Iterator[Any]:
    from rule_rm.sandbox.inside.test_files.patching import monkeypatch

    yield from monkeypatch()


def _tmp_path() -> Path:
    return Path(tempfile.mkdtemp(prefix="test"))


class _Factory:
    """Makes directories for files of tests."""

    def mktemp(self, basename: str, numbered: bool = True) -> Path:
        """Return a new directory; `basename` is the beginning of its name."""
        made = Path(tempfile.mkdtemp())
        found = made / (f"{basename}0" if numbered else basename)
        found.mkdir()
        return found

    def getbasetemp(self) -> Path:
        """Return the directory of all temporary files."""
        return Path(tempfile.gettempdir())


_FUNCTIONS: dict[str, Callable[[], Any]] = {
    "monkeypatch": _monkeypatch,
    "capsys": capsys,
    "caplog": caplog,
    "tmp_path": _tmp_path,
    "tmp_path_factory": _Factory,
}
FIXTURES = {name: Fixture(function, name, "function", (), False) for name, function in _FUNCTIONS.items()}
"""The fixtures by name."""
