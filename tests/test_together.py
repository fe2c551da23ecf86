"""Cases that are checked together: each of them is checked, and a failure names all that are wrong."""

from types import SimpleNamespace

import pytest

from .order import ordered
from .together import PART, together

CHECKED = []


@together("number", range(2 * PART + 1))
@together(("name", "sign"), [("a", 1), pytest.param("b", -1, id="minus")])
def check(number, name, sign, tmp_path):
    CHECKED.append((number, name))
    if number == 3:
        pytest.skip("not here")
    assert (number, sign) not in [(5, 1), (7, -1), (8, -1)]


def parts_of(mark):
    return mark.args[1]


def test_every_case_is_checked_and_all_that_are_wrong_are_named():
    inner, outer = check.pytestmark  # type: ignore[attr-defined]
    sizes = [len(part) for part in parts_of(outer)]
    assert sizes == [PART, PART, 1]
    (pairs,) = parts_of(inner)
    given = {"cases_of_name_sign": pairs, "tmp_path": None}
    with pytest.raises(pytest.fail.Exception) as failed:
        check(cases_of_number=parts_of(outer)[0], **given)
    told = str(failed.value)
    assert "1 of 2 cases:\n\n'a', 1\n" in told
    assert "1 of 2 cases:\n\nminus\n" in told
    assert told.startswith("3 of 100 cases:\n\n5\n1 of 2 cases")
    assert "not in [(5, 1), (7, -1), (8, -1)]" in told
    assert sorted(CHECKED) == [(number, name) for number in range(PART) for name in "ab"]


def test_a_case_with_a_mark_of_its_own_is_refused():
    with pytest.raises(ValueError, match="no marks of their own"):
        together("x", [pytest.param(1, marks=pytest.mark.slow)])


def item(path, name, *fixtures):
    return SimpleNamespace(path=path, nodeid=f"{path}::{name}", fixturenames=fixtures)


def test_each_process_first_has_tests_that_wait_and_the_tests_of_a_module_stay_together():
    sizes = {"tests/math/a.py": 6, "tests/cli/b.py": 2, "tests/engine/c.py": 1, "tests/math/d.py": 3}
    items = [item(path, number) for path, size in sizes.items() for number in range(size)]
    found = ordered(items, 2)
    assert sorted(one.nodeid for one in found) == sorted(one.nodeid for one in items)
    paths = [one.path for one in found]
    assert list(dict.fromkeys(paths)) == [
        "tests/engine/c.py",
        "tests/math/a.py",
        "tests/cli/b.py",
        "tests/math/d.py",
    ]


def test_tests_that_use_the_server_of_the_run_are_in_one_process():
    items = [item(f"tests/cli/{name}.py", 1, *["server"] * (name in "bd")) for name in "abcd"]
    names = [one.path[len("tests/cli/")] for one in ordered(items, 4)]
    assert names == ["a", "b", "d", "c"]
