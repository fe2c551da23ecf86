"""Remember the secrets of this process, and remove them from every text that leaves it.

The reader of a secret (the token, a judge's key) passes it to `remember`. Log lines, errors, explanations,
replies and redirects pass `redact`, in the few places where they leave the process.

- `disguises`: the forms in which a secret is written, and texts without their escapes

The tests are in `tests/redaction`.
"""

from __future__ import annotations

from rule_rm.redaction.disguises import DEPTH, SHORTEST, Form, Needles, View, forms, unescaped

HIDDEN = "***"


class _Known:
    """The secrets of this process, in the forms in which they travel."""

    def __init__(self) -> None:
        self.secrets: frozenset[str] = frozenset()
        self.variables: frozenset[str] = frozenset()
        self.needles: Needles | None = None
        self.forms: list[list[Form]] = [[] for _ in range(DEPTH + 1)]
        """The forms to look for in each view."""

    def add(self, secret: str) -> None:
        self.secrets |= {secret}
        self.needles = Needles.of(secret, self.needles)
        found = forms(secret)
        for level in self.forms:
            level += [form for form in found if len(form.data) >= SHORTEST]
            # A secret may itself have what an escape begins with.
            found = [Form(unescaped(form.data)) for form in found]

    def spans(self, lowered: bytes, *, with_pieces: bool) -> list[tuple[int, int]]:
        """Return where secrets are in a text in lower case, in order."""
        found: set[tuple[int, int]] = set()
        view = View.of(lowered)
        for level in self.forms:
            for form in level:
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
    if secret and len(secret) >= SHORTEST and secret not in _known.secrets:
        _known.add(secret)


def secrets() -> frozenset[str]:
    """Return the secrets, for a child that writes what others read."""
    return _known.secrets


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
    if _known.needles is None:
        return data
    if not _known.needles.are_in(data, with_pieces=with_pieces):
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
    return variable in _known.variables or any(secret in value for secret in _known.secrets)
