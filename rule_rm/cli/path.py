"""Print what to name in a trainer's options, so that it scores with rule_rm."""

from __future__ import annotations

import argparse
from importlib.util import find_spec

from rule_rm import integrations

PATHS = {
    "openrlhf": "{file}",
    "verl": "pkg://{module}",
    "swift": "{file}",
    "trl": "{module}.reward",
    "slime": "{module}.reward",
    "areal": "{module}.reward",
    "verifiers": "{module}.reward",
}
"""For each trainer, the form in which it takes a function: a Python file or an import path."""

MODULES = {"swift": "ms_swift.rule_rm_plugin"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The trainer."""
    parser.add_argument("trainer", choices=PATHS, help="the trainer that asks")


def run(arguments: argparse.Namespace) -> int:
    """Print the path, which nothing has to import for that."""
    module = f"{integrations.__name__}.{MODULES.get(arguments.trainer, arguments.trainer)}"
    spec = find_spec(module)
    print(PATHS[arguments.trainer].format(module=module, file=spec.origin if spec else None))
    return 0
