"""Objects that two processes can't share are found in the text of a test, and no others."""

import ast

import pytest

from rule_rm.sandbox.grading.outside import obstacle

IMPORTS = (
    "import threading, weakref, datetime\nfrom concurrent.futures import ThreadPoolExecutor\n"
    "from solution import f, run, Cache\n"
)


def found(text):
    return obstacle(ast.parse(IMPORTS + text), set())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("t = threading.Thread(target=f)\nassert run(t) == 1", "thread"),
        ("assert run([threading.Thread(target=lambda: f(1)) for _ in range(2)])", "thread"),
        ("ts = [threading.Thread(target=f, args=(i,)) for i in range(3)]\nassert run(ts) == 1", "thread"),
        ("def work():\n    f(2)\nt = threading.Timer(0.1, work)\nassert run(t)", "thread"),
        ("c = Cache()\nt = threading.Thread(target=c.add)\nassert run(threads=[t])", "thread"),
        ("pool = ThreadPoolExecutor()\nfuture = pool.submit(f, 3)\nassert run(future) == 9", "thread"),
        ("o = set()\nr = weakref.ref(o)\nassert f(r)", "weak reference"),
        ("c = Cache()\nc.put(weakref.WeakValueDictionary())\nassert c", "weak reference"),
        ("class Z(datetime.tzinfo):\n    pass\nassert f(Z())", "time zone"),
    ],
)
def test_what_can_not_be_shared_is_said(text, reason):
    assert reason in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "c = Cache()\nts = [threading.Thread(target=c.add)]\n[t.start() for t in ts]\nassert c.n == 1",
        "done = []\nt = threading.Thread(target=lambda: done.append(1))\nassert run(t)\nassert done",
        "t = threading.Thread(target=f)\nt.start()\nt.join()\nassert run(t)",
        "t = threading.Thread(target=f, name='x')\nassert run(t.name) == 'x'",
        "with ThreadPoolExecutor(2) as pool:\n    assert run(pool, [1])",
        "with ThreadPoolExecutor(2) as pool:\n    assert list(pool.map(f, [1])) == [1]",
        "pool = ThreadPoolExecutor()\nassert run(pool.submit(f, 3).result()) == 9",
        "c = Cache()\nfuture = c.submit(lambda: f(1))\nassert run(future) == 1",
        "c = Cache()\nr = weakref.ref(c)\ndel c\nassert r() is None",
        "o = set()\nr = weakref.ref(o)\nassert f(r() is o)",
        "assert f(datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)) == 1",
        "lock = threading.Lock()\nassert run(lock)",
        "rs = []\nt = threading.Thread(target=lambda: rs.append(f(1)))\nrs.append(t)\nassert rs",
    ],
)
def test_an_honest_neighbour_is_judged(text):
    assert found(text) == ""
