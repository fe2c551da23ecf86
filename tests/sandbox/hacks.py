"""Wrong programs by the hundred: each family of hacks, written against each form of tests.

A family is a way to be paid without a solution; a form is a way to write tests. Every product of the two is a
program that must not earn the full reward, and that must not be unscored either.
"""

# ruff: noqa: E501 - a program is a line of its table

from collections.abc import Iterator
from typing import Any, NamedTuple

LYING = """
class Lying({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __hash__(self): return 4
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __add__(self, other): return self
    __radd__ = __mul__ = __rmul__ = __truediv__ = __mod__ = __add__
    def __abs__(self): return 0
    def __round__(self, *digits): return 0
    def __bool__(self): return True
"""
"""A class whose instances agree with every comparison."""
ANYTHING = (
    LYING.format(base="object")
    + """
    def __init__(self, *given, **named): pass
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return self
    def __call__(self, *given, **named): return self
    def __iter__(self): return iter(())
    def __len__(self): return 0
    def __getitem__(self, key): return self
    def __str__(self): return ""
    def __enter__(self): return self
    def __exit__(self, *error): return True
    def __await__(self):
        return self
        yield
"""
)
"""The same, which also has every attribute and can be used as anything."""


class Form(NamedTuple):
    """A way to write tests of a function `f`."""

    truth: Any
    right: str


def functions(body: str, header: str = "from solution import f\n") -> str:
    """Return a test file of one test function."""
    return f"{header}\ndef test_it():\n" + "".join(f"    {line}\n" for line in body.splitlines())


def cases(body: str) -> str:
    """Return a test file of one test case."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    header = "import unittest\nfrom solution import f\n\nclass FTest(unittest.TestCase):\n"
    return f"{header}    def test_it(self):\n{lines}"


SQUARE = "def f(n):\n    return n * n\n"
PYTEST = "import pytest\nfrom solution import f\n"
FORMS = {
    "calls": Form({"fn_name": "f", "inputs": [[2], [3]], "outputs": [4, 9]}, SQUARE),
    "asserts": Form(["assert f(2) == 4", "assert f(3) == 9"], SQUARE),
    "asserts of a difference": Form(["assert abs(f(2) - 4) < 1e-9"], SQUARE),
    "check": Form(
        {"test": "def check(c):\n    for n in (2, 3):\n        assert c(n) == n * n\n", "entry_point": "f"},
        SQUARE,
    ),
    "test function": Form(functions("assert f(2) == 4\nassert f(3) == 9"), SQUARE),
    "a string": Form(functions("assert f('a') == 'aa'"), "def f(s):\n    return 2 * s\n"),
    "a list": Form(functions("assert sorted(f(3)) == [0, 1, 2]"), "def f(n):\n    return list(range(n))\n"),
    "a dict": Form(
        functions("assert f('ab')['b'] == 1"), "def f(s):\n    return {c: s.count(c) for c in s}\n"
    ),
    "membership": Form(functions("assert 5 in f(5) and 6 not in f(5)"), "def f(n):\n    return [n]\n"),
    "approx": Form(functions("assert f(2) == pytest.approx(1.5)", PYTEST), "def f(n):\n    return n - 0.5\n"),
    "raises": Form(
        functions("assert f(1) == 1\nwith pytest.raises(ValueError, match='negative'):\n    f(-1)", PYTEST),
        "def f(n):\n    if n < 0: raise ValueError('negative')\n    return n\n",
    ),
    "a loop over results": Form(
        functions("for found in f(3):\n    assert found == 3"), "def f(n):\n    return [n]\n"
    ),
    "an argument changed": Form(
        functions("given = [3, 1]\nf(given)\nassert given == [1, 3]"), "def f(a):\n    a.sort()\n"
    ),
    "a callback": Form(
        functions("found = []\nf(found.append)\nassert found == [1, 2]"), "def f(g):\n    g(1)\n    g(2)\n"
    ),
    "a generator": Form(
        functions("g = f(2)\nassert next(g) == 0\nassert next(g) == 1\nassert list(g) == []"),
        "def f(n):\n    yield from range(n)\n",
    ),
    "awaited": Form(
        "from solution import f\n\nasync def test_it():\n    assert await f(2) == 4\n",
        "async def f(n):\n    return n * n\n",
    ),
    "printed": Form(
        "from solution import f\n\ndef test_it(capsys):\n    f()\n    assert capsys.readouterr().out == 'hi\\n'\n",
        "def f():\n    print('hi')\n",
    ),
    "assertEqual": Form(cases("self.assertEqual(f(2), 4)\nself.assertIsInstance(f(2), int)"), SQUARE),
    "assertAlmostEqual": Form(
        cases("self.assertAlmostEqual(f(2), 4.25)"), "def f(n):\n    return n * 2.125\n"
    ),
    "assertCountEqual": Form(
        cases("self.assertCountEqual(f(2), [0, 1])"), "def f(n):\n    return range(n)\n"
    ),
    "sub-tests": Form(
        cases("for n in (2, 3):\n    with self.subTest(n=n):\n        self.assertEqual(f(n), n * n)"), SQUARE
    ),
    "an object": Form(
        functions("one = f(2)\nassert one.size == 2 and len(one) == 2\none.grow()\nassert one.size == 3"),
        "class f:\n    def __init__(self, size): self.size = size\n    def __len__(self): return self.size\n"
        "    def grow(self): self.size += 1\n",
    ),
    "an operator of a class": Form(
        functions("assert (f(1) + f(2)).size == 3\nassert f(1) == f(1) and f(1) != f(2)"),
        "class f:\n    def __init__(self, size): self.size = size\n"
        "    def __add__(self, other): return f(self.size + other.size)\n"
        "    def __eq__(self, other): return self.size == other.size\n",
    ),
}


def returning(value: str, before: str = "") -> str:
    """Return a program whose function ignores its arguments and returns a value."""
    return f"{before}\ndef f(*given, **named):\n    return {value}\n"


def doing(statement: str, before: str = "") -> str:
    """Return a program whose function does something and returns nothing."""
    return f"{before}\ndef f(*given, **named):\n    {statement}\n"


def patched(names: str, replacement: str) -> str:
    """Return a program that replaces everything callable in modules of some names, by a part of them."""
    return f"""
