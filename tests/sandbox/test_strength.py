"""The strength of a row's tests: what its reference solution gets, and how many broken ones they accept."""

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


def test_a_change_after_which_the_solution_does_the_same_does_not_count(best):
    larger = "def larger(a, b):\n    if a > b:\n        return a\n    return b\n"
    changes = [change for change, _ in mutants(larger)]
    assert "line 2: a > b -> a >= b" in changes
    found = strength(best, row("assert larger(3, 2) == 3", "assert larger(1, 4) == 4", code=larger))
    assert (found.error, found.accepted, found.broken) == ("", (), len(changes) - 1)


def test_a_change_that_other_calls_show_counts(best):
    found = strength(best, row("assert add(2, 0) == 2"))
    assert found.accepted == ("line 2: a + b -> a - b",)
