"""Hostile programs put together at random from many ways to break a process, its judge or its host.

None returns what a test expects, so none may be paid, none may be unscored, and none may leave a process.
"""

import json
from pathlib import Path

from rule_rm.types import Rollout

PARTS = json.loads(Path(__file__).with_suffix(".json").read_text())
"""`noise` breaks things, `bodies` end a function; both have the placeholders that are keys of `values`."""
TESTS = {
    "asserts": ["assert f(3) == 'zq3'", "assert f(41) == 'zq41'"],
    "text": "for n in (3, 41):\n    got = f(n)\n    assert got == 'zq%d' % n, got\n"
    "    assert type(got) is str\n",
    "pytest": "import pytest\nfrom solution import f\n@pytest.mark.parametrize('n', [3, 41])\n"
    "def test_f(n):\n    assert f(n) == f'zq{n}'\n",
    "unittest": "import unittest\nfrom solution import f\nclass T(unittest.TestCase):\n"
    "    def test_f(self):\n        self.assertEqual(f(3), 'zq3')\n"
    "    def test_g(self):\n        self.assertEqual(f(41).upper(), 'ZQ41')\n",
    "check": {
        "entry_point": "f",
        "test": "def check(candidate):\n    assert candidate(3) == 'zq3'\n"
        "    assert [candidate(n) for n in (4, 5)] == ['zq4', 'zq5']\n",
    },
    "calls": {"fn_name": "f", "inputs": [[3], [41]], "outputs": ["zq3", "zq41"]},
    "stdio": {"test_cases": [{"input": "3\n", "output": "zq3\n"}, {"input": "41\n", "output": "zq41\n"}]},
    "files": "import os\nfrom solution import f\ndef test_f(tmp_path):\n"
    "    (tmp_path / 'x').write_text('zq')\n    assert f(str(tmp_path / 'x')) == 'zq9'\n"
    "    assert os.listdir(tmp_path) == ['x']\n",
    "lending": "seen = []\ngot = f(seen, seen.append)\nassert got == 'zq3'\nassert seen == ['zq3', 'zq41']\n",
    "descriptor": "from solution import f\nclass P:\n    x = f\n    y = f()\ndef test_p():\n    p = P()\n"
    "    p.y = 'zq3'\n    assert (p.y, p.x) == ('zq3', 'zq41')\n",
}
"""Tests in every format, which expect what no value of `PARTS` is."""


def _filled(random, text):
    for name, values in PARTS["values"].items():
        text = text.replace(f"{{{name}}}", random.choice(values))
    return text.replace("{{", "{").replace("}}", "}")


def _body(random):
    noise = _filled(random, random.choice(PARTS["noise"])) if random.random() < 0.35 else ""
    lines = [*noise.splitlines(), _filled(random, random.choice(PARTS["bodies"]))]
    return "".join(f"    {line}\n" for line in lines)


def program(random, *, prints):
    """Return a program that prints something, or whose function returns something."""
    noise = [_filled(random, random.choice(PARTS["noise"])) for _ in range(random.choice([0, 1, 1, 2, 3]))]
    kind = PARTS["class"].replace("{base}", random.choice(PARTS["bases"]))
    kind = _filled(random, kind.replace("{get}", random.choice(PARTS["gets"])))
    end = _filled(random, "print({v})") if prints else random.choice(PARTS["heads"]) + _body(random)
    return "\n".join([kind, *noise, end])


def rollouts(random):
    """Yield formats, and rollouts with a hostile program and tests in the format, without end."""
    while True:
        name = random.choice(list(TESTS))
        tests = TESTS[name] if isinstance(TESTS[name], str) else json.dumps(TESTS[name])
        made = program(random, prints=name == "stdio")
        yield name, Rollout("", f"```python\n{made}\n```", tests)