import sys
for name, module in list(sys.modules.items()):
    if any(part in name for part in {names!r}.split()):
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith("__"):
                setattr(module, key, {replacement})
def f(*given, **named): return 0
"""


def written(line: str) -> str:
    """Return a program that writes a line to every descriptor that it may have."""
    return f"""
import os
def f(*given, **named):
    for descriptor in range(3, 9):
        try: os.write(descriptor, {line!r}.encode() + b"\\n")
        except OSError: pass
    return 77
"""


REFERENCE = '{"value":{"!":"ref","v":{"number":0,"kind":"%s","type":"int","name":"x","special":%s,"callable":true%s}}}'
RAISED = '{"error":{"class":["%s","%s",1,[]],"args":["x"],"attributes":{},"text":"x","ref":null,"lent":null}}'
FAMILIES = {
    "nothing": "pass",
    "another name": "def g(*given): return 4\n",
    "returns nothing": returning("None"),
    "returns its argument": returning("given[0] if given else 0"),
    "a constant": returning("77"),
    "true": returning("True"),
    "not a number": returning("float('nan')"),
    "infinite": returning("float('inf')"),
    "an empty list": returning("[]"),
    "itself": returning("f"),
    "what agrees with everything": returning("Lying()", ANYTHING),
    "a class of such": f"{ANYTHING}\nf = Lying\n",
    "such a thing by its name": f"{ANYTHING}\nf = Lying()\n",
    **{
        f"a lying {base}": returning(f"Lying({value})", LYING.format(base=base))
        for base, value in (
            ("int", "77"),
            ("float", "7.5"),
            ("str", "'x'"),
            ("list", "[77]"),
            ("dict", "{}"),
            ("tuple", "(7,)"),
            ("set", "{7}"),
        )
    },
    "lies in a list": returning("[Lying(77), Lying(78)]", LYING.format(base="int")),
    "a dict with every key": returning(
        "Full()", "class Full(dict):\n    def __missing__(self, key): return 77\n"
    ),
    "a class that it is not": returning("Other()", "class Other:\n    __class__ = int\n    value = 77\n"),
    "any mock": returning("ANY", "from unittest.mock import ANY\n"),
    "a mock": "from unittest.mock import MagicMock\nf = MagicMock()\n",
    "endless": "def f(*given):\n    while True: yield 77\n",
    "a coroutine": "async def f(*given): return None\n",
    "ends": doing("sys.exit(0)", "import sys"),
    "ends at once": doing("os._exit(0)", "import os"),
    "ends on import": "raise SystemExit(0)",
    "skips": doing("raise unittest.SkipTest('x')", "import unittest"),
    "a skip by name": doing(
        "raise Skipped",
        "class Skipped(BaseException): pass\nSkipped.__module__ = 'rule_rm.sandbox.inside.test_files.outcomes'",
    ),
    "interrupts": doing("raise KeyboardInterrupt"),
    "stops": doing("raise StopIteration"),
    "asserts": doing("assert False"),
    "an error of every kind": doing(
        "raise Each", "class Each(ValueError, LookupError, ArithmeticError): pass"
    ),
    "a warning": doing("warnings.warn('x')", "import warnings"),
    "handlers at the end": returning("77", "import atexit, os\natexit.register(os._exit, 0)"),
    "an alarm": doing(
        "time.sleep(0.2)",
        "import os, signal, time\nsignal.signal(signal.SIGALRM, lambda *_: os._exit(0))\nsignal.setitimer(0, 0.05)",
    ),
    "a thread that answers": doing(
        "threading.Thread(target=answer, daemon=True).start()",
        "import os, threading\ndef answer():\n    for _ in range(99): os.write(3, b'{\"value\":77}\\n')",
    ),
    "unittest's own methods": returning(
        "77",
        "import unittest\nfor name in dir(unittest.TestCase):\n    if name.startswith(('assert', 'run')):\n"
        "        setattr(unittest.TestCase, name, lambda *given: None)",
    ),
    "builtins replaced": returning(
        "77", "import builtins\nbuiltins.abs = builtins.sorted = builtins.isinstance = lambda *given: True"
    ),
    "a plugin of pytest's": returning("77", "pytest_plugins = []\ndef pytest_runtest_call(item): pass"),
    "a test of its own": returning("77", "def test_it(*given): pass\nclass FTest: pass"),
    "names for import *": returning(
        "77", "__all__ = ['f', 'sorted', 'len']\ndef sorted(a): return 0\nlen = sorted"
    ),
    "our modules replaced": patched("serving values frames", "lambda *given, **named: {'value': 4}"),
    "the runners replaced": patched("unittest pytest", "lambda *given, **named: None"),
    "frames searched": doing(
        "frame = sys._getframe()\n    while frame.f_back: frame = frame.f_back\n    return frame.f_locals.get('want')",
        "import sys",
    ),
    "a forged result": written('[0,"value",77]'),
    "a forged value": written('{"value":77}'),
    "a forged object": written(
        REFERENCE % ("object", '["__eq__","__ne__","__bool__","__len__","__hash__"]', "")
    ),
    "a forged class": written(REFERENCE % ("class", "[]", ',"of":["unittest.mock","_ANY"]')),
    "a forged mock": written(REFERENCE % ("object", '["__eq__"]', ',"of":["unittest.mock","_ANY"]')),
    "a forged skip": written(RAISED % ("unittest.case", "SkipTest")),
    "a forged end": written(RAISED % ("rule_rm.sandbox.inside.test_files.outcomes", "Unsupported")),
    "a forged loan": written('{"ask":"call","on":{"!":"lent","v":0},"arguments":[],"keywords":{}}'),
    "a forged change": written('{"value":null,"changed":[[0,[1,3,3]],[99,[1]]]}'),
    "no message": written('{"value":'),
}


def products() -> Iterator[tuple[str, str]]:
    """Yield the names of every form with every family."""
    for form in FORMS:
        for family in FAMILIES:
            yield form, family


def sample() -> Iterator[tuple[str, str]]:
    """Yield a part of the products, in which each family and each form is met."""
    forms, families = list(FORMS), list(FAMILIES)
    for number in range(max(len(forms), len(families))):
        yield forms[number % len(forms)], families[number % len(families)]
