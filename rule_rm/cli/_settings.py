"""The settings as command-line options: every one, from the table, with its environment variable."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import Field, fields
from typing import Any

from rule_rm.settings import Settings, env_name, flag

NAMES = tuple(setting.name for setting in fields(Settings))


def add_settings(parser: argparse.ArgumentParser, names: Collection[str] = NAMES) -> None:
    """Add an option for each of the named settings."""
    for setting in fields(Settings):
        if setting.name not in names:
            continue
        repeated = isinstance(setting.default, tuple)
        default = "" if repeated or setting.default is None else f"default {setting.default}; "
        parser.add_argument(
            flag(setting.name),
            dest=setting.name,
            action="extend" if repeated else _Once,
            nargs=_number_of_values(setting),
            # An option that is true or false needs no value to be true.
            const="true" if isinstance(setting.default, bool) else None,
            default=argparse.SUPPRESS,
            metavar=setting.name.rpartition("_")[2].upper(),
            # argparse reads % as a placeholder.
            help=f"{setting.metadata['help']} ({default}environment {env_name(setting)})".replace("%", "%%"),
        )


class _Once(argparse.Action):
    """Stores an option's value; refuses the option when it was given already."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        if hasattr(namespace, self.dest):
            parser.error(f"{option_string} is given twice")
        setattr(namespace, self.dest, values)


def _number_of_values(setting: Field[Any]) -> str | None:
    if isinstance(setting.default, bool):
        return "?"
    return "+" if isinstance(setting.default, tuple) or setting.name == "reward_type" else None


def chosen_settings(arguments: argparse.Namespace) -> Settings:
    """The settings that were given, else those of the environment, else the defaults."""
    return Settings.load({name: value for name, value in vars(arguments).items() if name in NAMES})
