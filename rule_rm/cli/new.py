"""Begin a reward of your own: write its file, and a test with its cases."""

from __future__ import annotations

import argparse
import json
import keyword
import re
from pathlib import Path

from rule_rm import registry, rewards
from rule_rm.errors import ConfigurationError
from rule_rm.workbench.templates import TEMPLATES, files_of

# The name of a reward type, of 60 characters at most: `my_rule`.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kind, the name, and the form of the reward."""
    parser.add_argument("kind", choices=("reward",), help="the kind of file to begin")
    parser.add_argument("name", metavar="NAME", help="its name: lower-case letters, digits, underscores")
    parser.add_argument(
        "--from",
        dest="form",
        choices=sorted(TEMPLATES),
        default="rule_rm",
        help="whose form it has (default rule_rm)",
    )
    parser.add_argument("--directory", default=".", metavar="DIRECTORY", help="where to write (default .)")
    parser.add_argument("--json", action="store_true", help="print the paths of the files as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the files; return the exit status. Raises ConfigurationError if one is there already."""
    name = arguments.name
    if not _NAME.match(name):
        plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_0123456789")[:60] or "my_reward"
        raise ConfigurationError(
            f"{name!r} must be up to 60 lower-case letters, digits and underscores, such as {plain!r}"
        )
    if keyword.iskeyword(name):
        raise ConfigurationError(f"{name!r} is a keyword of Python; choose another name, such as 'my_{name}'")
    rewards.load()
    if name in registry.registered():
        raise ConfigurationError(
            f"the package has a reward {name!r}; choose another name, such as 'my_{name}'"
        )
    directory = Path(arguments.directory)
    files = files_of(name, arguments.form)
    for file in files:
        if (directory / file).exists():
            raise ConfigurationError(f"{directory / file} is there already; nothing was written")
    try:
        for file, text in files.items():
            (directory / file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{directory}: can't be written to: {error.strerror or error}") from error
    if arguments.json:
        print(json.dumps({"reward_type": name, "files": [str(directory / file) for file in files]}))
        return 0
    path = directory / f"{name}.py"
    print(f"wrote {' and '.join(str(directory / file) for file in files)}")
    print(f"try it:    rule-rm try {path} --response 'The answer is 42.' --golden 42")
    print(f"test it:   pytest {directory / f'test_{name}.py'}")
    print(f"attack it: rule-rm attack --file {path}")
    print(f"serve it:  rule-rm serve --reward-type {name} --reward-file {path}")
    return 0
