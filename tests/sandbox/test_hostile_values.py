"""Results that are made to keep their reader busy, or to have him fail: they are wrong answers, soon."""

import json
import time
from decimal import Decimal
from fractions import Fraction

import pytest

from rule_rm.sandbox.grading import compare
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.inside.data import decoding, values
from rule_rm.sandbox.running.execution import Limits

PRIME = (1 << 61) - 1
"""All multiples of it have one hash."""
SUITES = ({"inputs": [[3, 4]], "outputs": [7], "fn_name": "add"}, ["assert add(3, 4) == 7"])


def multiple(n: int) -> dict[str, str]:
    """Return a multiple of the prime, as the sandbox writes it."""
    return {"!": "int", "v": f"{PRIME * n:x}"}


BUSY = {
    "a_set_of_one_hash": lambda: {"!": "set", "v": [multiple(n) for n in range(100_000)]},
    "a_dictionary_of_one_hash": lambda: {"!": "dict", "v": [[multiple(n), n] for n in range(100_000)]},
    "fractions_that_are_hard_to_reduce": lambda: {
        "!": "Fraction",
        "v": [{"!": "int", "v": "9e3779b97f4a7c15" * 200_000}, {"!": "int", "v": "5" * 3_100_001}],
    },
}
"""Functions that make the values: they are large, and most processes of a test run need none of them."""
FAILING = {
    "a_key_that_cant_be_written": "{10**5000: 1}",
    "keys_that_cant_be_compared": "{__import__('decimal').Decimal('NaN'): 1, 'a': 2}",
    "a_signalling_key": "[(1, __import__('decimal').Decimal('sNaN'))]",
    "a_number_beyond_floats": "10**400",
    "a_number_of_millions_of_digits": "1 << 20_000_000",
    "an_exponent_beyond_reason": "__import__('decimal').Decimal('1e999999999')",
    "an_endless_range": "range(10**30)",
    "a_text_of_megabytes": "'x' * 7_000_000",
    "a_surrogate": "'\\ud800'",
    "many_small_values": "[[]] * 900_000",
}


@pytest.mark.parametrize("name", BUSY)
def test_what_would_take_hours_to_read_is_refused(name):
    line = json.dumps(BUSY[name]())
    started = time.process_time()
    with pytest.raises(ValueError, match=r"made to have one hash|too long to be reduced"):
        decoding.loads(line)
    assert time.process_time() - started < 10


def test_honest_values_of_these_kinds_are_read():
    many = {n * 3 for n in range(50_000)}
    assert decoding.loads(values.dumps(many)) == many
    squares = {n: n * n for n in range(50_000)}
    assert decoding.loads(values.dumps(squares)) == squares
    assert decoding.loads(values.dumps(Fraction(1, 3**1000))) == Fraction(1, 3**1000)


@pytest.mark.parametrize("name", FAILING)
@pytest.mark.parametrize("truth", SUITES, ids=["json", "python"])
def test_a_result_that_has_its_reader_fail_is_a_wrong_answer(best, truth, name):
    code = f"def add(a, b):\n    return {FAILING[name]}\n"
    how = Grading(Limits(wall=5.0))
    assert grade(best, code, "python", read_tests(truth), how).passed == 0


@pytest.mark.parametrize(
    "value", [{10**5000: 1}, {(1,): Decimal("sNaN")}, [Decimal("sNaN")], Decimal("sNaN")]
)
@pytest.mark.parametrize("expected", [{"1": 1}, [1], 1, 1.5, None, "1"])
def test_any_two_values_can_be_compared(expected, value):
    assert compare.values(expected, value) is False
    assert compare.values(value, expected) is False
    assert compare.values(value, value) is False
