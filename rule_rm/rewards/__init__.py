"""The reward functions of the package: one file for each, found by being in this folder.

The tests are in `tests/rewards`: one file of cases for each, and one contract for all.
"""

from __future__ import annotations

import importlib
import pkgutil

from rule_rm import registry


def load() -> None:
    """Import every module of this package, and those of installed packages, which register rewards."""
    load_own()
    registry.load_installed()


def load_own() -> None:
    """Import every module of this package."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
