"""Print a path: of the module that a trainer imports, or of an example dataset."""

from __future__ import annotations

import argparse
from importlib.util import find_spec

from rule_rm import integrations
from rule_rm.golden.examples import EXAMPLES, example_dataset

PATHS = {
    "openrlhf": "{file}",
    "verl": "pkg://{module}",
    "swift": "{file}",
    "trl": "{module}.reward",
    "slime": "{module}.reward",
    "areal": "{module}.reward",
    "verifiers": "{module}.reward",
    "easyr1": "{file}",
    "skyrl": "{module}:RuleRmEnv",
    "rllm": "{module}.reward",
}
"""The form in which each trainer takes a function: a Python file or an import path."""

MODULES = {"swift": "ms_swift.rule_rm_plugin"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of this command."""
    parser.add_argument(
        "name",
        choices=(*PATHS, *EXAMPLES),
        help=f"a trainer ({', '.join(PATHS)}) or an example dataset ({', '.join(EXAMPLES)})",
        metavar="NAME",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the path without importing the module; return the exit status."""
    print(example_dataset(arguments.name) if arguments.name in EXAMPLES else trainer_path(arguments.name))
    return 0


def trainer_path(trainer: str) -> str:
    """Return the file or the import path that the trainer takes."""
    module = f"{integrations.__name__}.{MODULES.get(trainer, trainer)}"
    spec = find_spec(module)
    return PATHS[trainer].format(module=module, file=spec.origin if spec else None)
