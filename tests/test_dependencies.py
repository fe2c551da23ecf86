"""The package imports exactly the dependencies that `setup.cfg` declares."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MODULES = {
    "math-verify": "math_verify",
    "latex2sympy2-extended": "latex2sympy2_extended",
    "opentelemetry-exporter-otlp-proto-http": "opentelemetry",
    "opentelemetry-sdk": "opentelemetry",
    "prometheus-client": "prometheus_client",
    "pyyaml": "yaml",
}
"""Distributions whose module has another name."""

FOR_OTHERS = {
    "antlr4-python3-runtime": "latex2sympy2-extended needs one of its versions, and names none",
    "gmpy2": "sympy takes it where it is installed",
    "latex2sympy2-extended": "math-verify reads LaTeX with it; a version before 1.10.1 reads it wrongly",
    "langdetect": "a kind of instruction of the reward ifeval imports it by name, as it needs an extra",
    "lxml": "the reward xml_schema imports it by name, as it needs an extra",
    "nltk": "a grader imports it by name when its metric is bleu or gleu",
    "requests": "rewards that users write ask other services with it, as do the tests",
    "rouge-score": "a grader, and the reward rouge, import it by name, as it is in extras",
    "sacrebleu": "the rewards bleu and chrf import it by name, as they need an extra",
    "syllapy": "a kind of instruction of the reward ifeval imports it by name, as it needs an extra",
    "sympy": "math-verify compares with it; the version decides what it simplifies",
    "tomli": "where Python has no tomllib, which is imported by name",
}
"""Declared and not imported, each with its reason."""

NOT_IMPORTED = {"dev", "docs", "code"}
"""Extras for those who work on the package, and for the programs that its sandbox runs."""

FROM_ELSEWHERE = {
    "datasets": "rollouts that are named hf:NAME are read with it, where it is installed",
    "skyrl_gym": "the environment runs inside SkyRL",
    "swift": "the plugin runs inside ms-swift",
    "verifiers": "the rubric runs inside verifiers",
}
"""Imported and not declared: code that runs where the package is installed already."""


def names(requirements: str) -> set[str]:
    """Return the distributions of a multi-line setting."""
    lines = [line.strip() for line in requirements.splitlines()]
    return {re.match(r"[\w.-]+", line)[0] for line in lines if line and not line.startswith("#")}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


@cache
def imported() -> set[str]:
    """Return the modules of other packages that the package imports."""
    found = {name.partition(".")[0] for path in (ROOT / "rule_rm").rglob("*.py") for name in imports(path)}
    return found - set(sys.stdlib_module_names) - {"rule_rm"}


def declared() -> dict[str, str]:
    """Return the distributions that an install or an extra brings, each with its module."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = settings["options.extras_require"]
    ours = [value for name, value in extras.items() if name not in NOT_IMPORTED]
    found = names(settings["options"]["install_requires"]).union(*map(names, ours))
    return {name: MODULES.get(name, name) for name in found}


def test_what_is_imported_is_declared():
    assert imported() - set(declared().values()) == set(FROM_ELSEWHERE)


def test_what_is_declared_is_imported_or_has_a_reason():
    unused = {name for name, module in declared().items() if module not in imported()}
    assert unused - set(FOR_OTHERS) == set()


def test_no_reason_is_given_for_what_is_imported_or_not_declared():
    unused = {name for name, module in declared().items() if module not in imported()}
    assert set(FOR_OTHERS) == unused
