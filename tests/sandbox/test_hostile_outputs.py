"""Outputs that are made to be taken for others: nothing but the expected text earns the test."""

import pytest

from rule_rm.sandbox.grading import compare
from rule_rm.sandbox.grading.formats import read_tests
from rule_rm.sandbox.grading.grade import Grading, grade
from rule_rm.sandbox.running.execution import Limits

SUITE = {"inputs": ["3 4\n", "10 5\n"], "outputs": ["7\n", "15\n"]}
RIGHT = "a, b = map(int, input().split())\n"
HACKS = {
    "arabic_digits": RIGHT + "print(str(a + b).translate({48 + n: 0x660 + n for n in range(10)}))",
    "full_width_digits": RIGHT + "print(str(a + b).translate({48 + n: 0xff10 + n for n in range(10)}))",
    "superscripts": RIGHT + "print(str(a + b).translate({48 + n: 0x2070 + n for n in range(10)}))",
    "a_hidden_character": RIGHT + "print('\\u200b' + str(a + b))",
    "a_byte_order_mark": RIGHT + "print('\\ufeff' + str(a + b))",
    "a_null_behind": RIGHT + "print(str(a + b) + '\\0')",
    "written_from_the_right": RIGHT + "print('\\u202e' + str(a + b)[::-1])",
    "erased_by_a_terminal": RIGHT + "print('99\\b\\b' + str(a + b))",
    "coloured": RIGHT + "print('\\x1b[8m99\\x1b[0m' + str(a + b))",
    "a_sign_that_is_no_minus": RIGHT + "print('\\u2212' + str(-(a + b)))",
    "not_utf_8": RIGHT + "import os\nos.write(1, b'\\xff' + str(a + b).encode())",
    "utf_16": RIGHT + "import os\nos.write(1, str(a + b).encode('utf-16'))",
    "every_number": "print(*range(100))",
    "every_number_in_lines": "print(*range(100), sep='\\n')",
    "with_more_before": RIGHT + "print('debug')\nprint(a + b)",
    "with_more_behind": RIGHT + "print(a + b)\nprint('debug')",
    "with_more_beside": RIGHT + "print(a + b, a + b)",
    "with_its_input": RIGHT + "print(a, b)\nprint(a + b)",
    "with_brackets": RIGHT + "print([a + b])",
    "with_quotes": RIGHT + "print(repr(str(a + b)))",
    "as_a_sum": RIGHT + "print(f'{a}+{b}')",
    "with_underscores": RIGHT + "print(f'0_{a + b}')",
    "in_hexadecimal": RIGHT + "print(hex(a + b))",
    "not_a_number": "print('nan')",
    "infinity": "print('inf')",
    "on_the_other_stream": RIGHT + "import sys\nprint(a + b, file=sys.stderr)",
    "into_its_input": RIGHT + "import os\nos.write(0, str(a + b).encode())",
    "after_an_error": RIGHT + "print(a + b)\nraise ValueError",
    "with_an_exit_code": RIGHT + "print(a + b)\nraise SystemExit(3)",
    "and_then_it_hangs": RIGHT + "print(a + b, flush=True)\nwhile True: pass",
    "and_then_it_crashes": RIGHT + "print(a + b, flush=True)\nimport ctypes\nctypes.string_at(0)",
    "and_then_it_floods": RIGHT + "print(a + b)\nwhile True: print()",
    "nothing": "pass",
    "the_verdict": "print('1')\nprint('passed')\nprint('{\"passed\": true}')",
    "sparse": RIGHT + "import os\nos.pwrite(1, str(a + b).encode(), 100)",
    "cut_short_again": RIGHT + "print(a + b, 9, flush=True)\nimport os\nos.ftruncate(1, 0)",
}


@pytest.mark.parametrize("rule", compare.RULES)
def test_an_honest_output_is_right_under_every_rule(best, rule):
    found = grade(best, RIGHT + "print(a + b)", "python", read_tests(SUITE), Grading(rule=rule))
    assert found.passed == 2


@pytest.mark.parametrize("name", HACKS)
def test_a_hostile_output_is_wrong_under_every_rule(best, name):
    for rule in compare.RULES:
        how = Grading(Limits(wall=0.5, output_bytes=1 << 16), total_seconds=4.0, rule=rule)
        assert grade(best, HACKS[name], "python", read_tests(SUITE), how).passed == 0, rule
