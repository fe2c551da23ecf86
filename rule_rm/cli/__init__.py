"""The command line: `rule-rm COMMAND`. One file for each command, found by being here.

- `serve`, `serve_rm`: serve rewards, or a reward model under OpenRLHF's options
- `list`, `explain`, `check`, `attack`: before a run: the reward types, one verdict, a golden dataset, hacks
- `score`, `replay`: a file of rollouts; verdicts that today's code flips
- `config`: check or show the settings of a server
- `judge_check`: a judge against labels
- `journal`: export the rollouts that servers scored
- `new`, `try`: begin a reward of your own, and score one rollout with it
- `doctor`: this machine: extras, sandbox, compilers
- `demo`: example responses on a running server
- `path`: the paths to give a trainer

A command is a module with `add_arguments(parser)` and `run(arguments) -> exit status`. The first line of its
docstring is its help, and an underscore in its name is a dash on the command line.

The tests are in `tests/cli`.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from rule_rm.errors import RuleRmError
from rule_rm.processes.interrupts import raise_again
from rule_rm.redaction import redact
from rule_rm.version import __version__

USAGE_ERROR = 2
INTERRUPTED = 130
CUT_OFF = 141
"""The status of a shell for a process whose output nobody reads any more, as after `| head`."""
_MOST_IN_USAGE = 8
"""Options. A usage line with more of them says less than `[OPTION ...]`."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, name the nearest option or command, and point to the help."""

    def _get_formatter(self) -> argparse.HelpFormatter:
        return argparse.HelpFormatter(self.prog, max_help_position=32)

    def error(self, message: str) -> NoReturn:
        """Print the error and end the process with the status of a usage error."""
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\nTry `{self.prog} --help`.\n")

    def options(self) -> list[str]:
        """Return the names of all options."""
        return [name for action in self._actions for name in action.option_strings]

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """End with an error for arguments that no option takes."""
        word = unknown[0].partition("=")[0]
        if word.startswith("-"):
            self.error(f"unknown option {word}{_nearest(word, self.options())}")
        usual = ("--dataset", "--reward-type") if _is_file(word) else ("--reward-type", "--dataset")
        example = next((name for name in usual if name in self.options()), None)
        hint = f"; a value follows its option, for example {example} {word}" if example else ""
        self.error(f"unexpected argument {word!r}{hint}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of the arguments, by default the process's own; return the exit status."""
    _open_streams()
    try:
        raise_again()
        arguments = _arguments(sys.argv[1:] if argv is None else argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return CUT_OFF
    except RuleRmError as error:
        print(f"rule-rm: {redact(str(error), with_pieces=True)}", file=sys.stderr)
        return USAGE_ERROR
    except OSError as error:
        # Of a full disk, of a file that must not be read: nothing of ours failed.
        _drop_output()
        print(f"rule-rm: {redact(str(error), with_pieces=True)}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _open_streams() -> None:
    """Open the standard streams that were closed, and let every character be written to the others."""
    for name, flags in (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY)):
        stream = getattr(sys, name)
        if stream is None:
            # The lowest free number, which is the closed one: no other file of ours may get it.
            descriptor = os.open(os.devnull, flags)
            # As those of a shell are: our processes have them, too.
            os.set_inheritable(descriptor, True)
            setattr(
                sys, name, os.fdopen(descriptor, "r" if name == "stdin" else "w", errors="backslashreplace")
            )
        elif getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _drop_output() -> None:
    """Give up the unwritten output, or Python complains at the end that it can't write it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the arguments of the command line. Exits if they can't be read, or help is asked for."""
    parser = Parser(
        prog="rule-rm",
        description="Rewards for reinforcement learning of language models.",
        epilog="`rule-rm COMMAND --help` shows the options of a command.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"rule-rm {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)
    modules = _modules()
    named = next((word for word in argv if not word.startswith("-")), None)
    if named in modules:
        # The others are not imported: each needs other parts of the package.
        _add(commands, named, importlib.import_module(modules[named]))
    elif argv and named == argv[0]:
        parser.error(f"unknown command {named!r}{_nearest(named, [*modules])}")
    else:
        for name, module in modules.items():
            commands.add_parser(name, help=_summary(module))
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        arguments.parser.refuse(unknown)
    return arguments


def _add(commands: argparse._SubParsersAction[Parser], name: str, module: ModuleType) -> None:
    summary = (module.__doc__ or "").partition("\n")[0]
    command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    module.add_arguments(command)
    if len(command.options()) > _MOST_IN_USAGE:
        command.usage = f"{command.prog} [OPTION ...]"
    command.set_defaults(run=module.run, parser=command)


def _is_file(word: str) -> bool:
    """Return True for a word that is a file, or looks like the name of one."""
    return bool(Path(word).suffix) or os.sep in word or Path(word).exists()


def _nearest(word: str, known: Sequence[str]) -> str:
    """Return the end of an error message with the nearest known word, dash or underscore alike."""
    plain = {name.replace("_", "-"): name for name in known}
    near = get_close_matches(word.replace("_", "-"), plain, n=1)
    return f"; did you mean {plain[near[0]]}?" if near else ""


def _modules() -> dict[str, str]:
    """Return the full name of each command's module, by the command."""
    return {
        module.name.replace("_", "-"): f"{__name__}.{module.name}"
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    }


def _summary(module: str) -> str:
    """Return the first line of a module's docstring, without importing the module."""
    spec = importlib.util.find_spec(module)
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    docstring = ast.get_docstring(ast.parse(source))
    return (docstring or "").partition("\n")[0]
