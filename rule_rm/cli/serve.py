"""Serve rewards over HTTP until SIGTERM or Ctrl-C, which let requests under way finish."""

from __future__ import annotations

import argparse

from rule_rm.cli._settings import add_settings, chosen_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Make an option of every setting."""
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve, and return when the service was stopped."""
    settings = chosen_settings(arguments)
    # An error in the settings is reported before the server's packages are loaded.
    from rule_rm.web.start import start

    start(settings)
    return 0
