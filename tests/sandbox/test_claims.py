"""An assertion that holds with every program claims nothing, nor does one whose failure leads to nothing."""

import ast

import pytest

from rule_rm.sandbox.running.claims import Claims


def claims(text):
    tree = ast.parse(text)
    return Claims(tree).has_claims(tree.body)


@pytest.mark.parametrize(
    "condition",
    [
        "[f(x) == 1 for x in (1, 2)]",
        "{f(x): 1 for x in 'ab'}",
        "(f(x) == x for x in f(3))",
        "[f(x) == y for x, y in zip([1, 2], (3, 4))]",
        "[f(x, y) for x in range(3) for y in range(1, 3)]",
        "{1: f(1)}",
        "[f(1) == 1, f(2) == 2]",
        "(f(1) == 1,)",
        "lambda: f(1) == 2",
        "f'it is {f(1)}'",
        "map(f, [1, 2])",
        "list(f(x) == 1 for x in (1, 2))",
        "list(map(f, [1, 2]))",
        "all([True, (f(1) == 1, 'text')])",
        "any([f(1) == 1, lambda: 1])",
        "all(f(x) == 1 for x in [])",
        "not (not [f(1)])",
        "f(1) == 2 or [f(1)]",
        "(f(1) == 2) is not None",
        "isinstance(f(1), object)",
        "len([f(1)])",
        "(y := [f(1)])",
        "[f(1)] if f(2) else [f(3)]",
    ],
)
def test_a_condition_that_always_holds_claims_nothing(condition):
    assert not claims(f"assert {condition}")
    assert not claims(f"class T(TestCase):\n    def test(self):\n        self.assertTrue({condition})")


@pytest.mark.parametrize(
    "condition",
    [
        "[f(x) for x in (1, 2)] == [1, 2]",
        "[x for x in (1, 2) if f(x)]",
        "[x for x in f(3)]",
        "[y for x in (1, 2) for y in f(x)]",
        "all([f(x) == 1 for x in (1, 2)])",
        "any(f(x) for x in (1, 2))",
        "sorted(f([2, 1]))",
        "list(f(3))",
        "list(filter(f, [1, 2]))",
        "list(zip(f(1), [2]))",
        "not [f(x) for x in (1, 2)]",
        "len([x for x in f(2)])",
        "f(1) is not None",
        "f(*[1, 2])",
        "[*f(1)]",
        "{**f(1)}",
        "f'{f(1)}'",
        "f(1) and [f(2)]",
        "isinstance(f(1), (int, str))",
        "len(f(1))",
        "(lambda: f(1))()",
        "next(iter([f(1)]))",
        "[f(1)][0]",
        "str(f(1))",
        "f(lambda x: x)",
        "set(f(1)) & {1}",
    ],
)
def test_an_honest_neighbour_claims_something(condition):
    assert claims(f"assert {condition}")
    assert claims(f"class T(TestCase):\n    def test(self):\n        self.assertTrue({condition})")


def test_a_table_that_is_only_looped_over_has_the_items_that_it_is_written_with():
    table = "cases = [(1, 2), (3, 4)]\n"
    assert not claims(table + "assert [f(a) == b for a, b in cases]")
    assert claims(table + "f(cases)\nassert [f(a) == b for a, b in cases]")


def test_a_name_of_the_tests_own_is_not_the_builtin():
    assert claims("from solution import map\nassert map(g, [1, 2])")


WRONG_BLOCKS = [
    "with pytest.raises(Exception):\n    assert f(1) == 2\n    raise ValueError",
    "with self.assertRaises(Exception):\n    self.assertEqual(f(1), 2)\n    raise ValueError('x')",
    "with pytest.raises((ValueError, AssertionError)):\n    assert f(1) == 2\n    assert False",
    "with pytest.raises(Exception):\n    assert f(1) == 2\n    1 / 0",
    "with raises(BaseException):\n    try:\n        assert f(1) == 2\n    finally:\n        raise KeyError",
    "try:\n    assert f(1) == 2\nexcept Exception:\n    pass",
    "try:\n    assert f(1) == 2\n    raise ValueError\nexcept (ValueError, AssertionError):\n    pass",
    "for x in (1, 2):\n    try:\n        assert f(x) == 2\n    except AssertionError:\n        break",
    "n = 0\ntry:\n    assert f(1) == 2\nexcept AssertionError:\n    n += 1\nprint(n)",
    "bad = []\ntry:\n    assert f(1) == 2\nexcept AssertionError as error:\n    bad.append(error)",
    "try:\n    self.assertEqual(f(1), 2)\nexcept Exception:\n    pass",
    "with suppress(Exception):\n    assert f(1) == 2",
]
RIGHT_BLOCKS = [
    "with pytest.raises(ValueError):\n    f(-1)",
    "with pytest.raises(Exception):\n    f(-1)",
    "with pytest.raises(AssertionError):\n    f(-1)",
    "with pytest.raises(ValueError):\n    with f():\n        raise ValueError",
    "with pytest.raises(ValueError), f():\n    raise ValueError",
    "with pytest.raises(ValueError):\n    f(-1)\n    print('not here')",
    "with pytest.raises(ValueError):\n    assert f(1) == 2\n    raise ValueError",
    "with self.assertRaises(KeyError):\n    f()['a']",
    "with pytest.raises(Exception):\n    @f\n    def g():\n        raise ValueError\n    g()",
    "try:\n    f(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('nothing was raised')",
    "try:\n    f(-1)\n    assert False\nexcept ValueError:\n    pass",
    "try:\n    f(-1)\n    pytest.fail('no')\nexcept Exception:\n    pass",
    "try:\n    assert f(1) == 2\nexcept AssertionError:\n    raise ValueError",
    "try:\n    assert f(1) == 2\nexcept AssertionError:\n    print('x')\n    raise",
    "bad = []\ntry:\n    assert f(1) == 2\nexcept AssertionError as e:\n    bad.append(e)\nassert not bad",
    "ok = True\ntry:\n    assert f(1) == 2\nexcept AssertionError:\n    ok = False\nif not ok: sys.exit(1)",
    "try:\n    assert f(1) == 2\nexcept ValueError:\n    pass",
    "try:\n    assert f(1) == 2\nexcept Exception as error:\n    self.fail(error)",
    "try:\n    f(-1)\nexcept Exception as error:\n    assert 'x' in str(error)",
    "try:\n    x = f(1)\nexcept Exception:\n    x = None\nassert x == 2",
]


@pytest.mark.parametrize("block", WRONG_BLOCKS)
def test_an_assertion_whose_failure_leads_to_nothing_claims_nothing(block):
    assert not claims(block)


@pytest.mark.parametrize("block", RIGHT_BLOCKS)
def test_a_block_that_can_fail_claims_something(block):
    assert claims(block)
