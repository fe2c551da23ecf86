"""Read the constants of a reward file that declare arguments of `@register`; report those that almost do."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

logger = logging.getLogger(__name__)

DECLARED = {"timeout": float, "timeout_reward": float, "waits": bool, "groups": bool}
"""The arguments that constants may declare, with their types."""
ALMOST = 0.85
"""Similarity from which another name is reported: `WAIT` has 0.89, `TIME_OUT` 0.93, `GROUP_SIZE` 0.75."""


def declared_by(module: ModuleType) -> dict[str, Any]:
    """Return the arguments that a file's constants declare: `TIMEOUT = 30` is `timeout=30` of `@register`."""
    constants = {name: getattr(module, name.upper(), None) for name in DECLARED}
    return {name: value for name, value in constants.items() if _fits(name, value)}


def report(module: ModuleType, path: Path, functions: Mapping[str, Callable[..., Any]]) -> None:
    """Log each constant, and each attribute of a reward function, that looks declared and is not read.

    Without functions, the file has registered its rewards itself, and none of its constants is read.
    """
    for name, value in vars(module).items():
        argument = _meant(name, value)
        if argument is None:
            continue
        if not functions:
            logger.warning("%s: %s is not read; write @register(..., %s=%r)", path, name, argument, value)
        elif name != argument.upper():
            logger.warning("%s: %s is not read; the constant is %s", path, name, argument.upper())
        elif not _fits(argument, value):
            wanted = "True or False" if DECLARED[argument] is bool else "a number"
            logger.warning("%s: %s is not read: it must be %s, not %r", path, name, wanted, value)
    for of, function in functions.items():
        for name, value in _attributes(function):
            argument = _meant(name, value)
            if argument is not None:
                logger.warning(
                    "%s: %s of %s is not read; a constant of the file is: %s = %r",
                    *(path, name, of, argument.upper(), value),
                )


def _fits(argument: str, value: Any) -> bool:
    """Return True if a value has the argument's type."""
    if DECLARED[argument] is bool:
        return isinstance(value, bool)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _meant(name: str, value: Any) -> str | None:
    """Return the argument that a name almost or exactly is, if the value is a plain one."""
    if name[0] == "_" or not isinstance(value, (bool, int, float, str)):
        return None
    return next(iter(get_close_matches(name.lower(), DECLARED, 1, cutoff=ALMOST)), None)


def _attributes(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of a function, or those of a callable object and its class."""
    yield from getattr(function, "__dict__", {}).items()
    if not inspect.isroutine(function) and type(function).__module__ != "functools":
        yield from vars(type(function)).items()
