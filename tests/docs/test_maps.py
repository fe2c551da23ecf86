"""Each package's docstring is its map: it names every module and subpackage, and where the tests are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "rule_rm").rglob("__init__.py"))
FOUND_BY_BEING_THERE = {"rewards", "protocols"}
"""Packages with one file for each reward or format: a list of them would be a second registry."""


def parts(package: Path) -> set[str]:
    """Return the names of the public modules and subpackages."""
    modules = {path.stem for path in package.glob("*.py")}
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    return {name for name in modules | packages if not name.startswith("_")}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: str(package.relative_to(ROOT)))
def test_the_map_of_a_package_names_its_modules(package):
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    names = set() if package.name in FOUND_BY_BEING_THERE else parts(package)
    missing = {name for name in names if not re.search(rf"\b{name}\b", text)}
    assert missing == set(), f"add these to the docstring of {package.relative_to(ROOT)}/__init__.py"
