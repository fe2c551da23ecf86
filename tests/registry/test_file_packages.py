"""Reward files that import relatively, as parts of their trainer's package do."""

from __future__ import annotations

import sys

import pytest

from rule_rm.errors import RegistrationError
from rule_rm.registry import loading, registry
from rule_rm.types import Rollout

FILE = "{imports}\n\ndef {name}(solution_str, ground_truth):\n    return {call}(solution_str, ground_truth)\n"
CHECK = "def is_right(said, golden):\n    return float(said == golden)\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Yield a folder of a project with a check in it and a check above it."""
    monkeypatch.setattr(registry, "_rewards", {})
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    folder = tmp_path / "my-recipes" / "sums"
    (folder / "inner").mkdir(parents=True)
    for place in (folder / "checks.py", folder / "inner" / "deep.py", folder.parent / "above.py"):
        place.write_text(CHECK)
    (tmp_path / "top.py").write_text(CHECK)
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]


def loaded(folder, imports, call="is_right", name="rule"):
    path = folder / f"{name}.py"
    path.write_text(FILE.format(imports=imports, call=call, name=name))
    loading.load(str(path))
    return registry.get(name)


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from .checks import is_right", "is_right"),
        ("from . import checks", "checks.is_right"),
        ("from .inner.deep import is_right", "is_right"),
        ("from ..above import is_right", "is_right"),
        ("from checks import is_right", "is_right"),
    ],
)
def test_a_relative_import_finds_the_folder_of_the_file_and_the_one_above(folder, imports, call):
    function = loaded(folder, imports, call)
    assert [function(Rollout("", said, "4")).reward for said in ("4", "5")] == [1.0, 0.0]


def test_a_folder_that_is_a_package_gives_what_its_init_has(folder):
    (folder / "__init__.py").write_text("from .checks import is_right as named_in_init\n")
    assert loaded(folder, "from . import named_in_init", "named_in_init")(Rollout("", "4", "4")).reward == 1.0


def test_folders_that_are_packages_lead_up_to_the_first_that_is_none(folder):
    for place in (folder, folder.parent):
        (place / "__init__.py").write_text("")
    assert loaded(folder, "from ...top import is_right")(Rollout("", "4", "4")).reward == 1.0


def test_an_init_that_nothing_needs_does_not_run(folder):
    (folder / "__init__.py").write_text("raise RuntimeError('it needs a GPU')\n")
    assert loaded(folder, "from .checks import is_right")(Rollout("", "4", "4")).reward == 1.0


def test_a_relative_import_of_nothing_is_an_error_that_leaves_no_module(folder):
    before = set(sys.modules)
    with pytest.raises(RegistrationError, match="ModuleNotFoundError"):
        loaded(folder, "from .nowhere import is_right")
    assert {name for name in set(sys.modules) - before if "reward_file" in name} == set()


def test_a_changed_neighbour_is_imported_anew_on_a_reload(folder):
    loaded(folder, "from . import checks", "checks.is_right")
    (folder / "checks.py").write_text("def is_right(said, golden):\n    return 0.25\n")
    with loading.loading_anew():
        loading.load(str(folder / "rule.py"))
    assert registry.get("rule")(Rollout("", "4", "4")).reward == 0.25
