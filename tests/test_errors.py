"""Every error is in one tree, except those of code in a program's process, which has Python alone."""

from __future__ import annotations

import ast
from pathlib import Path

import rule_rm
from rule_rm import errors

HOUSE = Path(rule_rm.__file__).parent
APART = HOUSE / "sandbox" / "inside"
TREE = {name for name, kind in vars(errors).items() if isinstance(kind, type)}


def classes_of(path: Path) -> list[tuple[str, set[str]]]:
    """Return the classes of a file, each with the names of its bases."""
    return [
        (node.name, {base.id for base in node.bases if isinstance(base, ast.Name)})
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]


def classes() -> list[tuple[str, set[str]]]:
    return [found for path in HOUSE.rglob("*.py") if APART not in path.parents for found in classes_of(path)]


def is_an_error(bases: set[str]) -> bool:
    return any(base.endswith(("Error", "Exception")) for base in bases)


def test_every_error_derives_from_the_root():
    known = set(TREE)
    defined = [(name, bases) for name, bases in classes() if is_an_error(bases)]
    # An error may derive from one of another file, so the tree grows until nothing more joins it.
    while grown := {name for name, bases in defined if bases & known} - known:
        known |= grown
    assert [name for name, _ in defined if name not in known] == []
    assert len(defined) > 25


def test_the_name_of_every_error_says_that_it_is_one():
    assert [name for name, bases in classes() if is_an_error(bases) and not name.endswith("Error")] == []
