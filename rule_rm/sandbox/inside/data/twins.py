"""Objects of the library that cross as their state: each end has one of its own, and both have one state.

A test may pass a `random.Random`, a queue, a lock or a namespace. The program gets an object of the same
type and state, and `containers` keeps the states alike. A queue or a lock
that the program made itself stays there, as one of its threads may wait for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from rule_rm.sandbox.inside.data import hints, tables, values


class Twin(NamedTuple):
    """How the objects of a type cross."""

    state: Callable[[Any], Any]
    """Returns the state: a list of objects, or a tuple of plain data."""
    fill: Callable[[Any, Any], None]
    """Gives an object the state that its parts are."""
    make: Callable[[type, Any], Any] = lambda kind, head: kind()
    """Makes an object of a type and a head."""
    head: Callable[[Any], Any] = lambda one: None
    """Returns the plain data that an object can't be made without."""
    is_data: bool = True
    """Its state is all that there is to it: no thread waits for it."""


def _attributes(one: Any) -> list[Any]:
    return [part for pair in vars(one).items() for part in pair]


def _set_attributes(one: Any, parts: list[Any]) -> None:
    vars(one).clear()
    vars(one).update(zip(parts[::2], parts[1::2], strict=True))


def _set_items(array: Any, parts: list[Any]) -> None:
    del array[:]
    array.frombytes(parts[0])


def _refill(queue: Any, items: list[Any]) -> None:
    """Make a queue hold these items; by its own methods, which wake who waits for one."""
    while not queue.empty():
        queue.get_nowait()
    for item in items:
        queue.put_nowait(item)


def _set_flag(event: Any, parts: list[Any]) -> None:
    (event.set if parts[0] else event.clear)()


def _lock(lock: Any, parts: list[Any]) -> None:
    if parts[0] and not lock.locked():
        lock.acquire(blocking=False)
    elif lock.locked() and not parts[0]:
        lock.release()


def _set_value(semaphore: Any, parts: list[Any]) -> None:
    while semaphore._value < parts[0]:
        # By its own method, which wakes who waits for it.
        semaphore.release()
    semaphore._value = parts[0]


def _set_element(element: Any, parts: list[Any]) -> None:
    element.tag, element.text, element.tail, element.attrib, *children = parts
    element[:] = children


def _generator(kind: type, name: str) -> Any:
    if name not in _BITS:
        raise ValueError("no generator of NumPy's")
    module = importlib.import_module("numpy.random")
    return module.Generator(getattr(module, name)())


def _plain(state: Any) -> Any:
    """Return a state of NumPy's with lists in place of arrays."""
    if isinstance(state, dict):
        return {key: _plain(part) for key, part in state.items()}
    return state.tolist() if hasattr(state, "tolist") else state


_BITS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def _finish(future: Any, parts: list[Any]) -> None:
    """Give a future the end that its twin has, unless it has one."""
    state, result, error = parts
    if future.done():
        return
    if state == "CANCELLED":
        future.cancel()
    elif error is not None:
        future.set_exception(error)
    elif state == "FINISHED":
        future.set_result(result)


_MOST_WORKERS = 32
_NAMESPACE = Twin(_attributes, _set_attributes)
_QUEUE = Twin(
    lambda one: list(one.queue),
    _refill,
    lambda kind, head: kind(head),
    lambda one: one.maxsize,
    is_data=False,
)
_EVENT = Twin(lambda one: (one.is_set(),), _set_flag, is_data=False)
_SEMAPHORE = Twin(
    lambda one: (one._value,),
    _set_value,
    lambda kind, head: kind(head),
    lambda one: one._value,
    is_data=False,
)
TWINS: dict[tuple[str, str], Twin] = {
    ("types", "SimpleNamespace"): _NAMESPACE,
    ("argparse", "Namespace"): _NAMESPACE,
    ("collections", "ChainMap"): Twin(
        lambda one: list(one.maps), lambda one, parts: one.maps.__setitem__(slice(None), parts)
    ),
    ("array", "array"): Twin(
        lambda one: (one.tobytes(),),
        _set_items,
        lambda kind, head: kind(head),
        lambda one: one.typecode,
    ),
    ("random", "Random"): Twin(lambda one: one.getstate(), lambda one, parts: one.setstate(tuple(parts))),
    ("numpy.random.mtrand", "RandomState"): Twin(
        lambda one: (_plain(one.get_state(legacy=False)),), lambda one, parts: one.set_state(parts[0])
    ),
    ("numpy.random._generator", "Generator"): Twin(
        lambda one: (_plain(one.bit_generator.state),),
        lambda one, parts: setattr(one.bit_generator, "state", parts[0]),
        _generator,
        lambda one: type(one.bit_generator).__name__,
    ),
    **{("queue", name): _QUEUE for name in ("Queue", "LifoQueue", "PriorityQueue")},
    ("asyncio.queues", "Queue"): _QUEUE._replace(state=lambda one: list(one._queue)),
    ("threading", "Event"): _EVENT,
    ("asyncio.locks", "Event"): _EVENT,
    **{(module, "Semaphore"): _SEMAPHORE for module in ("asyncio.locks", "threading")},
    ("concurrent.futures._base", "Future"): Twin(
        lambda one: [one._state.partition("_")[0], one._result, one._exception], _finish, is_data=False
    ),
    # Each end has workers of its own, who get nothing from the other end but by the calls that they do.
    ("concurrent.futures.thread", "ThreadPoolExecutor"): Twin(
        lambda one: (),
        lambda one, parts: None,
        lambda kind, head: kind(min(int(head), _MOST_WORKERS)),
        lambda one: one._max_workers,
        is_data=False,
    ),
    ("asyncio.locks", "Lock"): Twin(
        lambda one: (one.locked(),), lambda one, parts: setattr(one, "_locked", parts[0]), is_data=False
    ),
    ("xml.etree.ElementTree", "Element"): Twin(
        lambda one: [one.tag, one.text, one.tail, one.attrib, *one],
        _set_element,
        lambda kind, head: kind(head),
        lambda one: str(one.tag),
    ),
    ("_thread", "lock"): Twin(
        lambda one: (one.locked(),),
        _lock,
        lambda kind, head: importlib.import_module("threading").Lock(),
        is_data=False,
    ),
    ("_thread", "RLock"): Twin(
        lambda one: (),
        lambda one, parts: None,
        lambda kind, head: importlib.import_module("threading").RLock(),
        is_data=False,
    ),
}
"""By the module and the name of their types."""
_TEXTS = {
    "uuid": ("UUID",),
    "ipaddress": tuple(
        f"IPv{version}{kind}" for version in (4, 6) for kind in ("Address", "Network", "Interface")
    ),
    "zoneinfo": ("ZoneInfo",),
}
"""Types whose values never change, and that are made of the text that they are shown as."""


