#!/usr/bin/env python3
"""Write the tables of the documentation from the code; `make tables` runs it.

A Markdown file names a table between two comments, and everything between them is replaced:

    <!-- table: settings port host -->
    <!-- /table -->

`--check` changes nothing, prints what it would change, and exits with 1 if there is any.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import difflib
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import Field, fields
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rule_rm import errors, protocols, registry, rewards, types  # noqa: E402 - the checkout's, not another
from rule_rm.registry.signatures import (  # noqa: E402 - likewise
    CONVENTIONS,
    GROUND_TRUTH_COLUMNS,
)
from rule_rm.settings import Settings, env_name, flag  # noqa: E402 - likewise
from rule_rm.types import Status  # noqa: E402 - likewise
from rule_rm.web.problems import WHEN  # noqa: E402 - likewise

CASES = ROOT / "tests" / "rewards" / "cases"
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
# A table with its two comments: `<!-- table: settings port -->` … `<!-- /table -->`.
_TABLE = re.compile(r"(<!-- table: (?P<words>[\w ]+?) -->\n).*?(<!-- /table -->)", re.DOTALL)
DEFAULTS = {"workers": "the number of processors"}
"""Texts for defaults that depend on the machine."""


def main(argv: Sequence[str] | None = None) -> int:
    """Write or check every table; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 if a table is stale"
    )
    check = parser.parse_args(argv).check
    stale = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        wanted = written(text)
        if wanted == text:
            continue
        stale = 1
        name = str(page.relative_to(ROOT))
        if check:
            lines = difflib.unified_diff(text.splitlines(), wanted.splitlines(), name, name, lineterm="", n=0)
            print("\n".join(lines))
        else:
            page.write_text(wanted, encoding="utf-8")
            print(f"wrote {name}")
    if stale and check:
        print("\nThe tables of the documentation are stale. Write them with `make tables`.")
    return stale if check else 0


def written(text: str) -> str:
    """Return the page with each of its tables as the code has it."""

    def replace(match: re.Match[str]) -> str:
        name, *words = match["words"].split()
        lines = TABLES[name](words)
        return "\n".join((match[1], *lines, "", match[3])) if lines else match[1] + match[3]

    return _TABLE.sub(replace, text)


