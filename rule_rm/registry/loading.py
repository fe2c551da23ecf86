"""Import the sources of reward functions: modules, reward files, installed packages; reload files."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from rule_rm.errors import RegistrationError
from rule_rm.registry import file_packages, registry
from rule_rm.registry.code_digest import code_digest
from rule_rm.registry.file_constants import declared_by, report
from rule_rm.registry.trainer_files import misfits, neighbours, reward_functions, swift_stand_in, unfit

ENTRY_POINTS = "rule_rm.rewards"
"""The group of entry points in which a package names the modules of its rewards."""

_installed = threading.Event()
"""Set once the rewards of installed packages are registered."""


@dataclass(slots=True)
class _Loaded:
    """Rewards and modules that came from reward files."""

    rewards: set[str] = field(default_factory=set)
    """The reward types that they registered."""
    modules: dict[str, ModuleType] = field(default_factory=dict)
    """The modules of the files, and the modules that they imported from their folders."""


_loaded = _Loaded()
_reloading = threading.Lock()


def load(source: str) -> None:
    """Import a module by its name, or a file by its path (which has a `/` or ends in `.py`), once.

    A file without `@register` may be one written for a trainer, see `trainer_files`. Raises RegistrationError
    if the import fails or a file has no reward function.
    """
    if not (source.endswith(".py") or "/" in source):
        importlib.import_module(source)
        return
    path = Path(source).resolve()
    if not path.is_file():
        raise RegistrationError(f"reward file {source}: there is no such file")
    package_name = _package_name(path)
    if package_name in sys.modules:
        return
    before, modules_before = set(registry.registered()), set(sys.modules)
    module_name = file_packages.enter(path, package_name)
    try:
        spec = importlib.util.spec_from_file_location(
            module_name, path, loader=_Uncached(module_name, str(path))
        )
        if spec is None or spec.loader is None:
            raise RegistrationError(f"reward file {source}: it is not a Python file")
        sys.modules[module_name] = module = importlib.util.module_from_spec(spec)
        with neighbours(path), swift_stand_in():
            spec.loader.exec_module(module)
            functions = reward_functions(module, path) if set(registry.registered()) == before else {}
        _register(functions, module, source)
        report(module, path, functions)
        new = set(registry.registered()) - before
        if not new:
            raise RegistrationError(f"reward file {source}: it has no reward function{misfits(module)}")
    except BaseException as error:
        registry.withdraw(set(registry.registered()) - before)
        _forget(_of_folder(path.parent, set(sys.modules) - modules_before))
        if isinstance(error, RegistrationError) or not isinstance(error, (Exception, SystemExit)):
            raise
        raise RegistrationError(f"reward file {source}: {type(error).__name__}: {error}") from error
    if functions:
        # A file that uses @register says itself which of its functions are rewards.
        registry.set_unfit(registry.unfit() | unfit(module, path))
    _loaded.rewards |= new
    _loaded.modules |= _of_folder(path.parent, set(sys.modules) - modules_before)


def _register(functions: Mapping[str, Callable[..., Any]], module: ModuleType, source: str) -> None:
    for name, function in functions.items():
        known = registry.registered().get(name)
        if known is not None and known.source.startswith("rule_rm."):
            raise RegistrationError(
                f"reward file {source}: reward type {name!r} is registered twice, as the package has it; "
                f'rename the file or the function, or use @register("my_{name}")'
            )
        registry.add(name, function, **declared_by(module))


@contextmanager
def loading_anew() -> Iterator[None]:
    """Let `load` import reward files again within the block. If that fails, all is as it was before.

    Modules of the package and of installed packages stay as they are. Code that was loaded before keeps its
    own modules and goes on. One block at a time.
    """
    global _loaded
    with _reloading:
        kept = _loaded
        functions = {name: one for name, one in registry.registered().items() if name in kept.rewards}
        unfitting = registry.unfit()
        with registry.thawed():
            registry.withdraw(functions)
            _forget(kept.modules)
            registry.set_unfit({})
            _loaded = _Loaded()
            importlib.invalidate_caches()
            try:
                yield
            except BaseException:
                registry.withdraw(_loaded.rewards)
                _forget(_loaded.modules)
                registry.put_back(functions)
                registry.set_unfit(unfitting)
                sys.modules.update(kept.modules)
                _loaded = kept
                raise


def load_installed() -> None:
    """Import the modules that installed packages name as entry points of the group `rule_rm.rewards`, once.

    Raises RegistrationError, which names the package, if one of them can't be imported.
    """
    if _installed.is_set():
        return
    # Every process imports this module, and few of them look for packages.
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINTS):
        try:
            importlib.import_module(point.module)
        except Exception as error:
            package = point.dist.name if point.dist is not None else "an installed package"
            raise RegistrationError(
                f"rewards of {package} ({point.name} = {point.value}): {type(error).__name__}: {error}"
            ) from error
    _installed.set()


class _Uncached(SourceFileLoader):
    """A loader that compiles a file each time: the byte code cache compares only sizes and whole seconds."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of the file as it is now."""
        return self.source_to_code(self.get_data(self.path), self.path)


def _package_name(path: Path) -> str:
    """Return the name of a file's package. Other code has another name, as both may be in use at once."""
    return registry.FILE_MODULE + hashlib.sha256(f"{path}\n{code_digest(path)}".encode()).hexdigest()[:12]


def _of_folder(folder: Path, names: set[str]) -> dict[str, ModuleType]:
    """Return the modules of these names that belong to a reward file: its packages, files of its folder."""
    modules = {name: sys.modules[name] for name in names if name in sys.modules}
    return {
        name: module
        for name, module in modules.items()
        if name.startswith(registry.FILE_MODULE)
        or (folder in Path(getattr(module, "__file__", None) or "/").parents and not _is_installed(module))
    }


def _is_installed(module: ModuleType) -> bool:
    """Return True for a module of this package, or of a virtual environment within the folder."""
    parts = Path(module.__file__ or "").parts
    return module.__name__.partition(".")[0] == "rule_rm" or "site-packages" in parts


def _forget(modules: Mapping[str, ModuleType]) -> None:
    for name in modules:
        sys.modules.pop(name, None)
