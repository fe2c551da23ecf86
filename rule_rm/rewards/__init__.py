"""The reward functions of the package: one file for each, found by being in this folder.

The tests are in `tests/rewards`: one file of cases for each, and one contract for all.
"""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every module of this package, so that its reward functions are registered."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