def table(columns: str, rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table; `columns` are its headings with commas between them."""
    heads = columns.split(", ")
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]


def code(text: object) -> str:
    """Return the text as code, or nothing for an empty text."""
    return f"`{text}`" if str(text) else ""


def settings(names: Sequence[str]) -> list[str]:
    """Return the table of these settings, or a table for each group of all."""
    if names:
        return settings_table([setting for setting in fields(Settings) if setting.name in names])
    groups: dict[str, list[Field[Any]]] = {}
    for setting in fields(Settings):
        groups.setdefault(setting.metadata["group"], []).append(setting)
    lines = []
    for group, members in groups.items():
        lines += [f"### {group}", "", *settings_table(members), ""]
    return lines[:-1]


def settings_table(members: Iterable[Field[Any]]) -> list[str]:
    """Return a table with a row for each setting."""
    return table(
        "option, environment variable, default, meaning",
        [
            (
                code(flag(setting.name)),
                code(env_name(setting)),
                default(setting.name, setting.default),
                meaning(setting),
            )
            for setting in members
        ],
    )


def meaning(setting: Field[Any]) -> str:
    """Return the help of a setting, with its choices unless the help has them."""
    text, choices = setting.metadata["help"], setting.metadata["choices"]
    shown = "" if not choices or ", ".join(choices) in text else f" ({', '.join(map(code, choices))})"
    return cell(text + shown)


def default(name: str, value: object) -> str:
    """Return the default of a setting as a cell."""
    if name in DEFAULTS:
        return DEFAULTS[name]
    if isinstance(value, bool):
        return code(str(value).lower())
    return "" if value in (None, ()) else code(value)


def statuses(_: Sequence[str]) -> list[str]:
    """Return the table of statuses, with the docstrings of the enumeration."""
    meanings = attribute_docstrings(Status)
    return table(
        "status, reward, meaning",
        [
            (
                code(status.value),
                "a number" if status.is_scored else "unscored",
                cell(meanings[status.name]),
            )
            for status in Status
        ],
    )


def formats(_: Sequence[str]) -> list[str]:
    """Return the table of wire formats."""
    return table(
        "format, detected by, all keys",
        [
            (
                wire_format.NAME,
                " ".join(code(name) for key in _told_by(wire_format) for name in key.split(" or ")),
                cell(wire_format.SUMMARY),
            )
            for wire_format in protocols.FORMATS
        ],
    )


def _told_by(wire_format: protocols.WireFormat) -> Sequence[str]:
    path = protocols.path_of(wire_format)
    return wire_format.KEYS if path is None else [f"POST {path}"]


def error_types(_: Sequence[str]) -> list[str]:
    """Return the table of exceptions that end a request, with their HTTP statuses."""
    found = [
        error
        for error in vars(errors).values()
        if inspect.isclass(error) and issubclass(error, errors.RuleRmError)
    ]
    return table(
        "exception, HTTP status, meaning",
        [
            (code(error.__name__), str(error.http_status), cell(first_sentence(error)))
            for error in sorted(found, key=lambda error: (error.http_status, error.__name__))
        ],
    )


def problems(_: Sequence[str]) -> list[str]:
    """Return the table of the HTTP statuses of errors."""
    return table("HTTP status, when", [(str(status), cell(when)) for status, when in WHEN.items()])


def conventions(_: Sequence[str]) -> list[str]:
    """Return the table of calling conventions for reward functions."""
    return table(
        "written for, parameters", [(convention.trainers, code(convention)) for convention in CONVENTIONS]
    )


def golden_columns(_: Sequence[str]) -> list[str]:
    """Return the sentence on the columns in which a golden answer is looked for."""
    return [", ".join(map(code, GROUND_TRUTH_COLUMNS))]


def layers(words: Sequence[str]) -> list[str]:
    """Return the layers of the import contract, top to bottom: names only, or with the purpose of each."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = contract["importlinter:contract:layers"]["layers"].strip().splitlines()
    if "names" in words:
        return ["1. " + " ".join(f"`{name.strip()}`" for name in line.split("|")) for line in lines]
    return table(
        "layer, module, purpose",
        [
            (str(number), code(name.strip()), purpose(name.strip()))
            for number, line in enumerate(lines, 1)
            for name in line.split("|")
        ],
    )


def purpose(name: str) -> str:
    """Return the first line of the docstring of a module or package at the top."""
    path = ROOT / "rule_rm" / name
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    summary = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    return cell(summary).rstrip(".")


def reward_rows(names: Sequence[str]) -> list[str]:
    """Return the table of these rewards; `others` are the shipped ones that no other table names."""
    shipped = shipped_rewards()
    is_rest = list(names) == ["others"]
    if is_rest:
        text = (ROOT / "docs" / "rewards.md").read_text(encoding="utf-8")
        named = {word for match in _TABLE.finditer(text) for word in match["words"].split()}
        names = [name for name in shipped if name not in named]
        if not names:
            return []
    rows = table(
        "reward type, summary, options, metrics, statuses",
        [reward_row(name, shipped[name]) for name in names if name in shipped],
    )
    return ["## Others", "", *rows] if is_rest else rows


def golden_rows(_: Sequence[str]) -> list[str]:
    """Return the table of the rewards that have no section of their own, with their docstrings."""
    text = (ROOT / "docs" / "golden_answers.md").read_text(encoding="utf-8")
    others = [name for name in shipped_rewards() if f"### `{name}`" not in text]
    if not others:
        return []
    module = "rule_rm.rewards."
    return [
        "## Others",
        "",
        *table(
            "reward, golden answer and options",
            [(code(name), cell(contract(sys.modules[module + name], name))) for name in others],
        ),
    ]


def contract(module: ModuleType, name: str) -> str:
    """Return the docstring of a reward function in one line, without its examples."""
    function = next((value for key, value in vars(module).items() if key == name), module)
    return " ".join((inspect.getdoc(function) or "").partition(">>>")[0].split())


def shipped_rewards() -> dict[str, registry.RewardFunction]:
    """Return the reward functions of the package by name."""
    rewards.load()
    return {
        name: function
        for name, function in registry.registered().items()
        if function.source.startswith("rule_rm.rewards.")
    }


def reward_row(name: str, function: registry.RewardFunction) -> Sequence[str]:
    """Return the cells of a reward: what the registry says, and the statuses of its cases."""
    options = [
        f"{option}={str(value).lower() if isinstance(value, bool) else value}"
        for option, value in function.defaults.items()
    ]
    cases = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    found = {json.loads(line)["status"] for line in cases if line}
    marked = [
        " ".join(map(code, names))
        for names in (
            options,
            function.metrics,
            [status.value for status in Status if status.value in found],
        )
    ]
    return (code(name), cell(function.summary), *marked)


def attribute_docstrings(of: type) -> dict[str, str]:
    """Return the docstrings below the attributes of a class, by name."""
    module = ast.parse(inspect.getsource(types))
    (body,) = [
        node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == of.__name__
    ]
    found = {}
    for node, following in pairwise(body):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(following, ast.Expr):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and isinstance(following.value, ast.Constant):
                found[target.id] = " ".join(str(following.value.value).split())
    return found


def first_sentence(of: type) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(of) or "").partition("\n\n")[0].split())


def cell(text: str) -> str:
    """Return the text as a cell of a table: no pipes, no tags."""
    return text.replace("|", "\\|").replace("<", "\\<")


TABLES: dict[str, Callable[[Sequence[str]], list[str]]] = {
    "settings": settings,
    "statuses": statuses,
    "formats": formats,
    "errors": error_types,
    "problems": problems,
    "conventions": conventions,
    "golden_columns": golden_columns,
    "golden_others": golden_rows,
    "layers": layers,
    "rewards": reward_rows,
}

if __name__ == "__main__":
    sys.exit(main())
