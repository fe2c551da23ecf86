"""The settings as command-line options: every one, from the table, with its environment variable."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import fields

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
            action="extend" if repeated else "store",
            nargs="+" if repeated or setting.name == "reward_type" else None,
            default=argparse.SUPPRESS,
            metavar=setting.name.rpartition("_")[2].upper(),
            # argparse reads % as a placeholder.
            help=f"{setting.metadata['help']} ({default}environment {env_name(setting)})".replace("%", "%%"),
        )


def chosen_settings(arguments: argparse.Namespace) -> Settings:
    """The settings that were given, else those of the environment, else the defaults."""
    return Settings.load({name: value for name, value in vars(arguments).items() if name in NAMES})
