"""The settings as command-line options: every one, from the table, with its environment variable."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import Field, fields
from typing import Any

from rule_rm.settings import Settings, env_name, flag

NAMES = tuple(setting.name for setting in fields(Settings))


def add_settings(parser: argparse.ArgumentParser, names: Collection[str] = NAMES) -> None:
    """Add an option for each of the named settings, in the groups of the table."""
    groups: dict[str, Any] = {}
    for setting in fields(Settings):
        if setting.name not in names:
            continue
        title = setting.metadata["group"]
        group = groups.setdefault(title, None) or parser.add_argument_group(title)
        groups[title] = group
        repeated = isinstance(setting.default, tuple)
        group.add_argument(
            flag(setting.name),
            dest=setting.name,
            action="extend" if repeated else _Once,
            nargs=_number_of_values(setting),
            # A boolean option needs no value.
            const="yes" if isinstance(setting.default, bool) else None,
            default=argparse.SUPPRESS,
            metavar=_value(setting),
            help=_help(setting),
        )
        if setting.default is True:
            group.add_argument(
                "--no-" + flag(setting.name)[2:],
                dest=setting.name,
                action="store_const",
                const="no",
                default=argparse.SUPPRESS,
                help=f"the same as {flag(setting.name)} no",
            )


class _Once(argparse.Action):
    """An action that stores an option's value, and refuses an option that was given before."""

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


def _value(setting: Field[Any]) -> str:
    """Return the name of the option's value: `PORT`, or `{first,last,all}` for an enumeration."""
    named: str = setting.metadata["value"]
    if named:
        return named
    return "yes|no" if isinstance(setting.default, bool) else f"{{{','.join(setting.metadata['choices'])}}}"


def _help(setting: Field[Any]) -> str:
    default = setting.default
    shown = f"default {default}; " if default not in (None, (), False) else ""
    # argparse reads % as a placeholder.
    return f"{setting.metadata['help']} ({shown}environment {env_name(setting)})".replace("%", "%%")


def _number_of_values(setting: Field[Any]) -> str | None:
    if isinstance(setting.default, bool):
        return "?"
    return "+" if isinstance(setting.default, tuple) or setting.name == "reward_type" else None


def chosen_settings(arguments: argparse.Namespace) -> Settings:
    """Return the settings that were given, else those of the environment, else the defaults."""
    return Settings.load({name: value for name, value in vars(arguments).items() if name in NAMES})
