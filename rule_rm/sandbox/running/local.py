"""The sandbox of this machine, as its clients see it: any process that knows the host's address.

Plain Python goes to the zygotes; other languages, and Python that has to do with files, to the launchers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rule_rm.sandbox.running.command_session import CommandSession
from rule_rm.sandbox.running.connection import Connection, with_another_try
from rule_rm.sandbox.running.execution import Limits, Program, Session
from rule_rm.sandbox.running.languages import (
    HAS_NO,
    LANGUAGES,
    PYTHON,
    TOOLS,
    Language,
    UnknownLanguageError,
    canonical,
)
from rule_rm.sandbox.running.python_session import PythonSession


class LocalSandbox:
    """Programs run by the host at `address`, a directory."""

    def __init__(self, address: str) -> None:
        self._address = Path(address)
        self._found: dict[str, str] = {}

    @contextmanager
    def session(self, program: Program, limits: Limits | None = None) -> Iterator[Session]:
        """See `execution.Sandbox`. No limits are needed before a run."""
        language = program.language if program.language in TOOLS else canonical(program.language)
        if language == PYTHON and not (program.files or program.fetch or program.takes_files):
            opened: PythonSession | CommandSession = PythonSession(self._address, program.code)
        else:
            self._require(LANGUAGES[language], language)
            opened = CommandSession(self._connection(), program, LANGUAGES[language])
        try:
            yield opened
        finally:
            opened.close()

    def _connection(self) -> Connection:
        return Connection(self._address / "command.sock")

    def _require(self, language: Language, name: str) -> None:
        if not set(language.needs) <= set(self._found):
            connection = self._connection()
            try:
                asked = {"mode": "which", "names": list(language.needs)}
                answer = with_another_try(partial(connection.ask, asked, [], 0.0))
            finally:
                connection.close()
            self._found.update(answer)
        missing = [needed for needed in language.needs if not self._found[needed]]
        if missing:
            raise UnknownLanguageError(f"{name} {HAS_NO} {', '.join(missing)}")
