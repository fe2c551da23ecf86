"""The examples of the workbench's pages print today what the pages show.

A block of commands that is followed by a block of text is an example. The examples of a page run in turn, in
a directory with the files of `examples/workbench` and the Python files of the page. In the text, a line `…`
is any number of lines, and digests and seconds may be others.
"""

from __future__ import annotations

import re
import shlex
import shutil
from typing import NamedTuple

import pytest

from rule_rm import rewards
from rule_rm.cli import main
from rule_rm.registry import registry

from .pages import PAGES, ROOT, blocks

# Loaded once for all: what a test loads first into a registry of its own is in no other.
rewards.load()

FILES = ROOT / "examples" / "workbench"
WITH_EXAMPLES = (
    "score.md",
    "check.md",
    "attack.md",
    "explain.md",
    "own_rewards_tools.md",
    "configuration.md",
)
_BLOCK = r"((?:(?!```)[^\n]*\n)+)```"
"""The lines of a block up to its end: `rule-rm list`."""
# A block of commands and the block of text after it, with a sentence between them at most:
# "```bash", `rule-rm list`, "```", "```text", `math_equal …`, "```".
_EXAMPLE = re.compile(rf"^```bash\n{_BLOCK}\n\n(?:[^`\n][^\n]*\n\n)?```text\n{_BLOCK}", re.MULTILINE)
# The first line of a Python file that a page shows: `# lenient.py`.
_NAME = re.compile(r"# (\w+\.py)\n")
# A digest of code or of a configuration: `2c3f939be9bf`, `01e7b720ff566d53`.
_DIGEST = re.compile(r"\b(?=[a-f]*\d)(?:[0-9a-f]{12}|[0-9a-f]{16})\b")
# The seconds of a score: `in 0.000 s`.
_SECONDS = re.compile(r"in \d+\.\d+ s\b")
_VARIES = "doctor"
"""The command whose output depends on the machine: only the names of the parts are compared."""


class Example(NamedTuple):
    """Commands of a page, and what they print."""

    commands: tuple[str, ...]
    output: str


def examples(page: str) -> list[Example]:
    return [Example(tuple(shown.splitlines()), text) for shown, text in _EXAMPLE.findall(PAGES[page])]


def plain(text: str) -> str:
    masked = _SECONDS.sub("in … s", _DIGEST.sub("<digest>", text))
    return "\n".join(line.rstrip() for line in masked.splitlines()).strip()


def as_pattern(output: str) -> str:
    """Return a regular expression of an output; a line `…` matches any number of lines."""
    parts = re.split(r"^…\n", plain(output) + "\n", flags=re.MULTILINE)
    return r"(?:.*\n)*".join(map(re.escape, parts))


@pytest.fixture
def directory(tmp_path, monkeypatch):
    for path in FILES.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RULE_RM_WORKERS", "1")
    monkeypatch.setattr(registry, "_rewards", dict(registry._rewards))
    return tmp_path


def printed(command: str, capsys) -> str:
    """Run a command of `rule-rm` in this process; return what it prints, errors first."""
    program, *arguments = shlex.split(command)
    assert program == "rule-rm", command
    main(arguments)
    shown = capsys.readouterr()
    return shown.err + shown.out


def checked(output: str) -> set[str]:
    """Return the names of the parts in an output of `doctor`. The sandbox's backend varies too."""
    names = {re.split(r" {2,}", line)[1] for line in output.splitlines()}
    return {"sandbox" if name.startswith("sandbox ") else name for name in names}


@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_a_page_of_the_workbench_has_an_example_with_its_output(page):
    assert examples(page)


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_the_examples_of_a_page_print_what_it_shows(page, directory, capsys):
    for program in blocks(PAGES[page], "python"):
        if (name := _NAME.match(program)) is not None:
            (directory / name[1]).write_text(program)
    for example in examples(page):
        if f"rule-rm {_VARIES}" in example.commands[0]:
            assert checked(example.output) <= checked(printed(example.commands[0], capsys))
            continue
        shown = plain("".join(printed(command, capsys) for command in example.commands))
        assert re.fullmatch(as_pattern(example.output), shown + "\n"), f"{example.commands} prints:\n{shown}"


def test_a_line_of_an_ellipsis_is_any_number_of_lines():
    pattern = as_pattern("first\n…\nlast, version 2c3f939be9bf\n")
    assert re.fullmatch(pattern, plain("first\na\nb\nlast, version 0c3f939be9b0") + "\n")
    assert re.fullmatch(pattern, plain("first\nlast, version 2c3f939be9bf") + "\n")
    assert not re.fullmatch(pattern, plain("first\na\nb") + "\n")
