"""Objects of the library that cross the channel as their state, and forms that no honest end writes."""

import argparse
import asyncio
import ipaddress
import queue
import random
import threading
import uuid
from array import array
from collections import ChainMap
from types import MappingProxyType, SimpleNamespace
from xml.etree import ElementTree

import pytest

from rule_rm.sandbox.inside.data import containers, decoding, twins, values


@pytest.fixture(autouse=True)
def _judge(monkeypatch):
    monkeypatch.setattr(values, "more", twins.Crossing(is_judge=True))


def crossed(value):
    """Return what the other end makes of a value."""
    return decoding.decode(values.encode(value, None, 0, {}), None, [])


def filled():
    found = queue.Queue(3)
    found.put("job")
    return found


@pytest.mark.parametrize(
    "value",
    [
        SimpleNamespace(a=1, b=[2]),
        argparse.Namespace(verbose=True),
        ChainMap({"a": 1}, {"b": 2}),
        array("d", [1.5, 2.0]),
        random.Random(7),
        filled(),
        threading.Event(),
        threading.Semaphore(3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_object_arrives_with_its_type_and_state(value):
    found = crossed(value)
    assert found is not value
    assert type(found) is type(value)
    assert containers.state(found) == containers.state(value)


@pytest.mark.parametrize(
    "value",
    [uuid.UUID(int=5), ipaddress.ip_network("10.0.0.0/30"), MappingProxyType({"a": [1]}), memoryview(b"ab")],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_never_changes_arrives_equal(value):
    assert crossed(value) == value


def test_a_lock_is_held_at_both_ends_or_at_none():
    lock = threading.Lock()
    lock.acquire()
    assert crossed(lock).locked()
    lock.release()
    assert not crossed(lock).locked()


def test_a_change_of_state_reaches_the_other_end():
    ours, theirs = containers.Common(), containers.Common()
    mine = random.Random(1)
    form = values.encode(mine, None, 0, ours.memory)
    ours.agree()
    other = decoding.decode(form, None, theirs.items)
    theirs.agree()
    drawn = other.random()
    ours.change(theirs.changes(None), lambda form, known: decoding.decode(form, None, known))
    assert random.Random(1).random() == drawn
    assert mine.getstate() == other.getstate()


def test_an_element_arrives_with_all_below_it():
    root = ElementTree.fromstring('<a><b x="1">text</b>tail</a>')
    found = crossed(root)
    assert ElementTree.tostring(found) == ElementTree.tostring(root)


def test_a_namespace_may_hold_itself():
    value = SimpleNamespace(name="loop")
    value.me = value
    found = crossed(value)
    assert found.me is found


def test_a_task_that_waits_for_a_queue_is_woken():
    async def waiting():
        waited = asyncio.Queue()
        task = asyncio.ensure_future(waited.get())
        await asyncio.sleep(0)
        twins.of(asyncio.Queue).fill(waited, ["item"])
        return await task

    assert asyncio.run(waiting()) == "item"


def test_a_queue_of_the_program_stays_there_as_its_threads_may_wait_for_it():
    def each(items, shared):
        return list(items)

    program = twins.Crossing(is_judge=False)
    assert program.form(queue.Queue(), queue.Queue, each, None) is None
    assert program.form(SimpleNamespace(), SimpleNamespace, each, None) is not None


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        ("text", ["os", "system", "true"]),
        ("text", ["uuid", "getnode", ""]),
        ("text", ["uuid", "UUID", "no such number"]),
        ("twin", ["subprocess", "Popen", None, []]),
        ("twin", ["random", "Random", None, [1]]),
        ("twin", ["numpy.random._generator", "Generator", "__loader__", []]),
        ("twin", ["array", "array", "zz", []]),
        ("memoryview", "no hex"),
        ("twin", 5),
    ],
)
def test_a_form_that_no_honest_end_writes_is_refused(tag, content):
    with pytest.raises(decoding.UndecodableError):
        decoding.decode({"!": tag, "v": content}, None, [])
