"""Remember the secrets of this process, and remove them from every text that leaves it.

The reader of a secret (the token, a judge's key) passes it to `remember`. The reader of a file that may
change passes all secrets in it to `remember_all`. Log lines, errors, explanations, replies and redirects pass
`redact`, in the few places where they leave the process.

- `disguises`: the forms in which a secret is written, and texts without their escapes

The tests are in `tests/redaction`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from rule_rm.redaction.disguises import DEPTH, SHORTEST, Form, Needles, View, forms, unescaped

HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class _Secret:
    """A secret, prepared for the search."""

    needles: Needles
    levels: tuple[list[Form], ...]
    """The forms to look for in each view."""

    @classmethod
    def of(cls, secret: str) -> _Secret:
        levels = []
        found = forms(secret)
        for _ in range(DEPTH + 1):
            levels.append([form for form in found if len(form.data) >= SHORTEST])
            # A secret may itself have what an escape begins with.
            found = [Form(unescaped(form.data)) for form in found]
        return cls(Needles.of(secret), tuple(levels))


class _Known:
    """The secrets of this process. Readers see those of one moment, without a lock."""

    def __init__(self) -> None:
        self.variables: frozenset[str] = frozenset()
        self.search: dict[str, _Secret] = {}
        self.needles: Needles | None = None
        self._lock = threading.Lock()
        self.lasting: frozenset[str] = frozenset()
        self._passing: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        """The secrets of a source, of its latest reading and the one before."""

    def add(self, secret: str) -> None:
        with self._lock:
            self.lasting |= {secret}
            self._prepare()

    def replace(self, source: str, secrets: frozenset[str]) -> None:
        with self._lock:
            latest, _ = self._passing.get(source, (frozenset(), frozenset()))
            if secrets != latest:
                self._passing[source] = secrets, latest
                self._prepare()

    def _prepare(self) -> None:
        wanted = self.lasting.union(*(one for pair in self._passing.values() for one in pair))
        before = self.search
        search = {secret: before.get(secret) or _Secret.of(secret) for secret in wanted}
        needles = Needles.together([one.needles for one in search.values()]) if search else None
        # With the new needles and the old secrets, or the other way round, nothing that stays is missed.
        self.search = search
        self.needles = needles

    def spans(self, lowered: bytes, *, with_pieces: bool) -> list[tuple[int, int]]:
        """Return where secrets are in a text in lower case, in order."""
        found: set[tuple[int, int]] = set()
        view = View.of(lowered)
        search = self.search.values()
        for level in range(DEPTH + 1):
            for form in (form for one in search for form in one.levels[level]):
                least = form.half if with_pieces else len(form.data)
                for begin, end in form.pieces(view.data, least):
                    found.add((view.starts[begin], view.ends[end - 1]))
            before, view = view, view.unescaped()
            if view.data == before.data:
                break
        return sorted(found)


_known = _Known()


def remember(secret: str | None, variable: str | None = None) -> None:
    """Keep a secret out of all output of this process; `variable` is its environment variable."""
    if variable:
        _known.variables |= {variable}
    if secret and len(secret) >= SHORTEST and secret not in _known.search:
        _known.add(secret)


def remember_all(secrets: Iterable[str], source: str) -> None:
    """Keep the secrets of a source that is read again and again out of all output of this process.

    Those of the reading before count as well, as requests that came with them may still be answered. Older
    ones are forgotten: they open nothing, and a service whose tokens change every minute would drown in them.
    """
    _known.replace(source, frozenset(secret for secret in secrets if len(secret) >= SHORTEST))


def secrets() -> frozenset[str]:
    """Return the secrets, for a child that writes what others read."""
    return frozenset(_known.search)


def lasting_secrets() -> frozenset[str]:
    """Return those that were read once, for a child that reads the files which may change itself."""
    return _known.lasting


def redact(text: str, *, with_pieces: bool = False) -> str:
    """Return the text with every secret replaced, and with every half of one if pieces count as well.

    Pieces count in a text for people. A half of a secret may be a usual word, so in data they don't.

    >>> remember("a-secret-of-a-doctest")
    >>> redact("Bearer a-secret-of-a-doctest was refused")
    'Bearer *** was refused'
    >>> redact("Bearer a-secret-of-a-", with_pieces=True)
    'Bearer ***'
    """
    if _known.needles is None:
        return text
    data = text.encode("utf-8", "surrogatepass")
    clean = redact_bytes(data, with_pieces=with_pieces)
    return text if clean is data else clean.decode("utf-8", "surrogatepass")


def redact_bytes(data: bytes, *, with_pieces: bool = False) -> bytes:
    """Return text in UTF-8 with every secret replaced, as `redact` does; the same object if it has none."""
    needles = _known.needles
    if needles is None or not needles.are_in(data, with_pieces=with_pieces):
        return data
    return _redacted(data, _known.spans(data.lower(), with_pieces=with_pieces))


def _redacted(data: bytes, spans: list[tuple[int, int]]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for begin, end in spans:
        first, last = _with_whole_characters(data, begin, end)
        if first > at or not parts:
            parts += (data[at:first], HIDDEN.encode())
        at = max(at, last)
    return b"".join((*parts, data[at:])) if parts else data


def _with_whole_characters(data: bytes, begin: int, end: int) -> tuple[int, int]:
    """Return a span that is widened where it cuts a character of UTF-8."""
    while begin and _continues(data, begin):
        begin -= 1
    while _continues(data, end):
        end += 1
    return begin, end


def _continues(data: bytes, at: int) -> bool:
    return at < len(data) and data[at] & 0xC0 == 0x80


def holds_secret(variable: str, value: str) -> bool:
    """Return True for an environment variable that a child should not inherit."""
    return variable in _known.variables or any(secret in value for secret in _known.search)
