"""The registry of families: `@family` adds one, `load` reads a file with further ones."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rule_rm.errors import ConfigurationError
from rule_rm.settings.reading import did_you_mean
from rule_rm.workbench.attack.target import Case, Target
from rule_rm.workbench.right_answers import Kind

Make = Callable[[Target], Iterator[Case]]
ALL_KINDS = tuple(Kind)
_BUILT_IN = ("empty_hacks", "text_hacks", "marked_hacks", "code_hacks", "data_hacks", "invariances")
_families: dict[str, Family] = {}


@dataclass(frozen=True, slots=True)
class Family:
    """A family of responses that must earn nothing or, for an invariance, as much as a right answer."""

    name: str
    summary: str
    kinds: tuple[Kind, ...]
    is_invariance: bool
    make: Make
    is_blind: bool = False
    """True if its texts are the same for every row: one that happens to have the right answer is left out."""


def family(
    name: str,
    *,
    kinds: tuple[Kind, ...] = ALL_KINDS,
    is_invariance: bool = False,
    is_blind: bool = False,
) -> Callable[[Make], Make]:
    """Register a generator of cases as a family; the first line of its docstring is the summary.

    Raises ConfigurationError if the name is taken.
    """

    def register(make: Make) -> Make:
        if name in _families:
            raise ConfigurationError(f"the family {name!r} is registered twice")
        summary = (make.__doc__ or "").partition("\n")[0]
        _families[name] = Family(name, summary, kinds, is_invariance, make, is_blind)
        return make

    return register


def load(files: tuple[str, ...] = ()) -> dict[str, Family]:
    """Return all families by name, with those that the files register.

    Raises ConfigurationError if a file can't be imported or registers none.
    """
    for module in _BUILT_IN:
        importlib.import_module(f"rule_rm.workbench.attack.{module}")
    for path in files:
        _load_file(Path(path))
    return dict(_families)


def _load_file(path: Path) -> None:
    before = len(_families)
    spec = importlib.util.spec_from_file_location(f"rule_rm_family_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ConfigurationError(f"family file {path}: there is no such Python file")
    try:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(f"family file {path}: {type(error).__name__}: {error}") from error
    if len(_families) == before:
        raise ConfigurationError(
            f"family file {path}: it registers no family; decorate a generator by @family"
        )


def chosen(families: dict[str, Family], names: tuple[str, ...]) -> dict[str, Family]:
    """Return the families of these names, all for none. Raises ConfigurationError if one is unknown."""
    for name in names:
        if name not in families:
            raise ConfigurationError(f"there is no family {name!r}{did_you_mean(name, families)}")
    return {name: one for name, one in families.items() if not names or name in names}
