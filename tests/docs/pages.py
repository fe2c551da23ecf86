"""The documents that the tests read: the README, the guide and every page of the site."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BIN = Path(sys.prefix) / "bin"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = {str(page.relative_to(DOCS)): page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md"))}
"""The pages of the site by their paths under docs/."""
# The arguments of our command: `rule-rm serve`, `.venv/bin/rule-rm serve`, `uv run rule-rm serve`.
_COMMAND = re.compile(r"(?:\S+/|uv run )?rule-rm (.*)")


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[list[str]]:
    """Return the words of each `rule-rm …` command that a page shows, without the program."""
    lines = "".join(blocks(text, "bash")).replace("\\\n", " ").splitlines()
    ours = [match[1] for line in lines if (match := _COMMAND.match(line))]
    return [shlex.split(arguments, comments=True) for arguments in ours]


def links(text: str) -> list[str]:
    """Return the targets of relative links, without their anchors."""
    return re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)


def run_program(program: str, **environment: str) -> None:
    """Run a program of a page in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
