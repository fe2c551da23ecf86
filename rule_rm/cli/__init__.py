"""The command line: `rule-rm COMMAND`. One file for each command, found by being here.

- `serve`, `serve_rm`: serve rewards, or a reward model under OpenRLHF's options
- `list`, `explain`, `check`: before a run: the reward types, one verdict, a golden dataset
- `demo`: example responses on a running server
- `path`: the paths to give a trainer

A command is a module with `add_arguments(parser)` and `run(arguments) -> exit status`. The first line of its
docstring is its help, and an underscore in its name is a dash on the command line.

The tests are in `tests/cli`.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

from rule_rm.errors import RuleRmError
from rule_rm.version import __version__

USAGE_ERROR = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, by default the process's own; the exit status."""
    parser = argparse.ArgumentParser(
        prog="rule-rm",
        description="Rewards for the reinforcement learning of language models.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"rule-rm {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, module in _commands().items():
        summary = (module.__doc__ or "").partition("\n")[0]
        command = commands.add_parser(
            name,
            help=summary,
            description=summary,
            allow_abbrev=False,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except RuleRmError as error:
        print(f"rule-rm: {error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _commands() -> dict[str, ModuleType]:
    return {
        module.name.replace("_", "-"): importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    }