def of(kind: type) -> Twin | None:
    """Return how objects of a type cross; None if not as twins."""
    return TWINS.get((kind.__module__, kind.__name__))


EncodeAll = Callable[[Any, "values.Shared | None"], list[Any]]
"""Returns the forms of objects, among containers that are known by their numbers."""
DecodeAll = Callable[[Any, bool], list[Any]]
"""Returns the objects of forms, whose containers count among those with numbers or not."""


class Crossing:
    """Writes and reads the forms of twins, at one end of a channel."""

    tags = frozenset({"text", "logger", "mappingproxy", "memoryview", "twin", hints.TAG}) | tables.TAGS

    def __init__(self, *, is_judge: bool) -> None:
        self._is_judge = is_judge

    def form(self, value: Any, kind: type, each: EncodeAll, shared: values.Shared | None) -> Any:
        """Return the form of a value; None if it has none here."""
        if tables.is_of_pandas(kind):
            return self._table(value, kind, each, shared)
        if kind.__name__ in _TEXTS.get(kind.__module__, ()):
            return {"!": "text", "v": [kind.__module__, kind.__name__, str(value)]}
        if self._is_judge and kind.__module__ == "logging" and kind.__name__ == "Logger":
            # The program's logs are seen in the test by the names of their loggers.
            return {"!": "logger", "v": value.name}
        if hints.is_hint(kind):
            return hints.form(value, lambda items: each(items, None))
        if kind is _PROXY:
            return {"!": "mappingproxy", "v": each([dict(value)], shared)}
        if kind is memoryview and value.readonly and value.contiguous:
            return {"!": "memoryview", "v": value.tobytes().hex()}
        twin = of(kind)
        if twin is None or not (self._is_judge or twin.is_data or (shared and id(value) in shared)):
            return None
        if shared is not None:
            if id(value) in shared:
                return {"!": "same", "v": shared[id(value)][0]}
            shared[id(value)] = (len(shared), value)
        return {
            "!": "twin",
            "v": [kind.__module__, kind.__name__, twin.head(value), each(twin.state(value), shared)],
        }

    def _table(self, value: Any, kind: type, each: EncodeAll, shared: values.Shared | None) -> Any:
        if shared is None or not tables.can_change(kind):
            return tables.form(value, kind, lambda item: each([item], None)[0])
        if id(value) in shared:
            return {"!": "same", "v": shared[id(value)][0]}
        form = tables.form(value, kind, lambda item: each([item], None)[0])
        if form is not None:
            shared[id(value)] = (len(shared), value)
        return form

    def value(self, tag: str, content: Any, each: DecodeAll, known: Callable[[Any], Any]) -> Any:
        """Return the value of a form. Raises any exception if the form is malformed."""
        if tag == "text":
            module, name, text = content
            if name not in _TEXTS[module]:
                raise ValueError("no value of a text")
            return getattr(importlib.import_module(module), name)(text)
        if tag == "logger":
            return importlib.import_module("logging").getLogger(str(content))
        if tag in tables.TAGS:
            made = tables.value(tag, content, lambda form: each([form], False)[0])
            return known(made) if tables.can_change(type(made)) else made
        if tag == hints.TAG:
            return hints.value(content, lambda forms: each(forms, False))
        if tag == "mappingproxy":
            return _PROXY(each(content, True)[0])
        if tag == "memoryview":
            return memoryview(bytes.fromhex(content))
        module, name, head, parts = content
        twin = TWINS[module, name]
        made = known(twin.make(getattr(importlib.import_module(module), name, object), head))
        twin.fill(made, each(parts, True))
        return made


_PROXY: Any = type(type.__dict__)


def install(*, is_judge: bool) -> None:
    """Let values of these types cross the channel of this process."""
    values.more = Crossing(is_judge=is_judge)
