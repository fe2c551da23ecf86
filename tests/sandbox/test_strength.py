"""The strength of a row's tests: what its reference solution gets, and how many broken ones they accept."""

from rule_rm.cli import _check_code
from rule_rm.sandbox.grading.strength import MUTANTS, mutants, strength

ADD = "def add(a, b):\n    return a + b\n"


def row(*tests, code=ADD):
    return {"test_list": list(tests), "code": code}


def test_tests_that_tell_every_broken_solution_accept_none(best):
    found = strength(best, row("assert add(1, 2) == 3"))
    assert (found.error, found.accepted) == ("", ())
    assert found.broken == 2


def test_tests_that_look_at_little_accept_broken_solutions(best):
    found = strength(best, row("assert add(0, 0) == 0"))
    assert found.accepted == ("line 2: a + b -> a - b",)
    assert found.share == 0.5


def test_a_reference_solution_that_fails_is_named_with_its_reason(best):
    found = strength(best, row("assert add(1, 2) == 4"))
    assert found.error.startswith("the reference solution passes 0 of 1 tests: add: expected 4")


def test_tests_without_a_claim_are_an_error(best):
    assert "claims nothing" in strength(best, row("add(1, 2)")).error


def test_a_row_without_a_reference_solution_is_only_read(best):
    found = strength(best, {"test_list": ["assert add(1, 2) == 3"]})
    assert (found.error, found.broken) == ("", 0)


def test_the_body_of_a_prompts_function_is_broken_too(best):
    humaneval = {
        "prompt": "def add(a, b):\n",
        "entry_point": "add",
        "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
        "canonical_solution": "    return a + b\n",
    }
    found = strength(best, humaneval)
    assert (found.error, found.broken, found.accepted) == ("", 2, ())


def test_no_row_takes_more_broken_solutions_than_the_bound(best):
    long = "def add(a, b):\n" + "".join(f"    a = a + {n} - {n}\n" for n in range(40)) + "    return a + b\n"
    assert len(list(mutants(long))) > MUTANTS
    assert strength(best, row("assert add(1, 2) == 3", code=long)).broken <= MUTANTS


def test_the_report_has_errors_then_the_weakest_rows_then_the_whole(best):
    tests = [("assert add(0, 0) == 0",), ("add(1, 2)",), ("assert add(1, 2) == 3",)]
    found = [_check_code.Row(f"row {number}", strength(best, row(*one))) for number, one in enumerate(tests)]
    unusable, weak, whole = _check_code.report(found)
    assert unusable.startswith("unusable: the test 'add(1, 2)' claims nothing")
    assert weak.startswith("weak: the tests accept 1 of 2 broken solutions, such as 'line 2: a + b -> a - b'")
    assert whole.startswith("3 rows, 1 unusable, 2 with a reference solution; 1 of them accept a broken one")
